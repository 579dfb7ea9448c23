"""The `rebook` command.

Parses arguments, calls `flow` and prints; `--json` everywhere. Exit codes: 0 ok, 1 the answer is
"no", 2 bad usage or input, 3 something failed.
"""
