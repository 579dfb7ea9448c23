"""A synthetic practice with known truth, and simulated patients who answer the sandbox.

Not installed in production settings. Reaches adapters only through `flow`, as every door does.
"""
