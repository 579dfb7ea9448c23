"""What staff have to do next: open tasks in the order in which they should be taken."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import BooleanField, Case, F, Q, QuerySet, Value, When

from rebook.records.models import Appointment, Gap, Task

from .asked_time import CALLS, clock_of_patient, is_at_another_time


@dataclass(frozen=True, slots=True)
class GapLine:
    """A reason to come back, with the evidence as shown to people ([{"rule": ..., "detail": ...}])."""

    id: int
    definition_key: str
    kind: str
    visit_type: str
    anchor_on: date | None
    due_on: date
    overdue_on: date
    interval_days: int | None
    tier: str
    risk_class: int
    rank: int | None
    is_sensitive: bool
    opened_on: date
    closed_on: date | None
    close_reason: str
    evidence: tuple[dict[str, Any], ...]
    rank_reasons: tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True)
class TaskLine:
    id: int
    kind: str
    urgency: int
    opened_at: datetime
    due_at: datetime
    call_back_at: datetime | None
    is_later: bool
    patient_id: int | None
    patient_name: str
    gap: GapLine | None
    reply_id: int | None
    intent: str
    owner_name: str
    owner_role: str
    barrier: str
    # The part of the day in which the patient asked to be called; whether it is another one now.
    asked_part: str = ""
    is_at_another_time: bool = False


@dataclass(frozen=True, slots=True)
class TaskPage:
    """The first lines, how many there are now, and how many are put off to later."""

    lines: tuple[TaskLine, ...]
    now: int
    later: int


@dataclass(frozen=True, slots=True)
class TaskFile:
    """One task with all that is needed to do it."""

    line: TaskLine
    state: str
    done_at: datetime | None
    done_by: str
    case_id: int | None
    campaign_id: int | None
    campaign_name: str
    note: str
    # The approved words to say, as rendered for this patient; empty when the task brings none.
    script: str
    reply_body: str
    reply_at: datetime | None
    reply_channel: str
    attempt_channel: str
    # The number that the call was planned to: a parent's for a minor. "" where the task is no planned call.
    dial: str = ""
    # What else the patient is due for and may settle by the same contact, and the visit that covers most.
    also: tuple[GapLine, ...] = ()
    covers_most: str = ""


@dataclass(frozen=True, slots=True)
class PastVisit:
    """A booked time that has passed, still without a word on whether the patient came."""

    appointment_id: int
    patient_id: int
    patient_name: str
    visit_type: str
    starts_at: datetime


def gap_line(row: Gap) -> GapLine:
    """The value of a gap row."""
    return GapLine(
        id=row.pk,
        definition_key=row.definition_key,
        kind=row.kind,
        visit_type=row.visit_type,
        anchor_on=row.anchor_on,
        due_on=row.due_on,
        overdue_on=row.overdue_on,
        interval_days=row.interval_days,
        tier=row.tier,
        risk_class=row.risk_class,
        rank=row.rank,
        is_sensitive=row.is_sensitive,
        opened_on=row.opened_on,
        closed_on=row.closed_on,
        close_reason=row.close_reason,
        evidence=tuple(row.evidence),
        rank_reasons=tuple(row.rank_reasons),
    )


def full_name(patient: Any) -> str:
    """ "Ana Souza"; says so when the record has no name."""
    return f"{patient.given_name} {patient.family_name}".strip() or "Name not recorded"


def _rows(*, organisation_id: int, now: datetime) -> QuerySet[Task]:
    later = Case(
        When(Q(call_back_at__gt=now), then=Value(True)), default=Value(False), output_field=BooleanField()
    )
    return (
        Task.objects.filter(organisation_id=organisation_id)
        .annotate(is_later=later, clock=clock_of_patient(now))
        .annotate(at_another_time=is_at_another_time())
        .select_related("patient", "gap", "case__gap", "case__campaign", "reply", "owner", "attempt")
        .order_by(
            "is_later",
            "urgency",
            "at_another_time",
            "due_at",
            F("case__gap__rank").asc(nulls_last=True),
            "pk",
        )
    )


def _gap(row: Any) -> GapLine | None:
    gap = row.case.gap if row.case else row.gap
    return gap_line(gap) if gap else None


def _line(row: Any) -> TaskLine:
    return TaskLine(
        id=row.pk,
        kind=row.kind,
        urgency=row.urgency,
        opened_at=row.opened_at,
        due_at=row.due_at,
        call_back_at=row.call_back_at,
        is_later=row.is_later,
        patient_id=row.patient_id,
        patient_name=full_name(row.patient) if row.patient else "",
        gap=_gap(row),
        reply_id=row.reply_id,
        intent=row.reply.intent if row.reply else "",
        owner_name=(row.owner.name or row.owner.email) if row.owner else "",
        owner_role=row.owner_role,
        barrier=row.barrier,
        asked_part=row.patient.preferred_day_part if row.patient and row.kind in CALLS else "",
        is_at_another_time=row.at_another_time,
    )


def open_tasks(*, organisation_id: int, now: datetime, kind: str = "", limit: int = 40) -> TaskPage:
    """Open tasks: urgent first, then those whose patient asked for this part of the day or for none, then due
    first, then by rank; what is put off to after ``now`` comes last."""
    rows = _rows(organisation_id=organisation_id, now=now).filter(state="open")
    if kind:
        rows = rows.filter(kind=kind)
    counted = Task.objects.filter(organisation_id=organisation_id, state="open")
    if kind:
        counted = counted.filter(kind=kind)
    later = counted.filter(call_back_at__gt=now).count()
    # Put in order by their keys alone: whole rows of everything beside them are costly to sort.
    first = [row[0] for row in rows.values_list("pk")[:limit]]
    found = {row.pk: row for row in _rows(organisation_id=organisation_id, now=now).filter(pk__in=first)}
    return TaskPage(
        lines=tuple(_line(found[key]) for key in first if key in found),
        now=counted.count() - later,
        later=later,
    )


def task_file(*, organisation_id: int, task_id: int, now: datetime) -> TaskFile | None:
    """One task of the organisation, or None."""
    row: Any = _rows(organisation_id=organisation_id, now=now).filter(pk=task_id).first()
    if row is None:
        return None
    return TaskFile(
        line=_line(row),
        state=row.state,
        done_at=row.done_at,
        done_by=row.done_by,
        case_id=row.case_id,
        campaign_id=row.case.campaign_id if row.case else None,
        campaign_name=row.case.campaign.name if row.case else "",
        note=row.note,
        script=row.attempt.body if row.attempt else "",
        reply_body=row.reply.body if row.reply else "",
        reply_at=row.reply.received_at if row.reply else None,
        reply_channel=row.reply.channel if row.reply else "",
        attempt_channel=row.attempt.channel if row.attempt else "",
        dial=row.attempt.to_value if row.attempt and row.attempt.channel == "phone" else "",
        also=_along(row.case),
        covers_most=row.case.visit_type if row.case else "",
    )


def _along(case: Any) -> tuple[GapLine, ...]:
    if case is None or not case.also_gap_ids:
        return ()
    rows = Gap.objects.filter(
        organisation_id=case.organisation_id, pk__in=case.also_gap_ids, closed_on__isnull=True
    )
    return tuple(gap_line(row) for row in rows.order_by("rank", "pk"))


def visits_without_word(*, organisation_id: int, now: datetime, limit: int = 8) -> tuple[PastVisit, ...]:
    """Visits booked through Rebook that have passed and of which nobody has said whether the patient came."""
    rows = Appointment.objects.filter(
        organisation_id=organisation_id, source__kind="local", status="booked", starts_at__lt=now
    )
    return tuple(
        PastVisit(row.pk, row.patient_id, full_name(row.patient), row.visit_type, row.starts_at)
        for row in rows.select_related("patient").order_by("starts_at", "pk")[:limit]
    )


def patients_tasks(*, organisation_id: int, patient_id: int, now: datetime) -> tuple[TaskLine, ...]:
    """Open tasks about one patient."""
    rows = _rows(organisation_id=organisation_id, now=now).filter(state="open", patient_id=patient_id)
    return tuple(_line(row) for row in rows)
