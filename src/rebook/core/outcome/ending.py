"""How a case ends: exactly one outcome, decided from what happened since it was opened (promise 6).

Credit follows rules.md F3: a satisfying appointment counts when it was made after the first attempt and
inside the booking window (R-F41, R-F43); a completed satisfying visit ends the case. A holdout case is
followed the same way and is never called prompted.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

OPEN_STATUSES = frozenset({"proposed", "pending", "booked", "checked-in", "arrived", "waitlist"})
KEPT_STATUSES = frozenset({"arrived", "fulfilled", "checked-in"})
LOST_STATUSES = frozenset({"cancelled", "noshow"})
CLINICIAN_RISK_CLASS = 3
# How a case of such a class may end while the reason for it stays open, so that a clinician must hear of it:
# nobody was reached, the patient wants no contact or no visit, or the plan was ended over their heads (R-C6).
ENDS_FOR_A_CLINICIAN = frozenset(
    {"clinician_review", "opted_out", "declined", "wrong_person", "campaign_ended"}
)


@dataclass(frozen=True, slots=True)
class CaseAppointment:
    id: int
    visit_type: str
    status: str
    made_at: datetime | None
    starts_at: datetime


@dataclass(frozen=True, slots=True)
class CaseVisit:
    visit_type: str
    started_at: datetime


@dataclass(frozen=True, slots=True)
class CaseWindows:
    """Attribution windows frozen at launch, in days (R-F41)."""

    booking_days: int = 60
    visit_days: int = 120
    # Silence after the last attempt before the case is given up; before a clinician hears of it (R-C146).
    answer_days: int = 30
    clinician_after_days: int = 7


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """One open case and everything that may end it. ``satisfying`` empty means any visit type."""

    case_id: int
    arm: Literal["contact", "holdout"]
    opened_at: datetime
    first_attempt_at: datetime | None
    last_attempt_at: datetime | None
    reached_at: datetime | None
    sequence_exhausted: bool
    is_paused: bool
    risk_class: int
    satisfying: frozenset[str]
    patient_is_deceased: bool
    patient_has_left: bool
    gap_close_reason: str
    campaign_is_over: bool
    appointments: tuple[CaseAppointment, ...] = ()
    visits: tuple[CaseVisit, ...] = ()
    windows: CaseWindows = CaseWindows()


@dataclass(frozen=True, slots=True)
class CaseVerdict:
    """What to write on the case. ``outcome`` empty: it stays open; the credit may still be news."""

    case_id: int
    outcome: str = ""
    detail: str = ""
    appointment_id: int | None = None
    booked_at: datetime | None = None
    visit_kept_at: datetime | None = None


def satisfies(visit_type: str, satisfying: frozenset[str]) -> bool:
    """Whether a visit of this type closes the gap; one without a type is given the benefit of the doubt."""
    return not satisfying or not visit_type or visit_type in satisfying


def decide_outcome(facts: CaseFacts, *, now: datetime) -> CaseVerdict:
    """The verdict on one open case at ``now``."""
    booked = _credited_appointment(facts)
    kept_at = _kept_visit(facts, now=now)
    credit = {
        "appointment_id": booked.id if booked else None,
        "booked_at": booked.made_at if booked else None,
    }
    outcome, detail = _ending(facts, booked=booked, kept_at=kept_at, now=now)
    return CaseVerdict(case_id=facts.case_id, outcome=outcome, detail=detail, visit_kept_at=kept_at, **credit)  # type: ignore[arg-type]


def _ending(
    facts: CaseFacts, *, booked: CaseAppointment | None, kept_at: datetime | None, now: datetime
) -> tuple[str, str]:
    if facts.patient_is_deceased:
        return "deceased", "the record says so"
    if kept_at is not None:
        return _after_visit(facts, booked=booked, kept_at=kept_at)
    if facts.patient_has_left:
        return "moved", "left the practice"
    if booked is not None and _still_ahead(booked, now=now):
        return "", ""
    if booked is not None and booked.status in LOST_STATUSES:
        return "booked_not_kept", booked.status
    if facts.gap_close_reason and facts.gap_close_reason != "appointment_booked":
        return "gap_closed", facts.gap_close_reason
    if facts.campaign_is_over:
        return _over(facts)
    return _given_up(facts, now=now)


def _after_visit(facts: CaseFacts, *, booked: CaseAppointment | None, kept_at: datetime) -> tuple[str, str]:
    first = facts.first_attempt_at
    if facts.arm == "holdout" or first is None or kept_at < first:
        return "returned_unprompted", ""
    if booked is None and kept_at > first + timedelta(days=facts.windows.visit_days):
        return "returned_unprompted", "after the window"
    return "visit_kept", ""


def _over(facts: CaseFacts) -> tuple[str, str]:
    # R-C6: whoever is owed more effort does not lose it with a campaign.
    if facts.arm == "contact" and facts.risk_class >= CLINICIAN_RISK_CLASS:
        return "clinician_review", "the campaign was ended"
    return "campaign_ended", ""


def _given_up(facts: CaseFacts, *, now: datetime) -> tuple[str, str]:
    if now >= facts.opened_at + timedelta(days=facts.windows.visit_days):
        return ("not_returned", "") if facts.arm == "holdout" else _silence(facts)
    if facts.arm == "holdout" or facts.is_paused or not facts.sequence_exhausted:
        return "", ""
    last = facts.last_attempt_at or facts.opened_at
    is_grave = facts.risk_class >= CLINICIAN_RISK_CLASS
    wait = facts.windows.clinician_after_days if is_grave else facts.windows.answer_days
    if now < last + timedelta(days=wait):
        return "", ""
    return _silence(facts)


def _silence(facts: CaseFacts) -> tuple[str, str]:
    # R-C6: a reason of class 3 or 4 never ends silently.
    if facts.risk_class >= CLINICIAN_RISK_CLASS:
        return "clinician_review", "attempts exhausted"
    if facts.reached_at is None:
        return "unreachable", "no attempt arrived"
    return "no_response", ""


def _credited_appointment(facts: CaseFacts) -> CaseAppointment | None:
    """The first satisfying appointment made inside the window; a live one before one that fell through."""
    since = facts.opened_at if facts.arm == "holdout" else facts.first_attempt_at
    if since is None:
        return None
    until = since + timedelta(days=facts.windows.booking_days)
    made = [
        one
        for one in facts.appointments
        if satisfies(one.visit_type, facts.satisfying)
        and one.made_at is not None
        and since <= one.made_at <= until
        and one.status != "entered-in-error"
    ]
    return _first(made, lost=False) or _first(made, lost=True)


def _first(appointments: Iterable[CaseAppointment], *, lost: bool) -> CaseAppointment | None:
    chosen = [one for one in appointments if (one.status in LOST_STATUSES) is lost]
    return min(chosen, key=lambda one: (one.starts_at, one.id), default=None)


def _kept_visit(facts: CaseFacts, *, now: datetime) -> datetime | None:
    """When the first satisfying visit since opening took place; sources without visits say it by status."""
    instants = [
        visit.started_at
        for visit in facts.visits
        if facts.opened_at < visit.started_at <= now and satisfies(visit.visit_type, facts.satisfying)
    ]
    instants += [
        one.starts_at
        for one in facts.appointments
        if one.status in KEPT_STATUSES
        and facts.opened_at < one.starts_at <= now
        and satisfies(one.visit_type, facts.satisfying)
    ]
    return min(instants, default=None)


def _still_ahead(appointment: CaseAppointment, *, now: datetime) -> bool:
    # A week for the practice's system to say what became of it.
    return appointment.status in OPEN_STATUSES and now < appointment.starts_at + timedelta(days=7)
