"""``measures``: the official quality measures on a clinic's own FHIR export."""

from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from rebook.cli.context import EXIT_NO, JsonOption, answer_json, answer_table, console, refuse
from rebook.core.criteria import POPULATIONS

ASKED = [name for name in POPULATIONS if name != "numerator_exclusion"]


def register(app: typer.Typer) -> None:
    """Add the commands to ``app``."""
    app.command("measures")(measures)


def measures(
    paths: Annotated[list[Path], typer.Argument(help="FHIR export: .ndjson files or folders of them.")],
    value_sets: Annotated[
        list[Path], typer.Option("--value-sets", help="Expanded FHIR ValueSets, as licensed to you.")
    ],
    first: Annotated[str, typer.Option("--from", help="First day of the period, YYYY-MM-DD.")],
    last: Annotated[str, typer.Option("--to", help="Last day of the period, YYYY-MM-DD.")],
    measure: Annotated[list[str] | None, typer.Option(help="Which, like cms125; all when left out.")] = None,
    patient: Annotated[str, typer.Option(help="Say why, for the patient with this id in the export.")] = "",
    as_json: JsonOption = False,
) -> None:
    """Who counts in which quality measure, and who should come back for it."""
    # Imported only now: reading and the population engine take a second to load.
    from rebook.flow import measures as flow

    try:
        asked: dict[str, Any] = {
            "paths": paths,
            "value_sets": flow.read_value_sets(value_sets),
            "first": _day(first, "--from"),
            "last": _day(last, "--to"),
            "keys": tuple(measure or ()),
        }
        if asked["first"] > asked["last"]:
            refuse("--from lies after --to")
        if patient:
            _explain(flow.explain_files(patient=patient, **asked), as_json=as_json)
        else:
            _report(flow.judge_files(**asked), as_json=as_json)
    except (flow.UnableToRead, flow.UnableToReadValueSets, flow.PackInvalid) as error:
        refuse(str(error))


def _day(text: str, option: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        refuse(f"{option} wants a date like 2026-12-31, not '{text}'")


def _report(report: Any, *, as_json: bool) -> None:
    rows = [
        {
            "measure": one.key,
            "title": one.title,
            "version": one.version,
            "group": number,
            **{name: group.counts.get(name) for name in ASKED},
            "rate": None if group.rate is None else round(group.rate, 4),
            "lower_is_better": one.is_inverse,
        }
        for one in report.measures
        for number, group in enumerate(one.groups, start=1)
    ]
    if as_json:
        gaps = {one.key: one.gaps for one in report.measures}
        said = {"patients": report.patients, "measures": rows, "gaps": gaps}
        answer_json(said | {"rejects": report.rejects, "ignored": report.ignored})
        return
    columns = ["title", "group", *ASKED, "rate"]
    answer_table(f"{report.patients} patients", columns, [[row[name] for name in columns] for row in rows])
    counted = [[one.title, len(one.gaps)] for one in report.measures if one.gaps]
    answer_table("should come back", ["measure", "patients"], counted)
    for said in (*report.rejects, *(f"{what}: {count}" for what, count in report.ignored.items())):
        console.print(f"not read: {said}", markup=False)


def _explain(traces: Any, *, as_json: bool) -> None:
    if not traces:
        console.print("there is no such patient in these files")
        raise typer.Exit(EXIT_NO)
    if as_json:
        answer_json(
            [
                {
                    "measure": one.measure,
                    "groups": one.counts,
                    "has_gap": one.has_gap,
                    "steps": [step.as_json() for step in one.steps],
                }
                for one in traces
            ]
        )
        return
    for one in traces:
        title = f"{one.measure}: {'should come back' if one.has_gap else 'nothing to do'}"
        marks = {True: "yes", False: "no", None: "not known"}
        answer_table(
            title,
            ["looked for", "found", "what was seen"],
            [[step.rule, marks[step.passed], step.detail] for step in one.steps],
        )
