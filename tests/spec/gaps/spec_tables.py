"""The spec tables: small charts in, answers out, kept as TOML beside this file.

One file is one section: ``title``, ``about``, ``rules``; either ``packs`` (the shipped ones) or ``[[gap]]``
rules written as in a pack; optional ``[settings]`` and ``[value_sets]`` (address to "system|code"); and
``[[case]]`` tables with ``title``, ``as_of``, ``chart`` and ``answer``.

A chart has one fact per line, its kind first, then words and ``name=value`` pairs:

    patient     born=1980-05-01 sex=female deceased=2025-01-01 left=2025-01-01 words=hospice,moved_away
    visit       2025-03-02 hygiene
    appointment 2025-12-01 hygiene booked made=2025-10-01 cancelled=2025-10-03 by=clinic
    procedure   2024-01-01 mammogram
    condition   diabetes from=2020-01-01 until=2024-01-01
    condition   - from=2020-01-01 code=urn:codes|K1     (no word of the clinic's own)
    medication  warfarin from=2024-01-01 until=2025-01-01 supply=2024-03-31
    pending     2025-03-02 referral_out_incomplete cardiology priority=urgent due=2025-03-30 state=open
    return      2025-03-02 due=2025-07-02 hygiene
    settled     2025-03-02 interval dental.hygiene months=3 until=2026-03-01 ended=2025-09-01
    settled     2025-03-02 next_date dental.hygiene due=2025-06-01
    settled     2025-03-02 snooze until=2025-06-01

An answer lists every gap that is open or booked, completely; other findings may be added by verdict alone:

    dental.hygiene open anchor=2025-03-02 due=2025-09-02 overdue=2025-10-17 class=1 tier=slipping
    dental.dental_exam not_due

Appointments and returns are numbered from 1 by line: ``cancelled_not_rebooked:1``.
"""

import tomllib
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

from rebook.core.chart import (
    AppointmentRecord,
    Chart,
    ConditionRecord,
    FollowUpRecord,
    MedicationRecord,
    PatientRecord,
    PendingRecord,
    ProcedureRecord,
    RecallPreference,
    VisitRecord,
)
from rebook.core.gaps import GapDefinition, GapFinding, GapSettings, read_settings
from rebook.core.gaps.codes import CodeSets
from rebook.packs.exclusions import barring_words
from rebook.packs.gaps import gap_definitions, read_gaps
from rebook.packs.loader import Document
from rebook.packs.operational import pending_rules

HERE = Path(__file__).resolve().parent
# Ids of one patient's rows lie together, so that many charts make one population.
IDS_PER_PATIENT = 1000
FIELDS = {
    "anchor": "anchor_on",
    "due": "due_on",
    "overdue": "overdue_on",
    "class": "risk_class",
    "tier": "tier",
    "outreach": "outreach",
}


@dataclass(frozen=True)
class Case:
    section: str
    title: str
    as_of: date
    chart_text: str
    answer_text: str
    chart: Chart
    definitions: tuple[GapDefinition, ...]
    settings: GapSettings

    @property
    def expected(self) -> dict[str, dict[str, Any]]:
        """Definition key to what the answer says of it."""
        found = {}
        for line in _lines(self.answer_text):
            key, verdict, *pairs = line.split()
            kind, _, number = key.partition(":")
            if number.isdigit():
                key = f"{kind}:{self.chart.patient.id * IDS_PER_PATIENT + int(number)}"
            values = {FIELDS[name]: value for name, _, value in (one.partition("=") for one in pairs)}
            # Without an anchor the patient never had the visit.
            always = {"anchor_on": "None", "outreach": "yes"} if verdict in ("open", "booked") else {}
            found[key] = {"verdict": verdict, **always, **values}
        return found


@dataclass(frozen=True)
class Section:
    name: str
    title: str
    about: str
    rules: str
    definitions: tuple[GapDefinition, ...]
    cases: tuple[Case, ...] = field(default=())


