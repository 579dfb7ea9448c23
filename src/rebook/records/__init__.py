"""The ledger: models, migrations and constraints.

`read` takes an organisation and gives core values; `write` takes core values. Invariants are
constraints of the database here, not code. Holds no rules, and nobody outside sees a model.
"""
