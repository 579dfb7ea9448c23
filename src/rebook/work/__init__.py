"""Background jobs and `schedule`, the day in order on one screen.

A job calls one use case of `flow` and holds no rules of its own.
"""
