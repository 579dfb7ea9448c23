"""Command "settle": an interval, a next date, a wait or no recall for one patient, whatever the rules say."""

from datetime import date
from enum import StrEnum
from typing import Annotated

import typer

from rebook.cli.context import (
    EXIT_NO,
    AsOfOption,
    JsonOption,
    OrganisationOption,
    answer_json,
    chosen_organisation,
    console,
    instant,
    refuse,
)
from rebook.flow.recall_preferences import Settled, UnableToSettle, take_back
from rebook.flow.recall_preferences import settle as keep
from rebook.records.read import chart
from rebook.records.read.recall_preferences import preferences_of

ACTOR = "cli"


class Kind(StrEnum):
    INTERVAL = "interval"
    NEXT_DATE = "next_date"
    SNOOZE = "snooze"
    NO_RECALL = "no_recall"


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("settle")(settle)


def settle(
    patient: Annotated[str, typer.Argument(help="The patient's id, in Rebook or in the practice's system.")],
    kind: Annotated[Kind | None, typer.Argument(help="Left out: show what is settled.")] = None,
    rule: Annotated[str, typer.Option(help="Like dental.hygiene; left out: everything.")] = "",
    months: Annotated[int, typer.Option(min=0, help="Of the interval.")] = 0,
    on: Annotated[str, typer.Option(help="The next date, like 2026-05-01.")] = "",
    until: Annotated[str, typer.Option(help="The last day it counts.")] = "",
    why: Annotated[str, typer.Option(help="For whoever reads it later.")] = "",
    take_back_id: Annotated[int, typer.Option("--take-back", help="Id of what is taken back.")] = 0,
    as_of: AsOfOption = "",
    organisation: OrganisationOption = "",
    as_json: JsonOption = False,
) -> None:
    """Settle something for one patient that beats the rules, take it back, or show what stands."""
    practice = chosen_organisation(organisation)
    today, now = instant(practice, as_of)
    patient_id = chart.patient_id_of(organisation_id=practice.id, text=patient)
    if patient_id is None:
        refuse("there is no such patient, or there are several: give the id that Rebook uses")
    if take_back_id:
        standing = {one.id for one in preferences_of(organisation_id=practice.id, patient_id=patient_id)}
        if take_back_id not in standing:
            refuse("nothing like it is settled for this patient")
        take_back(organisation_id=practice.id, preference_id=take_back_id, today=today, now=now, actor=ACTOR)
    elif kind is not None:
        settled = Settled(
            kind=kind.value,
            definition_key=rule,
            interval_months=months,
            due_on=_day(on, "--on"),
            valid_until=_day(until, "--until"),
            reason=why,
        )
        try:
            keep(
                organisation_id=practice.id,
                patient_id=patient_id,
                settled=settled,
                today=today,
                now=now,
                actor=ACTOR,
            )
        except UnableToSettle as error:
            refuse(str(error))
    _show(practice.id, patient_id, today, as_json=as_json)


def _show(organisation_id: int, patient_id: int, today: date, *, as_json: bool) -> None:
    lines = preferences_of(organisation_id=organisation_id, patient_id=patient_id, today=today)
    if as_json:
        answer_json({"patient_id": patient_id, "settled": [_as_json(one) for one in lines]})
    for one in lines if not as_json else ():
        what = f"{one.kind} {one.definition_key or 'everything'}"
        until = f" until {one.valid_until}" if one.valid_until else ""
        console.print(f"{one.id}: {what}{until}", highlight=False, markup=False)
    if not lines:
        if not as_json:
            console.print("the rules of the practice count", highlight=False)
        raise typer.Exit(EXIT_NO)


def _as_json(one: object) -> dict[str, object]:
    names = ("id", "kind", "definition_key", "interval_months", "interval_days", "due_on", "valid_until")
    return {name: getattr(one, name) for name in names}


def _day(text: str, option: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        refuse(f"{option}: '{text}' is no date like 2026-05-01")
