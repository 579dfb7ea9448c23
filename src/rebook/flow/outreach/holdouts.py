"""What a campaign's holdout can show, before anybody is contacted (R-F52 to R-F56)."""

from datetime import date, datetime

from rebook.core.measure import MINIMUM_EVENTS, MINIMUM_HOLDOUT
from rebook.core.outreach.power import PowerStatement, power_statement
from rebook.core.segment import Segment
from rebook.packs.exclusions import barring_words
from rebook.records.read import experiments as read
from rebook.records.read.power import drawable

# Until a practice has followed enough uncontacted patients of its own (R-F54 counts with it).
PRIOR_ORGANIC = 0.03


def holdout_power(
    *,
    organisation_id: int,
    segment: Segment,
    percent: int,
    purpose: str = "treatment_recall",
    today: date,
    now: datetime,
) -> PowerStatement:
    """What this list can show today with a holdout of ``percent`` and with other shares. Three queries."""
    found = drawable(
        organisation_id=organisation_id,
        segment=segment,
        purpose=purpose,
        barring=sorted(barring_words()),
        today=today,
        now=now,
    )
    back, followed = read.organic_rate(organisation_id=organisation_id)
    if followed >= MINIMUM_HOLDOUT and back >= MINIMUM_EVENTS:
        organic, source = back / followed, f"{back} of {followed} patients of yours who were left uncontacted"
    else:
        organic, source = PRIOR_ORGANIC, "an assumption until enough of your own have been followed"
    return power_statement(
        patients=found.units,
        never_drawn=found.never,
        percent=percent,
        organic=organic,
        organic_source=source,
    )
