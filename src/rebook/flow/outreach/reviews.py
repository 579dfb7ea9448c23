"""Rules past their date stand against a new campaign until a clinician has looked at them again (R-C8)."""

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from rebook.accounts import read as accounts
from rebook.core.gaps import GapDefinition
from rebook.core.gaps.review import is_overdue
from rebook.core.reasons import Reason
from rebook.core.segment import Segment
from rebook.packs.gaps import gap_definitions
from rebook.records.read.campaigns import CampaignView
from rebook.records.read.setuppages import gap_signatures


def past_their_date(*, organisation_id: int, campaign: CampaignView, now: datetime) -> Iterator[Reason]:
    """One reason for each rule from class 3 on that the campaign would act on and nobody reviewed in time."""
    house = accounts.organisation(organisation_id=organisation_id)
    zone = ZoneInfo(house.time_zone)
    today = now.astimezone(zone).date()
    signed = gap_signatures(organisation_id=organisation_id)
    segment = Segment.from_json(campaign.segment)
    for one in gap_definitions(tuple(house.pack_keys)):
        if not one.blocks_unsigned or not one.is_expired(today) or not _covers(segment, one):
            continue
        days = [
            line.at.astimezone(zone).date()
            for line in signed.get(one.key, ())
            if line.content_hash == one.content_hash
        ]
        if is_overdue(one, as_of=today, signed_on=max(days, default=None)):
            yield Reason(
                "rule_expired",
                f"the rule '{one.words()}' is past its date, {one.valid_until}: a clinician reviews it first",
            )


def _covers(segment: Segment, one: GapDefinition) -> bool:
    """Whether the segment lets the gaps of a rule in, as far as filters on rules say."""
    for field, value in (("gap_kind", one.kind), ("definition", one.key), ("gap_visit_type", one.visit_type)):
        wanted = segment.of(field)
        if wanted is not None and (value in wanted.values) == wanted.is_not:
            return False
    return segment.who == "due" and one.outreach == "yes"
