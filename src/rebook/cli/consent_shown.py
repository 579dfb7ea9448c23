"""What the ledger of consent says: ``consents``, ``optouts``, ``evidence``, ``outreach-record``."""

from dataclasses import asdict
from datetime import UTC, date, datetime, time
from enum import StrEnum
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from rebook.accounts import read as accounts
from rebook.cli.context import (
    EXIT_NO,
    JsonOption,
    OrganisationOption,
    answer_json,
    answer_table,
    chosen_organisation,
    console,
    refuse,
)
from rebook.core.contacts import ContactReading, read_email, read_phone, region_of
from rebook.core.outreach.consent import PATIENTS_OWN, SIGNED
from rebook.flow.outreach import consent_evidence
from rebook.records.read import consent as read
from rebook.records.read import consent_report

Who = Annotated[
    str,
    typer.Argument(help="Phone number, e-mail address, or the patient's number in the practice's system."),
]
Out = Annotated[Path, typer.Option("--out", help="File to write.")]


class RecordFormat(StrEnum):
    """How a record is written."""

    JSON = "json"
    CSV = "csv"


def about(practice: accounts.OrganisationView, text: str) -> ContactReading:
    """A number or address as the ledger writes it, or what is wrong with it."""
    return read_email(text) if "@" in text else read_phone(text, region=region_of(practice.jurisdiction))


def at_practice(practice: accounts.OrganisationView, text: str, *, now: datetime) -> datetime | None:
    """When a stop was said, on the practice's clock; None when nothing was given.

    Of a day alone its end counts, so that nothing else said on that day lifts the stop.
    """
    if not text:
        return None
    zone = ZoneInfo(practice.time_zone)
    try:
        if len(text) == len("2026-11-21"):
            day = date.fromisoformat(text)
            end = datetime.combine(day, time(23, 59, 59), tzinfo=zone).astimezone(UTC)
            return now if day == now.astimezone(zone).date() else end
        found = datetime.fromisoformat(text)
    except ValueError:
        refuse(f"--at wants a day or a time like 2026-11-21T09:30, not '{text}'")
    return (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(UTC)


def _meant(practice: accounts.OrganisationView, who: str) -> tuple[str, int | None]:
    """(number, None) or ("", patient id). The practice's own number of a patient comes first."""
    known = read.patient_known_as(organisation_id=practice.id, external_id=who)
    if len(known) > 1:
        refuse("several patients of different sources have that number")
    if known:
        return "", known[0]
    found = about(practice, who)
    if found.problem:
        refuse("there is no such patient, and it is neither a number nor an e-mail address")
    return found.value, None


def consents(who: Who, organisation: OrganisationOption = "", as_json: JsonOption = False) -> None:
    """Every statement about a number or patient, with its proof, and where each channel stands now."""
    practice = chosen_organisation(organisation)
    value, patient_id = _meant(practice, who)
    of = {"organisation_id": practice.id}
    lines = read.entries(**of, value=value, patient_id=patient_id)
    stands = read.where_it_stands(**of, value=value, patient_id=patient_id, now=datetime.now(UTC))
    if as_json:
        answer_json({"stands": [asdict(one) for one in stands], "statements": [asdict(one) for one in lines]})
        return
    answer_table(
        "Where it stands",
        ["channel", "care that is due", "booked visits", "offers"],
        [[one.channel, one.care, one.visits, one.marketing] for one in stands],
    )
    answer_table(
        "What was said, newest first",
        ["when", "what", "channel", "of", "binds", "how", "words", "evidence"],
        [
            [
                f"{one.at:%Y-%m-%d %H:%M}",
                one.state,
                one.channel,
                one.purpose,
                one.contact_value or "person",
                one.way or one.origin,
                one.wording,
                one.file_name or one.evidence_ref,
            ]
            for one in lines
        ],
    )


def optouts(
    unapplied: Annotated[
        bool, typer.Option("--unapplied", help="Only those older than a day that a message broke, or would.")
    ] = False,
    organisation: OrganisationOption = "",
    as_json: JsonOption = False,
) -> None:
    """How many stopped what; with --unapplied, leaves with 1 when any stop was not honoured."""
    practice = chosen_organisation(organisation)
    if not unapplied:
        found = consent_report.counts(organisation_id=practice.id, lifting=(*PATIENTS_OWN, SIGNED))
        if as_json:
            answer_json([asdict(one) for one in found])
            return
        answer_table(
            "Numbers and people by what they said last",
            ["channel", "stopped", "allowed"],
            [[one.channel, one.stopped, one.allowed] for one in found],
        )
        return
    broken = consent_report.unapplied(organisation_id=practice.id, now=datetime.now(UTC))
    if as_json:
        answer_json([asdict(one) for one in broken])
    elif not broken:
        console.print("Every stop older than a day is honoured.")
    else:
        # Ids, not numbers: answers get copied.
        answer_table(
            "Stops that were not honoured",
            ["statement", "patient", "channel", "said", "how", "attempt"],
            [
                [
                    one.consent_id,
                    one.patient_id,
                    one.channel,
                    f"{one.said_at:%Y-%m-%d}",
                    one.how,
                    one.attempt_id,
                ]
                for one in broken
            ],
        )
    if broken:
        raise typer.Exit(EXIT_NO)


def evidence(who: Who, out: Out, organisation: OrganisationOption = "", as_json: JsonOption = False) -> None:
    """Everything about a number or patient as PDF: what was said, sent, decided, answered, and by whom."""
    practice = chosen_organisation(organisation)
    value, patient_id = _meant(practice, who)
    made = consent_evidence.evidence_pdf(
        organisation_id=practice.id, value=value, patient_id=patient_id, now=datetime.now(UTC), actor="cli"
    )
    _write(out, made, as_json=as_json)


def outreach_record(
    who: Who,
    out: Out,
    format: Annotated[RecordFormat, typer.Option(help="json or csv.")] = RecordFormat.JSON,
    organisation: OrganisationOption = "",
    as_json: JsonOption = False,
) -> None:
    """A patient's own record of outreach, for the patient who asks for it."""
    practice = chosen_organisation(organisation)
    _, patient_id = _meant(practice, who)
    if patient_id is None:
        refuse("name a patient by their number in the practice's system")
    made = consent_evidence.own_record(
        organisation_id=practice.id,
        patient_id=patient_id,
        format=format.value,
        now=datetime.now(UTC),
        actor="cli",
    )
    _write(out, made, as_json=as_json)


def _write(out: Path, content: bytes, *, as_json: bool) -> None:
    try:
        out.write_bytes(content)
    except OSError as error:
        refuse(f"cannot write there: {error.strerror}")
    if as_json:
        answer_json({"file": str(out), "bytes": len(content)})
    else:
        console.print(f"Written: {out} ({len(content):,} bytes)", markup=False, highlight=False)
