"""``doctor``: what the records lack, and what is unsafe to switch on."""

from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import typer

from rebook.cli.context import (
    EXIT_NO,
    JsonOption,
    OrganisationOption,
    answer_json,
    answer_table,
    chosen_organisation,
    console,
)

if TYPE_CHECKING:
    from rebook.core.doctor import Finding

SEVERITY_WORDS = {"stop": "must be mended", "warn": "look at this", "note": "good to know"}


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("doctor")(doctor)


def doctor(organisation: OrganisationOption = "", as_json: JsonOption = False) -> None:
    """Is it safe to switch on? Leaves with 1 when something must be mended before."""
    # Imported only now: the engine takes seconds to load.
    from rebook.flow.doctor import examine_records

    practice = chosen_organisation(organisation)
    found = examine_records(organisation_id=practice.id, now=datetime.now(UTC), actor="cli")
    if as_json:
        answer_json(
            {
                "organisation": practice.slug,
                "is_safe": found.is_safe,
                "examined_at": found.examined_at,
                "stops": len(found.stops),
                "unsafe_definitions": list(found.unsafe_definitions),
                "findings": [asdict(one) for one in found.findings],
            }
        )
    else:
        say = "nothing stands against switching on" if found.is_safe else f"{len(found.stops)} things to mend"
        rows = [
            [one.group, _words(one), one.says, one.do] for one in found.findings if one.severity != "note"
        ]
        answer_table(f"{practice.name}: {say}", ["about", "", "what", "do"], rows)
        notes = [one for one in found.findings if one.severity == "note"]
        for one in notes:
            console.print(f"- {one.says}", markup=False, highlight=False)
    if not found.is_safe:
        raise typer.Exit(EXIT_NO)


def _words(one: "Finding") -> str:
    if one.severity == "stop" and one.definition_key:
        return "rule left out"
    return SEVERITY_WORDS[one.severity]
