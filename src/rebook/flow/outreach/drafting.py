"""One case at one step: whether it is taken, by which way, in which words, and where the case goes from here.

Nothing here writes: ``plan`` does it for the ledger, ``replay`` for a patient who is only imagined.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from rebook.core.channel import Channel
from rebook.core.outreach.day_part import wished_from
from rebook.core.outreach.guard_rule import within_months
from rebook.core.outreach.sequence import Sequence as ContactPlan
from rebook.core.outreach.sequence import template_for
from rebook.core.outreach.sequence_days import Stood, step_after
from rebook.core.outreach.sequence_when import unmet
from rebook.core.outreach.wishes import waits_for_wish, wish_for, wishes_kept
from rebook.core.reasons import Reason
from rebook.records.read.guard_subjects import Contemplated
from rebook.records.write.outreach import CaseStep
from rebook.records.write.planning import DueCase, Passed, ReachableBy

from .choosing import Way, choose_way, contacts_of, local_day
from .experiment_arms import Arms
from .library import library_of
from .postal import IN_ENVELOPE
from .sequences_running import NO_WAY, days_off, so_far_of
from .subject import House, PlannedContact
from .wording import Words, write_message

# A contact that could not go out for so long is no longer worth making.
WORTH_MAKING = timedelta(days=7)


@dataclass(slots=True)
class Draft:
    """One case being planned: the step, the ways tried, and how far it got."""

    case: DueCase
    plan: ContactPlan
    zone: str
    tried: set[str]
    # The attempt that stands; None until one does.
    stands_at: datetime | None = None
    # Why the step is passed over: its condition does not hold; or what the guard said of the last way.
    passed: tuple[Reason, ...] = ()
    refused: tuple[Reason, ...] = ()
    way: Way | None = None
    words: Words | None = None
    # What of the case went out before; None: nothing that its days could be counted from.
    stood: Stood | None = None
    # Fields that few texts ask for, by name.
    details: Mapping[str, str] = field(default_factory=dict)
    # The part of the day to keep to; until when it waits for it, and what is as the patient asked.
    wish: str = ""
    waits_until: datetime | None = None
    wishes: tuple[Reason, ...] = ()


def draft_of(house: House, case: DueCase, plan: ContactPlan, tried: set[str], *, now: datetime) -> Draft:
    """A case with its step; one whose condition does not hold now is passed over (R-C146).

    A step of which something was tried already has begun: its condition is not asked again. One that is
    taken waits for the part of the day that the patient asked for.
    """
    zone = case.time_zone or house.zone_of(case.home_location_id or case.location_id)
    draft = Draft(case=case, plan=plan, zone=zone, tried=tried)
    if case.position < len(plan.steps) and not tried:
        reason = unmet(plan.steps[case.position].when, so_far_of(case))
        draft.passed = (reason,) if reason else ()
    if case.position < len(plan.steps) and not draft.passed:
        draft.wish = _wish_at(draft, case.position)
        if waits := waits_for_wish(now, wish=draft.wish, zone=zone):
            draft.waits_until, draft.wishes = wished_from(now, wish=draft.wish, zone=zone), (waits,)
    return draft


def _wish_at(draft: Draft, position: int) -> str:
    """The part of the day to keep to at a step; "" behind the plan's end."""
    if position >= len(draft.plan.steps):
        return ""
    case = draft.case
    return wish_for(draft.plan.steps[position], wish=case.preferred_day_part, risk_class=case.risk_class)


def passed_of(draft: Draft) -> Passed | None:
    """What to keep of a step that was not taken; None where it stands or waits, or the plan is at its end."""
    if (
        draft.stands_at is not None
        or draft.waits_until is not None
        or draft.case.position >= len(draft.plan.steps)
    ):
        return None
    return Passed(draft.case.id, draft.case.step_index, draft.passed or draft.refused or (NO_WAY,))


