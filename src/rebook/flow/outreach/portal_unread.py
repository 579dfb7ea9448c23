"""Cases whose portal message nobody read for a week: they take the next channel (R-D61)."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction

from rebook.core.channel import Channel
from rebook.core.outreach.sequence import Step, template_for
from rebook.records.read.portal import UNREAD, Unread
from rebook.records.write import planning, results
from rebook.records.write import portal as write
from rebook.records.write.planning import DueCase, ReachableBy
from rebook.records.write.results import Event

from .choosing import Way, choose_way, contacts_of, local_day
from .library import library_of
from .postal import with_postal
from .sequences_running import frozen_plans, not_stopped
from .subject import House

PORTAL = "portal"
# The portal was not asked, or did not know the message.
NO_ANSWER = "portal_not_asked"


def go_on(
    *,
    organisation_id: int,
    overdue: Sequence[Unread],
    known: frozenset[str],
    channels: Mapping[str, Channel],
    now: datetime,
) -> int:
    """Note that nobody read these, and let their cases take the next channel; how many cases did.

    A step with another way left is tried by that; else the next step comes now. A case that went on already
    stays as it is; one that rests is looked at when it goes on again. ``known``: the portal still has these.
    """
    if not overdue:
        return 0
    with transaction.atomic(durable=True):
        running = write.lock_running(
            organisation_id=organisation_id, case_ids=[one.case_id for one in overdue if one.case_id], now=now
        )
        # What rests just now is looked at when it goes on again.
        noted = [one for one in overdue if one.case_id in running or one.case_id is None]
        here = [one for one in noted if one.case_id and one.origin == "campaign"]
        stuck = [one for one in here if running[one.case_id or 0].step_index == one.step_index + 1]
        again = _other_ways(organisation_id, stuck, running, channels, now=now)
        write.try_again(organisation_id=organisation_id, step_of=again, now=now)
        forward = [one.case_id for one in stuck if one.case_id and one.case_id not in again]
        moved = write.bring_forward(organisation_id=organisation_id, case_ids=forward, now=now)
        results.add_events(
            organisation_id=organisation_id,
            events=[
                Event(one.attempt_id, UNREAD, "" if one.message_id in known else NO_ANSWER) for one in noted
            ],
            source="worker",
            at=now,
        )
    return len(again) + moved


def _other_ways(
    organisation_id: int,
    stuck: Sequence[Unread],
    running: Mapping[int, DueCase],
    channels: Mapping[str, Channel],
    *,
    now: datetime,
) -> dict[int, int]:
    """The step of each case that has another way left for this very step, by case."""
    if not stuck:
        return {}
    house = House(organisation_id=organisation_id)
    cases = [_back(running[one.case_id or 0], one.step_index) for one in stuck]
    going = not_stopped(channels, organisation_id=organisation_id)
    plans = frozen_plans(organisation_id=organisation_id)
    tried = planning.channels_tried(organisation_id=organisation_id, cases=cases)
    people = {one.patient_id for one in cases} | {one.responsible_patient_id or 0 for one in cases}
    reachable = with_postal(
        planning.reachable_by(organisation_id=organisation_id, patient_ids=sorted(people)),
        organisation_id=organisation_id,
        country=house.country,
        patient_ids=people,
        channels=going,
    )
    found = {}
    for case in cases:
        plan = plans.get((case.campaign_id, case.sequence_version))
        if plan is None or not 0 <= case.position < len(plan.steps):
            continue
        step, done = plan.steps[case.position], {*tried.get(case.id, ()), PORTAL}
        if way_left(house, case, step, reachable, going, done, now=now):
            found[case.id] = case.step_index
    return found


def _back(case: DueCase, step_index: int) -> DueCase:
    """The case as it stood at an earlier step."""
    return case._replace(step_index=step_index, position=case.position - (case.step_index - step_index))


def way_left(
    house: House,
    case: DueCase,
    step: Step,
    reachable: Mapping[int, Sequence[ReachableBy]],
    channels: Mapping[str, Channel],
    tried: set[str],
    *,
    now: datetime,
) -> Way | None:
    """The way that this step would take for a case next; None when there is none left."""
    majority = house.policy(frozenset(), now=now).age_of_majority
    zone = case.time_zone or house.zone_of(case.home_location_id or case.location_id)
    return choose_way(
        case,
        step,
        template_key=template_for(step, gap_kind=case.gap_kind),
        contacts=contacts_of(case, reachable, majority=majority, today=local_day(now, zone)),
        channels=channels,
        tried=tried,
        default_language=house.organisation.default_language,
        library=library_of(house.organisation),
    )
