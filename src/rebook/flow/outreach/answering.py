"""Is anybody ready to answer? Hours, people, on-call contact, late replies, free times, channels (R-E38)."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from rebook.accounts.read import MemberView, OrganisationView
from rebook.core.booking import booking_policy
from rebook.core.outreach.campaign_readiness import (
    LATE_AFTER,
    BadStatement,
    ReadinessCheck,
    Stated,
    channel_problems,
    on_call_problem,
    read_channel,
    read_staffed,
)
from rebook.core.outreach.message import Template
from rebook.core.reasons import Reason
from rebook.flow.common.channels import practice_channels
from rebook.flow.common.library import library_of
from rebook.flow.common.trial_booking import Room, room_for, try_booking
from rebook.packs.script_numbers import numbers_at
from rebook.records.read import readiness as read
from rebook.records.read.campaigns import CampaignView
from rebook.records.read.readiness import OfferedVisit

# Calls and what hangs goes to somebody at the front desk; without one tasks have no owner.
TASK_ROLES = frozenset({"front_desk", "coordinator", "manager", "clinician"})
SAFETY_TEXTS = ("safety", "safety_crisis")

Statements = Mapping[tuple[str, str], Stated]


def inbox_check(members: Sequence[MemberView], said: Statements) -> ReadinessCheck:
    """Staffed hours are set, and somebody could take what comes in."""
    reasons = []
    stated = said.get(("staffed", ""))
    try:
        if stated is None:
            raise BadStatement("", field="weekdays")
        read_staffed(stated.detail)
    except BadStatement:
        reasons.append(
            Reason("inbox_unstaffed", "say on which days and hours somebody answers what comes in")
        )
    where = "ready"
    if not any(one.role in TASK_ROLES for one in members):
        reasons.append(
            Reason("no_task_owner", "nobody at this practice could take the calls and questions it brings")
        )
        where = where if len(reasons) > 1 else "people"
    return ReadinessCheck("inbox", "Somebody answers what patients write", tuple(reasons), where)


def on_call_check(house: OrganisationView, said: Statements, *, now: datetime) -> ReadinessCheck:
    problem = on_call_problem(
        said.get(("on_call", "")), said.get(("on_call_tested", "")), now=now, zone=ZoneInfo(house.time_zone)
    )
    reasons = (problem,) if problem else ()
    return ReadinessCheck("on_call", "The on-call clinician was reached within 30 days", reasons, "ready")


def replies_check(house: OrganisationView, *, now: datetime) -> ReadinessCheck:
    late = read.late_answers(organisation_id=house.id, before=now - LATE_AFTER)
    reasons: tuple[Reason, ...] = ()
    if late:
        who = "1 message or request waits" if late == 1 else f"{late} messages and requests wait"
        reasons = (Reason("replies_late", f"{who} past the time promised: answer them first"),)
    return ReadinessCheck("replies", "No answer is late", reasons, "inbox")


def safety_check(
    house: OrganisationView, languages: set[str], approved: frozenset[tuple[str, str, str]]
) -> ReadinessCheck:
    """The answer to a red flag is signed off in every language in which patients are written to."""
    library = library_of(house)
    reasons = []
    if "sms" in practice_channels(organisation_id=house.id):
        for language in sorted(languages & {*library.languages()}):
            texts = [library.find(key, "sms", language) for key in SAFETY_TEXTS]
            missing = [one for one in texts if one is None]
            unsigned = [
                one for one in texts if one and (one.key, one.language, one.content_hash) not in approved
            ]
            if missing or unsigned:
                reasons.append(
                    Reason("safety_unapproved", f"the answer to an emergency is not signed off ({language})")
                )
    return ReadinessCheck("safety", "The answer to an emergency is signed off", tuple(reasons), "templates")


def numbers_check(house: OrganisationView) -> ReadinessCheck:
    """Texts and scripts name the emergency number of the practice's own place (R-B4)."""
    reasons: tuple[Reason, ...] = ()
    if not numbers_at(house.jurisdiction):
        says = (
            f"nobody knows the emergency number of '{house.jurisdiction}': set the practice's country, or "
            "add emergency_numbers to its file of rules"
        )
        reasons = (Reason("no_emergency_number", says),)
    return ReadinessCheck("numbers", "The emergency number of its place is known", reasons, "places")