def take_a_way(
    house: House,
    draft: Draft,
    reachable: Mapping[int, Sequence[ReachableBy]],
    channels: Mapping[str, Channel],
    arms: Arms,
    now: datetime,
) -> bool:
    """Choose the next way for a draft and write its words; False when none is left."""
    case = draft.case
    if case.position >= len(draft.plan.steps):
        return False
    step = draft.plan.steps[case.position]
    template_key = template_for(step, gap_kind=case.gap_kind)
    majority = house.policy(frozenset(), now=now).age_of_majority
    way = choose_way(
        case,
        step,
        template_key=template_key,
        contacts=contacts_of(case, reachable, majority=majority, today=local_day(now, draft.zone)),
        channels=channels,
        tried=draft.tried,
        default_language=house.organisation.default_language,
        library=library_of(house.organisation),
    )
    if way is None:
        return False
    draft.way = way
    draft.tried.add(way.channel)
    draft.wishes = wishes_kept(
        step,
        channel=way.channel,
        preferred=case.preferred_channel,
        wish=draft.wish,
        language=way.language,
        default_language=house.organisation.default_language,
    )
    channel = channels.get(way.channel)
    draft.words = write_message(
        organisation=house.organisation,
        template_key=template_key,
        channel=way.channel,
        channel_is_open=channel.capabilities.is_open if channel else True,
        language=way.language,
        first_name="" if is_unseen(house, way, now=now) else case.given_name,
        visit_on=case.gap_anchor_on if case.gap_kind in BROKEN_OFF else None,
        variant=arms.variant(case, template_key=template_key, channel=way.channel, language=way.language),
        site=house.locations.get(case.home_location_id or case.location_id or 0),
        details=draft.details,
        in_envelope=bool(way.contact and way.contact.line_type == IN_ENVELOPE),
    )
    return True


def is_unseen(house: House, way: Way, *, now: datetime) -> bool:
    """Whether a text goes to a number long without a sign of the patient: it names nobody then (R-A63)."""
    if way.channel != "sms" or way.contact is None or way.contact.is_vouched:
        return False
    months = house.policy(frozenset(), now=now).unseen_number_months
    return not within_months(way.contact.seen_at, months, now)


# Kinds of gap whose anchor is the day of the visit that did not take place.
BROKEN_OFF = frozenset({"cancelled_not_rebooked", "no_show_not_rebooked"})


def contact_of_draft(draft: Draft, channels: Mapping[str, Channel], *, now: datetime) -> PlannedContact:
    assert draft.way
    assert draft.words
    case, way, words = draft.case, draft.way, draft.words
    channel = channels.get(way.channel)
    return PlannedContact(
        contemplated=Contemplated(
            patient_id=case.patient_id,
            case_id=case.id,
            # An address stands on the patient: no row of its own.
            contact_point_id=(way.contact.id or None) if way.contact else None,
            to_value=way.contact.value if way.contact else "",
        ),
        origin="campaign",
        purpose=case.purpose,  # type: ignore[arg-type]
        channel=way.channel,
        channel_key=channel.key if channel else "",
        channel_is_open=channel.capabilities.is_open if channel else True,
        channel_is_manual=bool(channel and channel.capabilities.is_manual),
        due_at=now,
        expires_at=now + WORTH_MAKING,
        template_key=words.template.key if words.template else "",
        template_hash=words.template.content_hash if words.template else "",
        template_is_generic=bool(words.template and words.template.is_generic),
        language=words.language,
        message_problems=words.message.problems,
        text=f"{words.message.subject}\n{words.message.body}",
        template=words.template,
        is_postcard=bool(words.template and words.template.form == "postcard"),
    )


def put_off(draft: Draft, due_at: datetime, *, expires_at: datetime) -> datetime:
    """When a contact that the guard defers to ``due_at`` goes out: in the part of the day asked for."""
    wished = wished_from(due_at, wish=draft.wish, zone=draft.zone)
    return wished if wished < expires_at else due_at


def moved_on(house: House, draft: Draft, *, now: datetime) -> CaseStep:
    """Where the case goes from here: the next step, on its day in the plan (``sequence_days``)."""
    case = draft.case
    if draft.waits_until is not None:
        return CaseStep(case.id, case.step_index, draft.waits_until)
    stood = draft.stood
    if draft.stands_at is not None:
        place, at = case.position, draft.stands_at
        stood = stood.then(place, at) if stood else Stood(place, at, place, at)
    due = step_after(
        draft.plan,
        stood,
        place=case.position,
        now=draft.stands_at or now,
        zone=draft.zone,
        holidays=days_off(house, case.home_location_id or case.location_id, now=now),
        wish=_wish_at(draft, case.position + 1),
    )
    return CaseStep(case.id, case.step_index + 1, due)
