"""Who is under way and who waits, as the columns that the engines take."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from rebook.core.lookahead.values import CHANNELS, LONG_AGO, Cases
from rebook.core.outreach.sequence import Sequence as ContactPlan
from rebook.records.read import lookahead as read
from rebook.records.read.campaigns import CampaignView
from rebook.records.read.lookahead import OpenCase, Reach

from .falling_due import Inflow
from .newcomers import Asking, Waiting, waiting

# Caps look back a week (R-A25, R-A190).
COUNTED = timedelta(days=8)
NEVER_CONTACTED = [LONG_AGO] * 3
SMS, EMAIL, PHONE, LETTER, PORTAL = (1 << number for number in range(len(CHANNELS)))


@dataclass(frozen=True, slots=True)
class Gathered:
    """``cases`` as the engines take them, and what ``Scenario.households`` holds beside them."""

    cases: Cases
    households: list[list[int]]


def gather(
    asking: Asking,
    *,
    campaigns: Sequence[CampaignView],
    plans: Sequence[ContactPlan],
    coming: Inflow,
    sites: Sequence[int],
    kinds: Sequence[str],
    general: str,
    served: Collection[str],
    zone: str,
) -> Gathered:
    """Open cases first, then whoever could come in now or later, best rank first, each patient once."""
    organisation_id = asking.organisation_id
    place = {one.id: number for number, one in enumerate(campaigns)}
    site_of = {one: number for number, one in enumerate(sites)}
    kind_of = {one: number for number, one in enumerate(kinds)}
    under_way = read.open_cases(organisation_id=organisation_id, campaign_ids=list(place))
    waits = waiting(asking, campaigns, plans, known={one.patient_id for one in under_way}, coming=coming)
    every: list[OpenCase | Waiting] = [*under_way, *waits]
    people = [one.patient_id for one in every]
    reach = read.reach(organisation_id=organisation_id, patient_ids=sorted(set(people)))
    past = Past(asking, zone)
    fallback = kind_of.get(general, kind_of.get("", 0))
    dues = [past.day(one.due_at) for one in under_way]
    sent = [
        *(past.of(one.patient_id, *one.sent_at) for one in under_way),
        # Who is not there yet was contacted long ago by then.
        *(past.of(one.patient_id) if not one.from_day else NEVER_CONTACTED for one in waits),
    ]
    keys = [reach[one].household_key if one in reach else "" for one in people]
    houses = {key: number for number, key in enumerate(sorted({key for key in keys if key}))}
    many = len(waits)
    cases = Cases(
        campaign=[*(place[one.campaign_id] for one in under_way), *(one.place for one in waits)],
        site=[site_of.get(one.location_id, site_of[0]) for one in every],
        kind=[kind_of.get(one.visit_type, fallback) if one.visit_type else fallback
              for one in every],
        risk_class=[one.risk_class for one in every],
        step=[*(one.step for one in under_way), *([0] * many)],
        due=[*(max(one, 0) for one in dues), *([0] * many)],
        reach=[_ways(reach.get(one), served) for one in people],
        preferred=[_wish(reach.get(one)) for one in people],
        is_waiting=[*([False] * len(under_way)), *([True] * many)],
        sent_1=[one[0] for one in sent],
        sent_2=[one[1] for one in sent],
        sent_3=[one[2] for one in sent],
        tries=[*(one.tries for one in under_way), *([0] * many)],
        calls=[*(one.calls for one in under_way), *([0] * many)],
        from_day=[*([0] * len(under_way)), *(one.from_day for one in waits)],
        household=[houses.get(key, -1) for key in keys],
    )  # fmt: skip
    return Gathered(cases, [past.of_household(key) for key in houses])


class Past:
    """The days of contacts that the caps still count, by person and household; ours and other tools'."""

    def __init__(self, asking: Asking, zone: str) -> None:
        self._start_on, self._zone = asking.start_on, ZoneInfo(zone)
        self._people: dict[int, set[datetime]] = defaultdict(set)
        self._houses: dict[str, set[datetime]] = defaultdict(set)
        for one in read.past_contacts(
            organisation_id=asking.organisation_id, since=asking.now - COUNTED, now=asking.now
        ):
            self._people[one.patient_id].add(one.at)
            if one.household_key:
                self._houses[one.household_key].add(one.at)

    def day(self, at: datetime) -> int:
        """Days from the first day looked at."""
        return (at.astimezone(self._zone).date() - self._start_on).days

    def of(self, patient_id: int, *more: datetime) -> list[int]:
        """The days of a person's last three contacts, newest first."""
        return self._three({*self._people.get(patient_id, ()), *more})

    def of_household(self, key: str) -> list[int]:
        return self._three(self._houses.get(key, set()))

    def _three(self, instants: set[datetime]) -> list[int]:
        newest = sorted(instants, reverse=True)[:3]
        return [*map(self.day, newest), *NEVER_CONTACTED][:3]


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