def safety_texts(house: OrganisationView, languages: set[str]) -> list[Template]:
    """The answers to a red flag in these languages, where there are any."""
    library = library_of(house)
    if "sms" not in practice_channels(organisation_id=house.id):
        return []
    found = [library.find(key, "sms", language) for language in sorted(languages) for key in SAFETY_TEXTS]
    return [one for one in found if one is not None]


def room_checks(
    house: OrganisationView, campaign: CampaignView, *, now: datetime, for_real: bool
) -> Iterator[ReadinessCheck]:
    """Free times exist of what is offered, and one can be booked. ``for_real``: hold and release one now."""
    of: dict[str, Any] = {"organisation_id": house.id, "now": now}
    offered = [one for one in read.offered_visits(**of, segment=campaign.segment) if one.is_self_bookable]
    policy = booking_policy(house.settings)
    start = now + policy.minimum_notice
    room = room_for(**of, kinds=offered, from_at=start, until_at=start + _LOOK_AHEAD)
    if offered and not room.slots:
        room = room_for(**of, kinds=offered, from_at=start, until_at=now + policy.horizon)
    yield _slots_check(offered, room)
    yield _booking_check(house, offered, room, now=now, for_real=for_real)


# Most practices have room this soon; the whole horizon is only looked through where there is none.
_LOOK_AHEAD = timedelta(days=14)


def _slots_check(offered: Sequence[OfferedVisit], room: Room) -> ReadinessCheck:
    says = "There are free times to offer"
    if not offered:
        note = "patients can book none of these visits themselves; they will ask for a call"
        return ReadinessCheck("slots", says, (Reason("nothing_bookable", note),), "hours", only_noted=True)
    if not room.slots:
        detail = f"no free time for {', '.join(room.full)}: set the hours of those who see patients"
        return ReadinessCheck("slots", says, (Reason("no_slots", detail),), "hours")
    if room.full:
        detail = f"no free time in the next days for {', '.join(room.full)}"
        return ReadinessCheck("slots", says, (Reason("few_slots", detail),), "hours", only_noted=True)
    return ReadinessCheck("slots", says)


def _booking_check(
    house: OrganisationView, offered: Sequence[OfferedVisit], room: Room, *, now: datetime, for_real: bool
) -> ReadinessCheck:
    says = "A booking was tried: a time offered, held and let go again"
    if not room.slots:
        note = "nothing to try it with: no time is on offer"
        return ReadinessCheck("booking", says, (Reason("booking_untried", note),), "hours", only_noted=True)
    slot = room.slots[0]
    minutes = next(one.minutes for one in offered if one.key == slot.visit_type)
    if not for_real:
        return ReadinessCheck("booking", "A booking is tried when it is launched: a time is on offer for it")
    problem = try_booking(organisation_id=house.id, slot=slot, minutes=minutes, now=now)
    reasons = (Reason("booking_failed", f"a booking was tried and failed: {problem}"),) if problem else ()
    return ReadinessCheck("booking", says, reasons, "hours")


def channels_check(
    house: OrganisationView, kinds: Sequence[str], said: Statements, *, now: datetime
) -> ReadinessCheck:
    """Agreement and sender of every vendor in use (R-A103); none for practice runs, calls and own letters."""
    today = now.astimezone(ZoneInfo(house.time_zone)).date()
    served = practice_channels(organisation_id=house.id)
    reasons: list[Reason] = []
    for kind in kinds:
        adapter = served.get(kind)
        if adapter is None or adapter.capabilities.is_manual or adapter.capabilities.is_in_house:
            continue
        if adapter.key.startswith("sandbox"):
            continue
        stated = said.get(("channel", kind))
        try:
            statement = read_channel(stated.detail if stated else {})
        except BadStatement as error:
            reasons.append(Reason("no_agreement", str(error)))
            continue
        reasons += channel_problems(kind, statement, today=today)
    return ReadinessCheck("vendors", "Agreements are signed, senders registered", tuple(reasons), "channels")
