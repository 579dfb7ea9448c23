"""The list of commands. Each topic is a module of this package with a ``register`` function."""

import typer

from rebook.cli.door import Door


class Commands(Door):
    """A command that is not named here still works; its topic is only found later."""

    topics = {
        "practice": ("init", "user", "location"),
        "data": ("import", "rejects"),
        "gaps": ("gaps", "why"),
        "catalogue": ("catalogue",),
        "settle": ("settle",),
        "vaccines": ("vaccines",),
        "tiers": ("tiers",),
        "attention": ("forgotten",),
        "pending": ("notice", "wish"),
        "backtest": ("backtest",),
        "doctor": ("doctor",),
        "campaigns": ("campaign", "stop-all"),
        "segments": ("segment",),
        "sequences": ("sequences", "replay"),
        "places": ("places",),
        "lint": ("lint",),
        "send_test": ("send-test",),
        "letters": ("letters",),
        "running": ("run", "serve", "worker"),
        "report": ("report",),
        "simulate": ("simulate",),
        "fit": ("fit",),
        "snapshots": ("snapshots",),
        "guard": ("guard",),
        "numbers": ("numbers",),
        "consent": ("optout", "optouts", "consents", "evidence", "outreach-record", "audit"),
        "demo": ("demo",),
        "measures": ("measures",),
        "bench": ("bench",),
    }
    # These make a ledger of their own.
    without_ledger = frozenset({"demo", "bench", "lint", "measures"})


app = typer.Typer(
    name="rebook",
    cls=Commands,
    help="Finds the patients a clinic has lost touch with and helps them back to the visit they need.",
    no_args_is_help=True,
    # Failures are told by the door; what is left is shown plainly.
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.callback()(lambda: None)
