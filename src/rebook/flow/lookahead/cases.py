"""Who is under way and who waits, as the columns that the engines take."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from rebook.core.lookahead.values import CHANNELS, LONG_AGO, Cases
from rebook.core.outreach.sequence import Sequence as ContactPlan
from rebook.records.read import enrolment
from rebook.records.read import lookahead as read
from rebook.records.read.campaigns import CampaignView
from rebook.records.read.lookahead import OpenCase, Reach

SMS, EMAIL, PHONE, LETTER, PORTAL = (1 << number for number in range(len(CHANNELS)))


def gather(
    *,
    organisation_id: int,
    campaigns: Sequence[CampaignView],
    plans: Sequence[ContactPlan],
    sites: Sequence[int],
    kinds: Sequence[str],
    general: str,
    served: Collection[str],
    barring: Sequence[str],
    start_on: date,
    zone: str,
    now: datetime,
) -> Cases:
    """Open cases first, then whoever could come in, best rank first, each patient once.

    A patient who fits several campaigns waits for the first of them, as at the pass of the day.
    """
    place = {one.id: number for number, one in enumerate(campaigns)}
    site_of = {one: number for number, one in enumerate(sites)}
    kind_of = {one: number for number, one in enumerate(kinds)}
    under_way = read.open_cases(organisation_id=organisation_id, campaign_ids=list(place))
    waiting = _waiting(
        organisation_id, campaigns, plans, barring=barring, known={one.patient_id for one in under_way},
        start_on=start_on, now=now,
    )  # fmt: skip
    people = [*(one.patient_id for one in under_way), *(row.patient_id for _, row in waiting)]
    reach = read.reach(organisation_id=organisation_id, patient_ids=people)
    ways = [_ways(reach.get(one), served) for one in people]
    wishes = [_wish(reach.get(one)) for one in people]
    fallback = kind_of.get(general, kind_of.get("", 0))
    days = [_days(one, start_on=start_on, zone=ZoneInfo(zone)) for one in under_way]
    many = len(waiting)
    return Cases(
        campaign=[*(place[one.campaign_id] for one in under_way), *(number for number, _ in waiting)],
        site=[
            site_of.get(one, site_of[0])
            for one in (
                *(one.location_id for one in under_way),
                *(row.location_id or row.home_location_id or 0 for _, row in waiting),
            )
        ],
        kind=[
            kind_of.get(one, fallback) if one else fallback
            for one in (*(one.visit_type for one in under_way), *(row.visit_type for _, row in waiting))
        ],
        risk_class=[*(one.risk_class for one in under_way), *(row.risk_class for _, row in waiting)],
        step=[*(one.step for one in under_way), *([0] * many)],
        due=[*(due for due, _ in days), *([0] * many)],
        reach=ways,
        preferred=wishes,
        is_waiting=[*([False] * len(under_way)), *([True] * many)],
        sent_1=[*(sent[0] for _, sent in days), *([LONG_AGO] * many)],
        sent_2=[*(sent[1] for _, sent in days), *([LONG_AGO] * many)],
        sent_3=[*(sent[2] for _, sent in days), *([LONG_AGO] * many)],
        tries=[*(one.tries for one in under_way), *([0] * many)],
        calls=[*(one.calls for one in under_way), *([0] * many)],
    )


def _waiting(
    organisation_id: int,
    campaigns: Sequence[CampaignView],
    plans: Sequence[ContactPlan],
    *,
    barring: Sequence[str],
    known: set[int],
    start_on: date,
    now: datetime,
) -> list[tuple[int, enrolment.EnrolmentRow]]:
    found: list[tuple[int, enrolment.EnrolmentRow]] = []
    taken = set(known)
    for number, (campaign, plan) in enumerate(zip(campaigns, plans, strict=True)):
        rest = plan.rest_days if campaign.rest_days is None else campaign.rest_days
        rows = enrolment.candidates(
            organisation_id=organisation_id,
            campaign_id=campaign.id,
            segment=campaign.segment,
            purpose=campaign.purpose,
            rest=timedelta(days=rest),
            barring=barring,
            today=start_on,
            now=now,
            programme=campaign.programme,
        )
        mine = [row for row in rows if not row.reason and row.patient_id not in taken]
        taken.update(row.patient_id for row in mine)
        found += [(number, row) for row in mine]
    return found


def _days(case: OpenCase, *, start_on: date, zone: ZoneInfo) -> tuple[int, list[int]]:
    """(day the next contact is due, the days of the last three)."""

    def day(at: datetime) -> int:
        return (at.astimezone(zone).date() - start_on).days

    past = [day(at) for at in case.sent_at]
    return max(day(case.due_at), 0), [*past, LONG_AGO, LONG_AGO, LONG_AGO][:3]


def _ways(reach: Reach | None, served: Collection[str]) -> int:
    if reach is None:
        return 0
    bits: Mapping[str, int] = {
        "sms": SMS if reach.sms else 0,
        "email": EMAIL if reach.email else 0,
        "phone": PHONE if reach.phone else 0,
        "letter": LETTER if reach.letter else 0,
    }
    return sum(bit for name, bit in bits.items() if name in served)


def _wish(reach: Reach | None) -> int:
    return CHANNELS.index(reach.preferred) if reach and reach.preferred in CHANNELS else -1
