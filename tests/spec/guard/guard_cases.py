"""The guard as tables: what differs from an ordinary contact that may go out, and what the guard says.

The ordinary contact: a text of a campaign about a visit that is due, to an adult in Massachusetts, on
Tuesday 1 December 2026 at 10:00 there, to a mobile number that the patient gave, nothing against it.
"""

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from rebook.core.outreach.values import (
    AppointmentView,
    ConsentStatement,
    ContactView,
    GuardSubject,
    HoldView,
    PastContact,
    StopView,
)

NOW = datetime(2026, 12, 1, 15, 0, tzinfo=UTC)
DAYS = timedelta(days=1)
HOURS = timedelta(hours=1)
MINUTES = timedelta(minutes=1)
MOBILE = ContactView("+16175550100", "phone", "verified", "mobile", "patient_form")
MAIL = ContactView("someone@example.org", "email", "verified")

ORDINARY = GuardSubject(
    origin="campaign",
    purpose="treatment_recall",
    channel="sms",
    channel_is_open=True,
    channel_is_manual=False,
    campaign_id=7,
    is_deceased=False,
    has_left_practice=False,
    do_not_contact=False,
    is_merged_away=False,
    birth_on=date(1980, 5, 17),
    contact_is_responsible_adult=False,
    exclusions=(),
    sensitivity=(),
    holds=(),
    contact=MOBILE,
    time_zones=("America/New_York",),
    jurisdictions=("us-ma",),
    consents=(),
    history=(),
    patient_last_wrote_at=None,
    gap_is_open=True,
    gap_is_sensitive=False,
    risk_class=1,
    satisfying_visit_types=("annual_visit",),
    future_appointments=(),
    last_visit_at=NOW - 500 * DAYS,
    arm="contact",
    template_key="due_visit",
    template_is_approved=True,
    message_problems=(),
    due_at=NOW,
    expires_at=NOW + 72 * HOURS,
    stops=(),
    data_as_of=NOW - 3 * HOURS,
    capacity_left=10,
    channel_key="sandbox",
)
CALL = {"channel": "phone", "channel_is_open": False, "channel_is_manual": True}
EMAIL = {"channel": "email", "contact": MAIL}
MARKETING = {"purpose": "marketing"}
CHILD = {"birth_on": date(2018, 5, 17)}


@dataclass(frozen=True)
class Case:
    """``now`` moves the clock; ``until`` is when a deferred contact may be asked about again.

    ``policy`` replaces fields of the policy made from the packs, ``basis`` is the word of law when allowed.
    """

    title: str
    differs: dict[str, Any]
    verdict: str
    because: tuple[str, ...] = ()
    now: datetime = NOW
    until: datetime | None = None
    policy: dict[str, Any] = field(default_factory=dict)
    basis: str = ""

    @property
    def subject(self) -> GuardSubject:
        moved: dict[str, Any] = {}
        if self.now != NOW:
            moved = {"due_at": self.now, "expires_at": self.now + 72 * HOURS, "data_as_of": self.now}
        return replace(ORDINARY, **(moved | self.differs))


@dataclass(frozen=True)
class Section:
    title: str
    intro: str
    cases: tuple[Case, ...] = field(default=())


def said(
    state: str,
    channel: str = "sms",
    *,
    days_ago: float = 10,
    number: bool = True,
    purpose: str = "all",
    patient: bool = True,
    evidence: str = "",
    scope: tuple[str, ...] = (),
) -> ConsentStatement:
    return ConsentStatement(
        number, channel, purpose, state, NOW - days_ago * DAYS, patient, evidence, frozenset(scope)
    )


def past(
    days_ago: float,
    channel: str = "sms",
    *,
    purpose: str = "treatment_recall",
    origin: str = "campaign",
    person: bool = True,
    household: bool = True,
    number: bool = True,
    case: bool = False,
) -> PastContact:
    return PastContact(NOW - days_ago * DAYS, channel, purpose, person, household, number, case, origin)


def booked(days: float, visit_type: str = "annual_visit", status: str = "booked") -> dict[str, Any]:
    return {"future_appointments": (AppointmentView(NOW + days * DAYS, visit_type, status),)}


def held(kind: str, until: datetime | None = None) -> dict[str, Any]:
    return {"holds": (HoldView(kind, NOW - DAYS, until),)}


def stop(scope: str, key: str = "") -> dict[str, Any]:
    return {"stops": (StopView(scope, key),)}


def contact(**change: Any) -> dict[str, Any]:
    return {"contact": replace(MOBILE, **change)}


def utc(month: int, day: int, hour: int, minute: int = 0, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=UTC)
