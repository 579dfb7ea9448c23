"""Commands of the topic "places": which rules bind where, and where one patient may be."""

from datetime import date
from typing import Annotated, Any

import typer

from rebook.cli.context import (
    EXIT_NO,
    JsonOption,
    OrganisationOption,
    answer_json,
    answer_table,
    chosen_organisation,
    console,
    instant,
    refuse,
)
from rebook.flow import places as flow
from rebook.packs.jurisdictions_law import HOUSE
from rebook.packs.jurisdictions_words import CLASSES, SHORT
from rebook.records.read import chart


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("places")(places)


def places(
    for_: Annotated[
        str, typer.Option("--for", help="A patient's id: where may they be, and what binds there?")
    ] = "",
    key: Annotated[str, typer.Option("--key", help="One place: us-fl, ca-on, gb, fr, au-nsw, house.")] = "",
    on: Annotated[str, typer.Option("--on", help="Rules as in force on this day; today when left out.")] = "",
    organisation: OrganisationOption = "",
    as_json: JsonOption = False,
) -> None:
    """The rules of places: all in use, one place's, or those that bind for one patient."""
    practice = chosen_organisation(organisation)
    day = _day(on) or instant(practice, "")[0]
    if for_ and key:
        refuse("say either --for or --key")
    if for_:
        _for_patient(practice.id, for_, day, as_json=as_json)
    elif key:
        _one_place(practice.id, key.strip().casefold(), day, as_json=as_json)
    else:
        _in_use(practice.id, day, as_json=as_json)


def _day(text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        refuse(f"--on wants a date like 2026-11-21, not '{text}'")


def _in_use(organisation_id: int, day: date, *, as_json: bool) -> None:
    used = {HOUSE: 0, **flow.places_in_use(organisation_id=organisation_id)}
    sheets = {
        key: flow.sheet(organisation_id=organisation_id, key=key, on=day, patients=patients)
        for key, patients in used.items()
    }
    rows = [
        {
            "place": key,
            "name": sheet.name if sheet else "not known: the strictest of all",
            "patients": None if key == HOUSE else used[key],
            "rules": len(sheet.lines) if sheet else None,
            "never_signed": sheet.unsigned if sheet else None,
            "not_reviewed_for_a_year": sheet.stale if sheet else None,
        }
        for key, sheet in sheets.items()
    ]
    if as_json:
        answer_json({"on": day, "places": rows})
        return
    columns = ["place", "name", "patients", "rules", "never signed", "over a year old"]
    answer_table(f"Rules of places on {day}", columns, [[*row.values()] for row in rows])


def _one_place(organisation_id: int, key: str, day: date, *, as_json: bool) -> None:
    """Leaves with 1 when nobody knows the place: the strictest of every known one binds there."""
    sheet = flow.sheet(organisation_id=organisation_id, key=key, on=day)
    if sheet is None:
        if as_json:
            answer_json({"place": key, "on": day, "known": False})
        else:
            console.print(
                f"No rules of '{key}' are held: the strictest of every place applies.", markup=False
            )
        raise typer.Exit(EXIT_NO)
    if as_json:
        answer_json({"place": key, "on": day, "known": True, "name": sheet.name, "unsaid": sheet.unsaid,
                     "rules": [_as_json(line) for line in sheet.lines]})  # fmt: skip
    else:
        _print_sheet(sheet, day)


def _print_sheet(sheet: flow.PlaceSheet, day: date) -> None:
    rows = [
        [
            line.row.id,
            ", ".join(line.row.rules),
            line.says,
            ", ".join(dict.fromkeys(one.who.lower() for one in line.duties)),
            _dates(line),
            line.status,
            f"{line.reviewed_on or ''} {line.reviewed_by or '(never signed)'}".strip(),
        ]
        for line in sheet.lines
    ]
    columns = ["row", "rules", "says", "who keeps it", "in force", "status", "reviewed"]
    answer_table(f"{sheet.name} ({sheet.key}) on {day}", columns, rows)
    for one in sheet.unsaid:
        console.print(f"Not held: {one}", markup=False, highlight=False)


def _dates(line: flow.RuleLine) -> str:
    row = line.row
    if line.is_coming:
        return f"from {row.effective_from}"
    since = f"since {row.effective_from}" if row.effective_from else ""
    return f"{since} until {row.effective_to}".strip() if row.effective_to else since


def _as_json(line: flow.RuleLine) -> dict[str, Any]:
    row = line.row
    return {
        "row": row.id,
        "version": row.version,
        "rules": row.rules,
        "says": line.says,
        "kept": [{"what": one.key, "by": one.by, "rule": one.rule, "says": one.says} for one in line.duties],
        "values": dict(row.values),
        "effective_from": row.effective_from,
        "effective_to": row.effective_to,
        "in_force": not line.is_coming,
        "sources": [address for _, address in line.sources],
        "status": row.status,
        "note": row.note,
        "reviewed_on": line.reviewed_on,
        "reviewed_by": line.reviewed_by,
        "over_a_year_old": line.is_stale,
    }


def _for_patient(organisation_id: int, patient: str, day: date, *, as_json: bool) -> None:
    patient_id = chart.patient_id_of(organisation_id=organisation_id, text=patient)
    found = (
        flow.where_may_they_be(organisation_id=organisation_id, patient_id=patient_id) if patient_id else None
    )
    if found is None:
        refuse("there is no such patient, or there are several: give the id that Rebook uses")
    sheets = [flow.sheet(organisation_id=organisation_id, key=key, on=day) for key in found.places]
    needed = flow.what_it_comes_to(organisation_id=organisation_id, places=found.places, on=day)
    if as_json:
        answer_json(
            {
                "patient_id": patient_id,
                "on": day,
                "places": found.places,
                "time_zones": found.zones,
                "hints": [
                    {"hint": one.kind, "places": one.places, "time_zones": one.zones} for one in found.hints
                ],
                "permissions": _needed_json(needed),
                "rules": {
                    key: [_as_json(line) for line in sheet.lines] if sheet else None
                    for key, sheet in zip(found.places, sheets, strict=True)
                },
            }
        )
        return
    hints = [[one.kind, _few(one.places), ", ".join(one.zones)] for one in found.hints]
    answer_table("Where they may be", ["by", "places", "clocks"], hints)
    for key, sheet in zip(found.places, sheets, strict=True):
        if sheet is None:
            console.print(f"{key}: not known, so the strictest of every place", markup=False)
        else:
            hours = [line.says for line in sheet.lines if line.row.hours and not line.is_coming]
            answer_table(f"{sheet.name} ({key}): hours", ["hours"], [[one] for one in hours])
    columns = ["message", "text", "machine call", "call by hand", "e-mail", "portal", "letter"]
    rows = [[CLASSES[one.message_class], *(SHORT[word] for word, _ in one.cells)] for one in needed]
    answer_table("Permission needed, the strictest of all places and the house", columns, rows)
    console.print("All must be met at once, with the house rule. One place in full: rebook places --key KEY")


def _needed_json(needed: tuple[flow.PermissionLine, ...]) -> dict[str, dict[str, dict[str, str]]]:
    return {
        line.message_class: {
            f"{channel}_by_hand" if by_hand else channel: {"permission": permission, "asked_by": place}
            for (channel, by_hand), (permission, place) in zip(flow.COLUMNS, line.cells, strict=True)
        }
        for line in needed
    }


def _few(keys: tuple[str, ...]) -> str:
    return ", ".join(keys) if len(keys) <= 6 else f"{', '.join(keys[:3])} and {len(keys) - 3} more"
