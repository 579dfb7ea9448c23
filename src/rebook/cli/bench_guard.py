"""Bench "guard": one decision over random contacts, beside a plain statement of the same rules."""

import random
import statistics
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from rebook.cli.bench_guard_reference import objections
from rebook.core.outreach.guard import decide
from rebook.core.outreach.guard_views import ConfidentialView
from rebook.core.outreach.values import (
    AppointmentView,
    ConsentStatement,
    ContactView,
    GuardPolicy,
    GuardSubject,
    HoldView,
    PastContact,
    StopView,
)
from rebook.packs.outreach import guard_policy

# Microseconds for one decision, median.
BUDGET = 100.0
SUBJECTS = 5_000
SEED = 20261122
PLACES = (
    (("us-ma",), ("America/New_York",)),
    (("us-ri", "us-ma"), ("America/New_York",)),
    (("us-ca", "us-tx"), ("America/Los_Angeles", "America/Chicago")),
    (("us-ky",), ("America/New_York", "America/Chicago")),
)
NOW = datetime(2026, 12, 1, 15, 0, tzinfo=UTC)


def run(*, size: int = SUBJECTS) -> dict[str, Any]:
    """Decide ``size`` random contacts; ``ours`` and ``reference`` are medians in microseconds.

    ``agree`` counts those on which both say the same: allowed, or the same rules against it.
    """
    chance = random.Random(SEED)
    policy = guard_policy(jurisdiction_keys={key for keys, _ in PLACES for key in keys}, years=(2026, 2027))
    asked = [_subject(chance) for _ in range(size)]
    # As in a batch: what a policy works out once is worked out before.
    for subject, now in asked[:50]:
        decide(subject, policy, now=now)
    agree = sum(_agrees(subject, policy, now) for subject, now in asked)
    ours = _microseconds(asked, lambda subject, now: decide(subject, policy, now=now))
    plain = _microseconds(asked, lambda subject, now: objections(subject, policy, now=now))
    median = statistics.median(ours)
    reference = statistics.median(plain)
    return {
        "name": "guard",
        "ours": round(median, 2),
        "reference": round(reference, 2),
        "ratio": round(median / reference, 3),
        "budget": BUDGET,
        "ok": median < BUDGET and agree == size,
        "p95": round(statistics.quantiles(ours, n=20)[-1], 2),
        "subjects": size,
        "agree": agree,
        "allowed": sum(decide(subject, policy, now=now).verdict == "allow" for subject, now in asked),
    }


def _microseconds(
    asked: list[tuple[GuardSubject, datetime]], work: Callable[[GuardSubject, datetime], object]
) -> list[float]:
    taken = []
    for subject, now in asked:
        start = time.perf_counter()
        work(subject, now)
        taken.append((time.perf_counter() - start) * 1e6)
    return taken


def _agrees(subject: GuardSubject, policy: GuardPolicy, now: datetime) -> bool:
    decision = decide(subject, policy, now=now)
    spoken = {reason.rule for reason in decision.reasons} - {"allowed"}
    plain = objections(subject, policy, now=now)
    # A wait that outlasts the message is a refusal more.
    return spoken - {"expired"} == plain


def _subject(chance: random.Random) -> tuple[GuardSubject, datetime]:
    now = NOW + timedelta(minutes=chance.randrange(14 * 24 * 60))
    places, zones = chance.choice(PLACES)
    return (
        GuardSubject(
            origin="campaign",
            purpose="treatment_recall",
            channel="sms",
            channel_is_open=True,
            channel_is_manual=False,
            campaign_id=7,
            is_deceased=_rarely(chance),
            has_left_practice=False,
            do_not_contact=False,
            is_merged_away=False,
            birth_on=date(1950 + chance.randrange(50), 1 + chance.randrange(12), 1 + chance.randrange(28)),
            contact_is_responsible_adult=False,
            exclusions=(),
            sensitivity=("mental_health",) if _rarely(chance) else (),
            holds=(HoldView("snooze", NOW, now + timedelta(days=1)),) if _rarely(chance) else (),
            contact=ContactView("+16175550100", "phone", "verified", "mobile"),
            time_zones=zones,
            jurisdictions=places,
            consents=_said(chance, now),
            history=_history(chance, now),
            patient_last_wrote_at=None,
            gap_is_open=True,
            gap_is_sensitive=False,
            risk_class=1,
            satisfying_visit_types=("annual_visit",),
            future_appointments=_booked(chance, now),
            last_visit_at=now - timedelta(days=chance.randrange(1, 1200)),
            arm="contact",
            template_key="due_visit",
            template_is_approved=True,
            message_problems=(),
            due_at=now,
            expires_at=now + timedelta(hours=72),
            stops=(StopView("organisation", ""),) if _rarely(chance) else (),
            data_as_of=now - timedelta(hours=2),
            capacity_left=10,
            channel_key="sandbox",
            confidential=(ConfidentialView(channels=frozenset({"letter"})),) if _rarely(chance) else (),
            template_fields=frozenset({"practice_name", "link"}),
        ),
        now,
    )


def _rarely(chance: random.Random) -> bool:
    return chance.random() < 0.05


def _said(chance: random.Random, now: datetime) -> tuple[ConsentStatement, ...]:
    return tuple(
        ConsentStatement(
            binds_number=chance.random() < 0.5,
            channel=chance.choice(("sms", "email", "all")),
            purpose="all",
            state="granted" if chance.random() < 0.8 else "revoked",
            at=now - timedelta(minutes=chance.randrange(1, 600_000)),
            from_patient=True,
        )
        for _ in range(chance.randrange(4))
    )


def _history(chance: random.Random, now: datetime) -> tuple[PastContact, ...]:
    return tuple(
        PastContact(
            at=now - timedelta(minutes=chance.randrange(60, 150 * 24 * 60)),
            channel="sms",
            purpose="treatment_recall",
            same_person=chance.random() < 0.7,
            same_household=True,
            same_number=chance.random() < 0.7,
        )
        for _ in range(chance.randrange(8))
    )


def _booked(chance: random.Random, now: datetime) -> tuple[AppointmentView, ...]:
    if chance.random() < 0.9:
        return ()
    return (AppointmentView(now + timedelta(days=20), "annual_visit", "booked"),)