def sections() -> list[Section]:
    """Every section, in the order of the files' names; patients are numbered through all of them."""
    found, number = [], 0
    for path in sorted(HERE.glob("*.toml")):
        section = _section(path, number)
        number += len(section.cases)
        found.append(section)
    return found


def comparable(finding: GapFinding) -> dict[str, Any]:
    """What both engines must agree on."""
    return {
        "verdict": finding.verdict,
        **{
            name: getattr(finding, name)
            for name in ("anchor_on", "due_on", "overdue_on", "risk_class", "tier", "outreach")
        },
    }


def _section(path: Path, first: int) -> Section:
    text = path.read_text(encoding="utf-8")
    data = tomllib.loads(text)
    definitions = gap_definitions(tuple(data.get("packs", ())))
    if "gap" in data:
        definitions += read_gaps(Document(path.name, text, {"gap": data["gap"]}), pack="test")
    pending = pending_rules() if data.get("operational") else ()
    settings = read_settings(
        {"excluded_words": sorted(barring_words()), **data.get("settings", {})},
        pending=pending,
        value_sets=_value_sets(data.get("value_sets", {})),
    )
    cases = tuple(
        Case(
            section=path.stem,
            title=one["title"],
            as_of=one["as_of"],
            chart_text=one["chart"].strip("\n"),
            answer_text=one["answer"].strip("\n"),
            chart=read_chart(one["chart"], patient_id=first + offset),
            definitions=definitions,
            settings=settings,
        )
        for offset, one in enumerate(data["case"], start=1)
    )
    return Section(
        path.stem, data["title"], data.get("about", "").strip(), data.get("rules", ""), definitions, cases
    )


def _value_sets(lists: dict[str, list[str]]) -> CodeSets:
    return CodeSets({name: frozenset(_code(one) for one in codes) for name, codes in lists.items()})


def _code(text: str) -> tuple[str, str]:
    """From "system|code"; both empty where nothing is written."""
    system, _, code = text.rpartition("|")
    return system, code


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _noon(text: str | None) -> datetime | None:
    return datetime.combine(date.fromisoformat(text), time(12), tzinfo=UTC) if text else None


def read_chart(text: str, *, patient_id: int) -> Chart:
    """A chart from its lines. The time zone is UTC; times are noon."""
    rows: dict[str, list[Any]] = {
        "visit": [],
        "appointment": [],
        "procedure": [],
        "condition": [],
        "return": [],
        "medication": [],
        "pending": [],
        "settled": [],
    }
    patient = patient_record(patient_id)
    for line in _lines(text):
        kind, *parts = line.split()
        pairs = dict(part.split("=", 1) for part in parts if "=" in part)
        words = [part for part in parts if "=" not in part]
        if kind == "patient":
            patient = patient_record(patient_id, pairs)
            continue
        number = patient_id * IDS_PER_PATIENT + len(rows[kind]) + 1
        rows[kind].append(ROWS[kind](number, words, pairs))
    return Chart(
        patient=patient,
        time_zone="UTC",
        appointments=tuple(rows["appointment"]),
        visits=tuple(rows["visit"]),
        procedures=tuple(rows["procedure"]),
        conditions=tuple(rows["condition"]),
        follow_ups=tuple(rows["return"]),
        medications=tuple(rows["medication"]),
        pending=tuple(rows["pending"]),
        preferences=tuple(rows["settled"]),
    )


def patient_record(patient_id: int, pairs: dict[str, str] | None = None) -> PatientRecord:
    pairs = pairs or {}
    return PatientRecord(
        id=patient_id,
        organisation_id=1,
        birth_on=_day(pairs.get("born")),
        sex=pairs.get("sex", "unknown"),
        language=pairs.get("language", "en"),
        is_deceased="deceased" in pairs,
        deceased_on=_day(pairs["deceased"]) if pairs.get("deceased", "yes") != "yes" else None,
        left_practice_on=_day(pairs.get("left")),
        do_not_contact=False,
        merged_into_id=int(pairs["merged"]) if "merged" in pairs else None,
        home_location_id=None,
        practitioner_id=None,
        responsible_patient_id=None,
        payer_class=pairs.get("payer", "unknown"),
        value_cents=int(pairs.get("value", 0)),
        preferred_channel="",
        sensitivity=(),
        exclusions=tuple(pairs["words"].split(",")) if "words" in pairs else (),
    )


