"""Commands of the topic "gaps": who is due, and why this one, why now, or why not."""

import csv
import sys
from dataclasses import asdict
from enum import StrEnum
from typing import Annotated, Any

import typer

from rebook.cli.context import (
    EXIT_FAILED,
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
from rebook.core.gaps import GapFinding, SettingInvalid
from rebook.flow import gaps as flow
from rebook.packs.gaps import gap_definitions
from rebook.packs.loader import PackInvalid
from rebook.packs.operational import pending_rules
from rebook.records.read import chart

TIER_WORDS = {
    "active": "seen lately",
    "slipping": "slipping away",
    "dormant": "away for long",
    "long_lapsed": "away for very long",
    "lost": "lost from sight",
    "never": "never seen here",
}
KIND_WORDS = {
    "follow_up_not_booked": "return recommended, nothing booked",
    "cancelled_not_rebooked": "cancelled, not booked again",
    "no_show_not_rebooked": "missed an appointment, not booked again",
    "inactive": "away for long",
    "later_than_usual": "later than usual for this patient",
    **{rule.kind: rule.words() for rule in pending_rules()},
}
VERDICT_WORDS = {
    "open": "due",
    "booked": "not due: already booked",
    "not_due": "not due yet",
    "seen_since": "not due: seen since",
    "covered": "listed under another reason",
    "replaced": "a later event counts",
    "too_old": "too long ago to count by itself",
    "not_eligible": "does not apply",
    "unknown": "set aside: a fact is missing",
    "excluded": "excluded",
    "unsigned": "switched off: not signed off by a clinician",
    "nothing_to_count_from": "nothing to count from",
    "deceased": "deceased",
    "merged": "merged into another record",
    "left_practice": "left the practice",
    "done": "finished",
    "lapsed": "waited for no longer",
    "superseded": "another rule applies in its place",
    "aged_out": "too old for it by now",
    "off_season": "not in its season",
    "snoozed": "left alone for now",
    "no_recall": "not to be recalled",
}


# A longer id of the practice's system does not fit into the table; Rebook's own stands in for it.
LONGEST_ID = 14


class Format(StrEnum):
    TABLE = "table"
    JSON = "json"
    CSV = "csv"


def register(app: typer.Typer) -> None:
    """Add the commands to ``app``."""
    app.command("gaps")(gaps)
    app.command("why")(why)


def gaps(
    as_of: AsOfOption = "",
    form: Annotated[Format, typer.Option("--format", help="How to print.")] = Format.TABLE,
    limit: Annotated[
        int, typer.Option(min=1, help="How many to print, the first to be looked after first.")
    ] = 50,
    definition: Annotated[
        str, typer.Option(help="Only this rule, like dental.hygiene, or this kind of event.")
    ] = "",
    organisation: OrganisationOption = "",
    as_json: JsonOption = False,
) -> None:
    """Who has reason to come back on a day, in order. Judged afresh; nothing is stored."""
    practice = chosen_organisation(organisation)
    day, now = instant(practice, as_of)
    try:
        found = flow.list_gaps(
            organisation_id=practice.id, as_of=day, now=now, limit=limit, definition=definition
        )
    except flow.NoDefinition as error:
        refuse(f"{error}: see rebook catalogue")
    except (PackInvalid, SettingInvalid) as error:
        refuse(str(error), code=EXIT_FAILED)
    if as_json or form is Format.JSON:
        answer_json({**asdict(found), "shown": len(found.gaps)})
    elif form is Format.CSV:
        _print_csv([asdict(one) for one in found.gaps])
    else:
        labels = {one.key: one.words() for one in gap_definitions(tuple(practice.pack_keys))}
        columns = ["place", "patient", "reason", "class", "overdue since", "last", "away"]
        rows = [
            [
                one.rank,
                one.external_id if len(one.external_id) <= LONGEST_ID else one.patient_id,
                _label(one.definition_key, one.kind, labels),
                one.risk_class,
                one.overdue_on,
                one.anchor_on or "never",
                one.tier,
            ]
            for one in found.gaps
        ]
        title = f"{found.found} reasons to come back among {found.patients} patients, {day}"
        if rows:
            answer_table(title, columns, rows)
        else:
            console.print(title, highlight=False)
    if not found.found:
        raise typer.Exit(EXIT_NO)


def why(
    patient: Annotated[str, typer.Argument(help="The patient's id, in Rebook or in the practice's system.")],
    as_of: AsOfOption = "",
    organisation: OrganisationOption = "",
    as_json: JsonOption = False,
) -> None:
    """Why a patient is due, why now, or why not, with every step. Leaves with 1 when nothing is due."""
    practice = chosen_organisation(organisation)
    day, _ = instant(practice, as_of)
    patient_id = chart.patient_id_of(organisation_id=practice.id, text=patient)
    if patient_id is None:
        refuse("there is no such patient, or there are several: give the id that Rebook uses")
    try:
        told = flow.explain(organisation_id=practice.id, patient_id=patient_id, as_of=day)
    except (PackInvalid, SettingInvalid) as error:
        refuse(str(error), code=EXIT_FAILED)
    if as_json:
        answer_json(
            {
                "patient_id": told.patient_id,
                "as_of": told.as_of,
                "tier": told.tier,
                "due": [one.definition_key for one in told.open],
                "findings": flow.as_rows(told.findings),
                "reasons": {key: [one.as_json() for one in value] for key, value in told.reasons.items()},
            }
        )
    else:
        _print_explanation(told)
    if not told.open:
        raise typer.Exit(EXIT_NO)


def _label(key: str, kind: str, labels: dict[str, str]) -> str:
    return f"overdue for {labels[key]}" if key in labels else KIND_WORDS.get(kind, kind)


def _print_csv(rows: list[dict[str, Any]]) -> None:
    names = [
        "rank",
        "patient_id",
        "external_id",
        "definition_key",
        "kind",
        "visit_type",
        "risk_class",
        "tier",
    ]
    names += ["anchor_on", "due_on", "overdue_on"]
    writer = csv.DictWriter(sys.stdout, names, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)


def _print_explanation(told: flow.Explanation) -> None:
    due = len(told.open)
    say = f"{due} reason{'s' * (due != 1)} to come back" if due else "nothing is due"
    tier = TIER_WORDS[told.tier]
    console.print(f"Patient {told.patient_id} on {told.as_of}: {say} ({tier})", style="bold", highlight=False)
    for one in sorted(told.findings, key=lambda finding: not finding.is_open):
        _print_finding(one, told)


def _print_finding(one: GapFinding, told: flow.Explanation) -> None:
    label = told.labels.get(one.definition_key) or KIND_WORDS.get(one.kind, one.kind)
    console.print(
        f"\n{label} [{one.definition_key}]: {VERDICT_WORDS[one.verdict]}", highlight=False, markup=False
    )
    marks = {True: "yes", False: "no ", None: " - "}
    for step in one.steps:
        console.print(f"  {marks[step.passed]}  {step.rule}: {step.detail}", highlight=False, markup=False)
    for reason in told.reasons.get(one.definition_key, ()):
        console.print(f"  now  {reason.rule}: {reason.detail}", highlight=False, markup=False)
