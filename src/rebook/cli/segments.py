"""Commands about segments: who is meant, how many they are, and who of them cannot be contacted."""

import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from rebook.accounts import read as accounts
from rebook.cli.context import (
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
from rebook.core.segment import FIELDS, BadSegment, Segment, sentence
from rebook.flow import segments as flow
from rebook.records.read import segment_files

ACTOR = "cli"
NamedArgument = Annotated[str, typer.Argument(metavar="SEGMENT", help="Number or name of a saved segment.")]
FilterOption = Annotated[
    list[str] | None,
    typer.Option(
        "--filter",
        "-f",
        help="FIELD=a,b or FIELD!=a,b or FIELD=40..74 (either end may be left out). May be repeated.",
    ),
]
FileOption = Annotated[Path | None, typer.Option("--file", help="A segment as JSON instead of filters.")]
EverybodyOption = Annotated[
    bool, typer.Option("--everybody", help="All patients, not only those with a reason to come back.")
]


def register(app: typer.Typer) -> None:
    """Add the commands to ``app``."""
    group = typer.Typer(help="Segments: saved filters over patients and their gaps.", no_args_is_help=True)
    for command in (list_, show, count, save, fields):
        group.command(command.__name__.strip("_"))(command)
    app.add_typer(group, name="segment")


def list_(organisation: OrganisationOption = "", as_json: JsonOption = False) -> None:
    """Every saved segment in a sentence."""
    practice = chosen_organisation(organisation)
    files = segment_files.saved(organisation_id=practice.id)
    rows = [[one.id, one.name, one.newest.number, sentence(one.newest.segment)] for one in files]
    if as_json:
        answer_json([dict(zip(("id", "name", "version", "sentence"), row, strict=True)) for row in rows])
        return
    answer_table("Segments", ["number", "name", "version", "who"], rows)


def show(
    named: NamedArgument,
    as_of: AsOfOption = "",
    organisation: OrganisationOption = "",
    as_json: JsonOption = False,
) -> None:
    """Who a saved segment means, how many they are today, and its versions."""
    practice = chosen_organisation(organisation)
    file = _found(practice, named)
    _count(practice, file.newest.segment, as_of, as_json, versions=[_version(one) for one in file.versions])


def count(
    filters: FilterOption = None,
    file: FileOption = None,
    everybody: EverybodyOption = False,
    as_of: AsOfOption = "",
    organisation: OrganisationOption = "",
    as_json: JsonOption = False,
) -> None:
    """How many patients the filters mean, without saving anything."""
    practice = chosen_organisation(organisation)
    _count(practice, _given(practice, filters, file, everybody), as_of, as_json)


def save(
    name: Annotated[str, typer.Argument(help="What staff will call it; the same name makes a new version.")],
    filters: FilterOption = None,
    file: FileOption = None,
    everybody: EverybodyOption = False,
    note: Annotated[str, typer.Option(help="What changed.")] = "",
    organisation: OrganisationOption = "",
    as_json: JsonOption = False,
) -> None:
    """Save the filters under a name, or as the next version of it."""
    practice = chosen_organisation(organisation)
    known = next(
        (
            one.id
            for one in segment_files.saved(organisation_id=practice.id, with_archived=True)
            if one.name == name
        ),
        None,
    )
    saved = flow.save(
        organisation_id=practice.id,
        segment=_given(practice, filters, file, everybody),
        name=name,
        segment_id=known,
        note=note,
        now=datetime.now(UTC),
        actor=ACTOR,
    )
    if as_json:
        answer_json({"id": saved.id, "name": saved.name, **_version(saved.newest)})
        return
    console.print(
        f"Segment {saved.id}, version {saved.newest.number}: {sentence(saved.newest.segment)}",
        markup=False,
        highlight=False,
    )


def fields(as_json: JsonOption = False) -> None:
    """What a segment may filter by."""
    rows = [[one.key, one.label, one.shape, one.unit, ", ".join(one.words)] for one in FIELDS.values()]
    if as_json:
        answer_json([asdict(one) for one in FIELDS.values()])
        return
    answer_table("Fields", ["field", "what", "kind", "unit", "values"], rows)


def _found(practice: accounts.OrganisationView, named: str) -> segment_files.SegmentFile:
    files = segment_files.saved(organisation_id=practice.id, with_archived=True)
    found = [one for one in files if named in (str(one.id), one.name)]
    return found[0] if found else refuse(f"there is no segment '{named}': see 'rebook segment list'")


def _given(
    practice: accounts.OrganisationView, filters: list[str] | None, file: Path | None, everybody: bool
) -> Segment:
    value: dict[str, Any] = {"who": "everybody" if everybody else "due"}
    value["filters"] = [_filter(one) for one in filters or []]
    if file is not None:
        try:
            value = json.loads(file.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            refuse(f"{file}: {error}")
    try:
        if not isinstance(value, dict):
            refuse(f"{file}: wants a JSON object")
        return flow.read_segment(organisation_id=practice.id, value=value)
    except BadSegment as error:
        refuse(str(error))


def _filter(text: str) -> dict[str, Any]:
    """The JSON of one filter: "age=40..74", "language=es,en", "payer_class!=self_pay"."""
    key, sign, value = text.partition("=")
    is_not = key.endswith("!")
    key = key.removesuffix("!").strip()
    if not sign:
        refuse(f"--filter wants FIELD=VALUES, not '{text}'")
    if key not in FIELDS:
        refuse(f"--filter: there is no field '{key}'; see 'rebook segment fields'")
    if FIELDS[key].shape != "range":
        return {"field": key, ("none_of" if is_not else "any_of"): [one.strip() for one in value.split(",")]}
    low, dots, high = value.partition("..")
    ends = {"from": low.strip(), "to": high.strip() if dots else low.strip()}
    for end in ends.values():
        if end and not (end.isascii() and end.isdecimal()):
            refuse(f"--filter {key} wants a range like 40..74, not '{value}'")
    return {"field": key, **{name: int(end) for name, end in ends.items() if end}, "is_not": is_not}


def _version(one: segment_files.VersionLine) -> dict[str, Any]:
    return {
        "version": one.number,
        "created_at": one.created_at,
        "created_by": one.created_by,
        "note": one.note,
        "segment": one.segment.as_json(),
        "sentence": sentence(one.segment),
    }


def _count(
    practice: accounts.OrganisationView, segment: Segment, as_of: str, as_json: bool, **more: Any
) -> None:
    day, now = instant(practice, as_of)
    found = flow.count(organisation_id=practice.id, segment=segment, as_of=day, now=now)
    size = found.size
    if as_json:
        answer_json(
            {
                "sentence": found.sentence,
                "segment": segment.as_json(),
                "as_of": day,
                "patients": size.patients,
                "reasons": size.reasons,
                "could_be_contacted": size.free,
                "left_out": dict(size.left_out),
                **more,
            }
        )
        return
    console.print(found.sentence, markup=False, highlight=False)
    rows = [["patients", size.patients], ["could be contacted", size.free]]
    rows += [[f"left out: {reason.replace('_', ' ')}", patients] for reason, patients in size.left_out]
    answer_table(f"On {day}", ["what", "patients"], rows)
