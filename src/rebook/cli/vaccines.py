"""Commands of the topic "vaccines": who needs which, and why this patient."""

from dataclasses import asdict
from datetime import date
from typing import Annotated

import typer

from rebook.cli.context import (
    EXIT_NO,
    AsOfOption,
    JsonOption,
    OrganisationOption,
    answer_json,
    answer_table,
    chosen_organisation,
    console,
    instant,
    refuse,
)
from rebook.flow import immunisation as flow
from rebook.records.read import chart

WHY_NOT = {
    "no_schedule": "no vaccine schedule is installed: see docs/immunisation.md",
    "bad_schedule": "the vaccine schedule cannot be read: see Setup > Vaccines",
    "no_birth_date": "the birth date is missing or in the future, and every vaccine counts from it",
}


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("vaccines")(vaccines)


def vaccines(
    patient: Annotated[
        str,
        typer.Argument(help="The patient's id, in Rebook or in the practice's system; everybody without."),
    ] = "",
    under: Annotated[int, typer.Option(min=1, max=130, help="Only people younger than this.")] = 19,
    limit: Annotated[int, typer.Option(min=1, help="How many lines to print, the most urgent first.")] = 50,
    as_of: AsOfOption = "",
    organisation: OrganisationOption = "",
    as_json: JsonOption = False,
) -> None:
    """Which vaccines are due: for one patient with every step, or for everybody. Leaves with 1 when none."""
    practice = chosen_organisation(organisation)
    day, _ = instant(practice, as_of)
    if patient:
        is_due = _one(practice.id, patient, day=day, as_json=as_json)
    else:
        found = flow.due_vaccines(organisation_id=practice.id, under_years=under, as_of=day)
        is_due = bool(found.lines)
        _print_list(found, limit=limit, as_json=as_json)
    if not is_due:
        raise typer.Exit(EXIT_NO)


def _one(organisation_id: int, patient: str, *, day: date, as_json: bool) -> bool:
    patient_id = chart.patient_id_of(organisation_id=organisation_id, text=patient)
    if patient_id is None:
        refuse("there is no such patient, or there are several: give the id that Rebook uses")
    found = flow.patient_vaccines(organisation_id=organisation_id, patient_id=patient_id, as_of=day)
    if found is None or found.review is None:
        refuse(WHY_NOT.get(found.why_not if found else "", "there is no such patient"))
    if as_json:
        answer_json(asdict(found))
    else:
        for one in found.review.gaps:
            console.print(f"{one.group}: {one.state.value}, {one.due_on}", markup=False, highlight=False)
            for step in one.steps:
                console.print(f"  {step}", markup=False, highlight=False)
        for missing in found.review.not_covered:
            console.print(f"{missing.group}: no answer: {missing.reason}", markup=False, highlight=False)
    return any(one.state.value != "later" for one in found.review.gaps)


def _print_list(found: flow.DueVaccines, *, limit: int, as_json: bool) -> None:
    shown = found.lines[:limit]
    if as_json:
        answer_json({**asdict(found), "lines": [asdict(one) for one in shown], "found": len(found.lines)})
        return
    columns = ["patient", "vaccine", "dose", "state", "class", "due", "late from", "what to do"]
    rows = [
        [
            one.external_id,
            one.gap.group,
            one.gap.dose_number,
            one.gap.state.value,
            one.gap.risk_class,
            one.gap.due_on,
            one.gap.overdue_on,
            one.gap.contact.value,
        ]
        for one in shown
    ]
    answer_table(f"{len(found.lines)} vaccines due among {found.people} people, {found.as_of}", columns, rows)
    for why, count in sorted(found.unanswered.items()):
        console.print(f"no answer for {count}: {why}", markup=False, highlight=False)
    if found.without_birth_date:
        console.print(f"{found.without_birth_date} patients without a usable birth date were not judged")
    if found.not_chosen:
        console.print(f"nobody has chosen a schedule for: {', '.join(found.not_chosen)}", markup=False)
