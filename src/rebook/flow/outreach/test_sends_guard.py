"""Asks the guard about a test: the same function, on the same policy, as for every message (promise 2)."""

from datetime import datetime
from zoneinfo import ZoneInfo

from rebook.accounts import read as accounts
from rebook.accounts.read import OrganisationView
from rebook.core.channel import Channel
from rebook.core.outreach.guard import decide
from rebook.core.outreach.own_contact import MAY_TEST, TESTABLE, OwnContact
from rebook.core.outreach.sent_test import KindOfTest, Recipient, subject_of_test
from rebook.core.outreach.sent_test_state import limit_problem
from rebook.core.outreach.values import Decision, StopView
from rebook.core.reasons import Reason
from rebook.packs.outreach import plausible_places
from rebook.records.read.campaigns import stops_in_force
from rebook.records.read.sent_tests import counts
from rebook.records.read.staff_contacts import known_value

from .subject import House


def judge_test(
    *,
    house: House,
    kind: KindOfTest,
    user_id: int,
    contact: OwnContact | None,
    channel: str,
    adapter: Channel | None,
    template_key: str,
    campaign_id: int | None,
    problems: tuple[str, ...],
    now: datetime,
) -> Decision:
    """The guard's decision, refused further where the asker may send none: left, no channel, too many."""
    org = house.organisation.id
    if adapter is None or adapter.capabilities.kind not in TESTABLE:
        return _refused(Reason("no_channel", f"this practice sends nothing by {channel}"))
    asker = next((one for one in accounts.members(organisation_id=org) if one.user_id == user_id), None)
    if asker is None:
        return _refused(Reason("not_a_member", "whoever asks does not work for this practice"))
    if asker.role not in MAY_TEST:
        return _refused(Reason("not_their_role", "whoever asks may not send tests"))
    recipient = _recipient(house.organisation, contact, now=now)
    decision = decide(
        subject_of_test(
            kind=kind,
            asker_id=user_id,
            recipient=recipient,
            channel=adapter.capabilities.kind,
            channel_key=adapter.key,
            capabilities=adapter.capabilities,
            template_key=template_key,
            campaign_id=campaign_id,
            problems=problems,
            stops=tuple(StopView(one.scope, one.key) for one in stops_in_force(organisation_id=org)),  # type: ignore[arg-type]
            now=now,
        ),
        house.policy(frozenset(recipient.jurisdictions), now=now),
        now=now,
    )
    value = contact.value if contact else ""
    seen = counts(organisation_id=org, user_id=user_id, value=value, now=now)
    too_many = limit_problem(is_code=kind == "code", **seen._asdict())
    if too_many is None:
        return decision
    others = () if decision.verdict == "allow" else decision.reasons
    return Decision("refuse", (too_many, *others), refused_by=(too_many.rule,))


def _refused(reason: Reason) -> Decision:
    return Decision("refuse", (reason,), refused_by=(reason.rule,))


def _recipient(organisation: OrganisationView, contact: OwnContact | None, *, now: datetime) -> Recipient:
    if contact is None:
        return Recipient(None)
    today = now.astimezone(ZoneInfo(organisation.time_zone)).date()
    known = known_value(organisation_id=organisation.id, value=contact.value, today=today)
    country, _, _ = organisation.jurisdiction.partition("-")
    places, zones = plausible_places(
        country=country.upper() or "US",
        phone=contact.value if contact.channel == "sms" else "",
        clinic_zone=organisation.time_zone,
    )
    return Recipient(
        contact=contact,
        consents=known.on_it,
        owners=known.owners,
        is_blocked=known.is_blocked,
        is_do_not_contact=known.is_do_not_contact,
        jurisdictions=places,
        time_zones=zones,
    )


def is_stopped(*, organisation_id: int, channel: str, adapter: str, campaign_id: int | None) -> bool:
    """Whether a stop came between the guard's word and the hand-over: read anew, just before (R-A131)."""
    holding = {
        ("organisation", ""),
        ("channel", channel),
        ("channel", adapter),
        ("campaign", str(campaign_id)),
    }
    return any((one.scope, one.key) in holding for one in stops_in_force(organisation_id=organisation_id))
