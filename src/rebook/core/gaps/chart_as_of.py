"""A chart as it stood at the end of a day: what came later is not there yet.

So that any past date can be judged from today's records:

- visits, procedures and recommendations dated after ``as_of`` are left out; conditions that began later too;
- an appointment is known from the day it was booked, at the latest from the day it took place; without a
  booking date it is taken as known all along;
- an appointment cancelled after ``as_of`` was still booked then; one whose outcome (kept, no-show) lies
  after ``as_of`` was still to come;
- a cancellation without a date counts from the day the appointment was for. Until then the appointment
  neither closes nor opens anything;
- a past appointment still marked as booked says nothing: neither kept nor missed;
- a medication runs from its start; a break of at most ``RENEWAL_DAYS`` between two records is a renewal;
- the first contact is the first visit, or else the day the first appointment was made.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from rebook.core.chart import (
    AppointmentRecord,
    Chart,
    FollowUpRecord,
    MedicationRecord,
    RecallPreference,
)

from .codes import NO_CODES, CodeSets
from .expressions import Asked

ATTENDED = frozenset({"arrived", "fulfilled", "checked-in"})
WAITING = frozenset({"proposed", "pending", "booked"})
# An entry that says of itself that it is wrong is no contact.
NO_CONTACT = "entered-in-error"
# A medication charted again so soon after its end was renewed, not begun anew.
RENEWAL_DAYS = 90


@dataclass(frozen=True, slots=True)
class Broken:
    """An appointment that did not take place: when it broke, and how."""

    appointment: AppointmentRecord
    broken_on: date
    kind: str


@dataclass(slots=True)
class ChartAsOf:
    attended: dict[str, date] = field(default_factory=dict)
    last_attended_on: date | None = None
    first_attended_on: date | None = None
    procedures: dict[str, date] = field(default_factory=dict)
    # Coming appointments, the next one first.
    coming: list[AppointmentRecord] = field(default_factory=list)
    broken: list[Broken] = field(default_factory=list)
    # Kind of every condition that runs, with the earliest known day it began.
    conditions: dict[str, date | None] = field(default_factory=dict)
    conditions_ever: set[str] = field(default_factory=set)
    follow_ups: list[FollowUpRecord] = field(default_factory=list)
    # Kind of every medication that is taken, with the day it was begun where that is known.
    medications: dict[str, date | None] = field(default_factory=dict)
    # The newest of each (kind, definition key) that counts on the day.
    preferences: dict[tuple[str, str], RecallPreference] = field(default_factory=dict)
    first_booked_on: date | None = None
    # For what lists of words cannot say.
    asked: Asked | None = None

    @property
    def first_contact_on(self) -> date | None:
        """Nothing is overdue before it."""
        return self.first_attended_on or self.first_booked_on

    def see(self, visit_type: str, on: date) -> None:
        known = self.attended.get(visit_type)
        if known is None or on > known:
            self.attended[visit_type] = on
        if self.last_attended_on is None or on > self.last_attended_on:
            self.last_attended_on = on
        if self.first_attended_on is None or on < self.first_attended_on:
            self.first_attended_on = on


def chart_as_of(chart: Chart, *, as_of: date, value_sets: CodeSets = NO_CODES) -> ChartAsOf:
    """The facts of ``chart`` that were known on ``as_of``."""
    view = ChartAsOf(asked=Asked(chart, as_of, value_sets))
    zone = ZoneInfo(chart.time_zone)
    for visit in chart.visits:
        if visit.visited_on <= as_of:
            view.see(visit.visit_type, visit.visited_on)
    for appointment in chart.appointments:
        _place(view, appointment, as_of, zone)
    view.coming.sort(key=lambda one: (one.starts_on, one.id))
    for procedure in chart.procedures:
        known = view.procedures.get(procedure.kind)
        if procedure.performed_on <= as_of and (known is None or procedure.performed_on > known):
            view.procedures[procedure.kind] = procedure.performed_on
    _conditions(view, chart, as_of)
    view.follow_ups = [one for one in chart.follow_ups if one.recommended_on <= as_of]
    if chart.medications:
        _medications(view, chart, as_of)
    if chart.preferences:
        _preferences(view, chart, as_of)
    return view


def _place(view: ChartAsOf, one: AppointmentRecord, as_of: date, zone: ZoneInfo) -> None:
    status, on = one.status, one.starts_on
    booked_on = one.booked_at.astimezone(zone).date() if one.booked_at is not None else None
    if on > as_of and booked_on is not None and booked_on > as_of:
        return
    made_on = min(booked_on or on, on)
    if made_on <= as_of and status != NO_CONTACT:
        view.first_booked_on = min(view.first_booked_on or made_on, made_on)
    if status in ATTENDED and on <= as_of:
        view.see(one.visit_type, on)
    elif status == "noshow" and on <= as_of:
        view.broken.append(Broken(one, on, "no_show_not_rebooked"))
    elif status == "cancelled" and (one.cancelled_on is None or one.cancelled_on <= as_of):
        broken_on = one.cancelled_on or on
        if broken_on <= as_of:
            view.broken.append(Broken(one, broken_on, "cancelled_not_rebooked"))
    elif on >= as_of and (status in WAITING or status in ATTENDED or status in ("noshow", "cancelled")):
        view.coming.append(one)


def _conditions(view: ChartAsOf, chart: Chart, as_of: date) -> None:
    for one in chart.conditions:
        if one.onset_on is not None and one.onset_on > as_of:
            continue
        view.conditions_ever.add(one.kind)
        if one.abated_on is not None and one.abated_on <= as_of:
            continue
        known, onset = view.conditions.get(one.kind), one.onset_on
        view.conditions[one.kind] = min(known, onset) if known and onset else known or onset


def _medications(view: ChartAsOf, chart: Chart, as_of: date) -> None:
    records: dict[str, list[MedicationRecord]] = {}
    for one in chart.medications:
        if one.started_on is None or one.started_on <= as_of:
            records.setdefault(one.kind, []).append(one)
    for kind, mine in records.items():
        if any(one.ended_on is None or one.ended_on > as_of for one in mine):
            view.medications[kind] = _begun(mine)


def _begun(records: list[MedicationRecord]) -> date | None:
    """When the run that the newest record belongs to began; None when no source says."""
    start, covered_until = None, date.min
    is_first = True
    for one in sorted(records, key=lambda one: one.started_on or date.min):
        on = one.started_on or date.min
        if is_first or (covered_until < date.max and on > _renewable_until(covered_until)):
            start, is_first = one.started_on, False
        covered_until = max(covered_until, one.ended_on or date.max)
    return start


def _renewable_until(day: date) -> date:
    return day + timedelta(days=RENEWAL_DAYS) if day < date.max - timedelta(days=RENEWAL_DAYS) else date.max


def _preferences(view: ChartAsOf, chart: Chart, as_of: date) -> None:
    for one in sorted(chart.preferences, key=lambda one: (one.made_on, one.id)):
        is_made = one.made_on <= as_of and (one.ended_on is None or one.ended_on > as_of)
        if is_made and (one.valid_until is None or as_of <= one.valid_until):
            view.preferences[one.kind, one.definition_key] = one
