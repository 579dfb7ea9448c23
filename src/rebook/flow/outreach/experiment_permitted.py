"""Who may be in a test of a step, asked before the draw: of the guard too, where channels are compared."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from rebook.core.channel import Channel
from rebook.core.outreach.experiment_steps import StepArms, left_out_for
from rebook.core.outreach.sequence import Sequence as ContactPlan
from rebook.core.outreach.sequence import template_for
from rebook.core.outreach.values import Decision
from rebook.records.read.experiments import WordingTestView
from rebook.records.read.guard_subjects import Contemplated
from rebook.records.write.planning import DueCase, ReachableBy

from .choosing import contacts_of, fit_for, local_day
from .library import TemplateLibrary, library_of
from .subject import House, PlannedContact, judge
from .wording import has_wording, primary

Asked = tuple[DueCase, ContactPlan, WordingTestView]
# The guard's answers on some contacts: from the ledger, or for a patient who is only imagined.
Judging = Callable[..., Sequence[Decision]]
# The guard is asked about a contact of today.
TODAY = timedelta(days=1)


def left_out_of_step(
    house: House,
    asked: Sequence[Asked],
    reachable: Mapping[int, Sequence[ReachableBy]],
    channels: Mapping[str, Channel],
    *,
    now: datetime,
    judging: Judging = judge,
) -> dict[int, str]:
    """Case -> why it is not drawn; who is drawn is not in it. Writes nothing."""
    library = library_of(house.organisation)
    found: dict[int, str] = {}
    wanted: list[tuple[int, PlannedContact]] = []
    for case, plan, test in asked:
        assert test.arms
        reach = _reach(house, case, reachable, channels, now=now)
        key = template_for(plan.steps[case.position], gap_kind=case.gap_kind)
        language = primary(case.language) or house.organisation.default_language
        why = left_out_for(
            test.arms,
            test.plan,
            risk_class=case.risk_class,
            preferred=case.preferred_channel,
            wish=case.preferred_day_part,
            reach=reach,
            worded={
                one
                for one in reach
                if has_wording(template_key=key, channel=one, language=language, library=library)
            },
        )
        if why:
            found[case.id] = why
        elif test.plan.element == "channel":
            wanted += _contacts(case, test.arms, reach, channels, library, key, language, now=now)
    decisions = judging(house, [contact for _, contact in wanted], now=now)
    for (case_id, _), decision in zip(wanted, decisions, strict=True):
        if decision.verdict == "refuse":
            found[case_id] = "not_permitted"
    return found


def _reach(
    house: House,
    case: DueCase,
    reachable: Mapping[int, Sequence[ReachableBy]],
    channels: Mapping[str, Channel],
    *,
    now: datetime,
) -> dict[str, ReachableBy]:
    zone = case.time_zone or house.zone_of(case.home_location_id or case.location_id)
    majority = house.policy(frozenset(), now=now).age_of_majority
    contacts = contacts_of(case, reachable, majority=majority, today=local_day(now, zone))
    return {kind: one for kind in channels if (one := fit_for(kind, contacts)) is not None}


def _contacts(
    case: DueCase,
    arms: StepArms,
    reach: Mapping[str, ReachableBy],
    channels: Mapping[str, Channel],
    library: TemplateLibrary,
    key: str,
    language: str,
    *,
    now: datetime,
) -> list[tuple[int, PlannedContact]]:
    """The case's contact by each of the channels compared, for the guard."""
    found = []
    for kind in arms.first_channels:
        template, channel, contact = library.find(key, kind, language), channels[kind], reach[kind]
        assert template
        planned = PlannedContact(
            contemplated=Contemplated(
                patient_id=case.patient_id,
                case_id=case.id,
                contact_point_id=contact.id or None,
                to_value=contact.value,
            ),
            origin="campaign",
            purpose=case.purpose,  # type: ignore[arg-type]
            channel=channel.capabilities.kind,
            channel_key=channel.key,
            channel_is_open=channel.capabilities.is_open,
            channel_is_manual=channel.capabilities.is_manual,
            due_at=now,
            expires_at=now + TODAY,
            template_key=template.key,
            template_hash=template.content_hash,
            template_is_generic=template.is_generic,
            language=language,
            template=template,
        )
        found.append((case.id, planned))
    return found
