"""``fit``: learn afresh from the practice's own records, and say what is used and why."""

from dataclasses import asdict

import typer

from rebook.cli.context import (
    AsOfOption,
    JsonOption,
    OrganisationOption,
    answer_json,
    answer_table,
    chosen_organisation,
    instant,
)


def register(app: typer.Typer) -> None:
    """Add the commands to ``app``."""
    app.command("fit")(fit)


def fit(as_of: AsOfOption = "", organisation: OrganisationOption = "", as_json: JsonOption = False) -> None:
    """Learn who comes back, who keeps a visit and what a contact is worth; `run` does it once a week."""
    # Imported only now: statistics take seconds to load.
    from rebook.flow.likelihood import learn
    from rebook.records.read import likelihood as read

    chosen = chosen_organisation(organisation)
    day, now = instant(chosen, as_of)
    made = learn(organisation_id=chosen.id, as_of=day, now=now, is_forced=True)
    if as_json:
        kinds = ("return", "show", "gain")
        fits = {kind: read.newest(organisation_id=chosen.id, kind=kind, as_of=day) for kind in kinds}
        answer_json({"organisation": chosen.slug, **{key: asdict(one) for key, one in fits.items() if one}})
        return
    rows = [["coming back", made.returns], ["keeping a visit", made.shows], ["a contact", made.gains]]
    answer_table(f"{chosen.name}, learned on {day}", ["what", "what is used, and why"], rows)