def _appointment(number: int, words: list[str], pairs: dict[str, str]) -> AppointmentRecord:
    on, *rest = words
    return AppointmentRecord(
        id=number,
        visit_type=rest[0] if len(rest) > 1 else "",
        status=rest[-1],
        starts_at=_noon(on),
        starts_on=_day(on),
        booked_at=_noon(pairs.get("made")),
        cancelled_at=_noon(pairs.get("cancelled")),
        cancelled_on=_day(pairs.get("cancelled")),
        cancelled_by=pairs.get("by", ""),
        location_id=None,
        practitioner_id=None,
    )


def _visit(number: int, words: list[str], pairs: dict[str, str]) -> VisitRecord:
    on, *rest = words
    return VisitRecord(number, rest[0] if rest else "", _noon(on), _day(on), None, None)


def _procedure(number: int, words: list[str], pairs: dict[str, str]) -> ProcedureRecord:
    return ProcedureRecord(number, _word(words[1]), _day(words[0]), *_code(pairs.get("code", "")))


def _condition(number: int, words: list[str], pairs: dict[str, str]) -> ConditionRecord:
    return ConditionRecord(
        number,
        _word(words[0]),
        _day(pairs.get("from")),
        _day(pairs.get("until")),
        *_code(pairs.get("code", "")),
    )


def _word(text: str) -> str:
    """A dash is written where the clinic has no word of its own."""
    return "" if text == "-" else text


def _return(number: int, words: list[str], pairs: dict[str, str]) -> FollowUpRecord:
    on, *rest = words
    return FollowUpRecord(number, rest[0] if rest else "", _day(on), _day(pairs["due"]), None)


def _medication(number: int, words: list[str], pairs: dict[str, str]) -> MedicationRecord:
    return MedicationRecord(
        number,
        _word(words[0]),
        _day(pairs.get("from")),
        _day(pairs.get("until")),
        _day(pairs.get("supply")),
        *_code(pairs.get("code", "")),
    )


def _pending(number: int, words: list[str], pairs: dict[str, str]) -> PendingRecord:
    on, kind, *rest = words
    numbers = {
        name: int(pairs[short]) if short in pairs else None
        for name, short in (
            ("units_left", "units"),
            ("units_threshold", "threshold"),
            ("visits_per_week", "weekly"),
        )
    }
    return PendingRecord(
        id=number,
        kind=kind,
        visit_type=rest[0] if rest else "",
        priority=pairs.get("priority", "routine"),
        state=pairs.get("state", "open"),
        opened_on=_day(on),
        due_on=_day(pairs.get("due")),
        closed_on=_day(pairs.get("closed")),
        matched_on=_day(pairs.get("matched")),
        **numbers,
    )


def _settled(number: int, words: list[str], pairs: dict[str, str]) -> RecallPreference:
    on, kind, *rest = words
    return RecallPreference(
        id=number,
        kind=kind,
        definition_key=rest[0] if rest else "",
        made_on=date.fromisoformat(on),
        interval_months=int(pairs.get("months", 0)),
        interval_days=int(pairs.get("days", 0)),
        due_on=_day(pairs.get("due")),
        valid_until=_day(pairs.get("until")),
        ended_on=_day(pairs.get("ended")),
    )


ROWS = {
    "settled": _settled,
    "medication": _medication,
    "pending": _pending,
    "appointment": _appointment,
    "visit": _visit,
    "procedure": _procedure,
    "condition": _condition,
    "return": _return,
}
