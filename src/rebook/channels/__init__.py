"""One folder per way to reach a person.

Each offers `send`, `parse_inbound`, `verify_signature`, its capabilities, a code table and
redaction; `sandbox` is one of them. `registry` is the only list of them. No channel sees the
database or the guard.
"""
