"""Organisation, location, user, membership, roles and the audit trail.

Who may see and do what, and the append-only record of who did. Knows nothing about patients' care.
With `records` the only room that has migrations.
"""
