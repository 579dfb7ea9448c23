"""Bench "explain": one patient by every rule of a practice of two specialties, with the full trace."""

import statistics
import time
from datetime import UTC, date, datetime, timedelta
from typing import Any

from rebook.core.chart import (
    AppointmentRecord,
    Chart,
    ConditionRecord,
    FollowUpRecord,
    PatientRecord,
    ProcedureRecord,
    VisitRecord,
)
from rebook.core.gaps import GapFinding, GapSettings, judge
from rebook.packs.gaps import gap_definitions

# Milliseconds; the reference is the budget itself (DESIGN §7).
# The synthetic practice uses these two; no practice uses all.
PACKS = ("dental", "primary_care")
BUDGET = 1.0
TIMES = 2_000
AS_OF = date(2026, 11, 21)


def run(*, size: int = TIMES) -> dict[str, Any]:
    """Judge a patient with years of history ``size`` times; ``ours`` is the median in milliseconds."""
    definitions = gap_definitions(PACKS)
    chart, settings = busy_chart(), GapSettings()
    taken: list[float] = []
    found: tuple[GapFinding, ...] = ()
    for _ in range(size):
        start = time.perf_counter()
        found = judge(chart, definitions, as_of=AS_OF, settings=settings)
        taken.append((time.perf_counter() - start) * 1000)
    median = statistics.median(taken)
    return {
        "name": "explain",
        "ours": round(median, 4),
        "reference": BUDGET,
        "ratio": round(median / BUDGET, 3),
        "budget": 1.0,
        "ok": median < BUDGET,
        "p95": round(statistics.quantiles(taken, n=20)[-1], 4),
        "rules": len(definitions),
        "findings": len(found),
        "steps": sum(len(one.steps) for one in found),
    }


def busy_chart() -> Chart:
    """Somebody with everything: two conditions, forty appointments, visits, procedures, recommendations."""
    types = ("annual_visit", "hygiene", "diabetes_visit", "mammogram", "acute", "")
    statuses = ("fulfilled", "fulfilled", "cancelled", "noshow", "booked")
    noon = datetime(2026, 11, 21, 12, tzinfo=UTC)
    appointments = tuple(
        AppointmentRecord(
            id=number,
            visit_type=types[number % len(types)],
            status=statuses[number % len(statuses)],
            starts_at=noon - timedelta(days=50 * number - 100),
            starts_on=AS_OF - timedelta(days=50 * number - 100),
            booked_at=noon - timedelta(days=50 * number),
            cancelled_at=None,
            cancelled_on=None,
            cancelled_by="",
            location_id=1,
            practitioner_id=None,
        )
        for number in range(40, 0, -1)
    )
    days = [AS_OF - timedelta(days=90 * number) for number in range(20, 0, -1)]
    return Chart(
        patient=_patient(),
        time_zone="America/Chicago",
        appointments=appointments,
        visits=tuple(
            VisitRecord(number, types[number % len(types)], noon, day, 1, None)
            for number, day in enumerate(days)
        ),
        procedures=tuple(
            ProcedureRecord(number, kind, days[number])
            for number, kind in enumerate(("mammogram", "fit_test", "colonoscopy", "hygiene"))
        ),
        conditions=(
            ConditionRecord(1, "diabetes", date(2015, 1, 1), None),
            ConditionRecord(2, "periodontitis", date(2020, 1, 1), None),
        ),
        follow_ups=tuple(
            FollowUpRecord(number, types[number], days[number], days[number] + timedelta(days=120), None)
            for number in range(len(types))
        ),
    )


def _patient() -> PatientRecord:
    return PatientRecord(
        id=1,
        organisation_id=1,
        birth_on=date(1970, 5, 1),
        sex="female",
        language="en",
        is_deceased=False,
        deceased_on=None,
        left_practice_on=None,
        do_not_contact=False,
        merged_into_id=None,
        home_location_id=1,
        practitioner_id=None,
        responsible_patient_id=None,
        payer_class="unknown",
        value_cents=0,
        preferred_channel="",
        sensitivity=(),
        exclusions=(),
    )
