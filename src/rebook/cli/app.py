"""The list of commands. Each topic is a module of this package with a ``register`` function."""

import typer

from rebook.cli import bench, campaigns, consent, data, demo, gaps, practice, report, running

app = typer.Typer(
    name="rebook",
    help="Finds the patients a clinic has lost touch with and helps them back to the visit they need.",
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,
    add_completion=False,
)

for topic in (practice, data, gaps, campaigns, running, report, consent, demo, bench):
    topic.register(app)
