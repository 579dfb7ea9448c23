"""``python -m rebook``: the same as the ``rebook`` command."""

from rebook.cli.main import main

main()
