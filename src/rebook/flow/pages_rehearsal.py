"""A practice of any size with everything that its staff look at, for measuring what their pages cost."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import transaction

from rebook.accounts import write as accounts
from rebook.core.outreach.experiment import plan_as_json, plan_test
from rebook.core.outreach.sequence import as_json
from rebook.packs.outreach import sequences, templates
from rebook.records.read import pages_rehearsal as read
from rebook.records.write.pages_rehearsal import Practice, fill, settle

PACK, SEQUENCE = "primary_care", "primary_care.routine"
TEMPLATE = ("due_visit", "sms", "en")
DEFINITIONS = {
    "primary_care.annual_visit": "annual_visit",
    "primary_care.mammogram": "mammogram",
    "primary_care.diabetes_visit": "follow_up",
    "primary_care.hypertension_visit": "follow_up",
}
ZONE = "America/New_York"


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """The practice, who looks at its pages, and what the pages about one thing are about."""

    organisation_id: int
    user_id: int
    campaign_id: int
    patient_id: int
    rows: int


def rehearse_pages(
    *, slug: str, patients: int, now: datetime, tell: Callable[[str, int], None] = lambda what, rows: None
) -> Rehearsed:
    """A new organisation with ``patients``; ``tell`` hears of every table with its rows.

    Raises ``django.db.IntegrityError`` when the short name is taken: it never adds to a practice.
    """
    rows = 0
    with transaction.atomic(durable=True):
        practice = _practice(slug)
        today = now.astimezone(ZoneInfo(ZONE)).date()
        for what, added in fill(practice=practice, patients=patients, today=today, now=now):
            rows += added
            tell(what, added)
    about = read.first_of(organisation_id=practice.organisation_id)
    return Rehearsed(practice.organisation_id, practice.owner_id, about.campaign_id, about.patient_id, rows)


def settle_rehearsal() -> None:
    """Leave the tables as a ledger in use would have them; outside of any transaction."""
    settle()


def _practice(slug: str) -> Practice:
    template = templates()[TEMPLATE]
    organisation_id = accounts.add_organisation(
        slug=slug, name="Rehearsal", time_zone=ZONE, pack_keys=[PACK], phone="+12125550100"
    )
    test = plan_test(
        element="call_to_action", metric="booked", variants=["b"], baseline=0.1, effect=0.05, looks=3
    )
    return Practice(
        organisation_id=organisation_id,
        location_id=accounts.add_location(
            organisation_id=organisation_id, external_id="main", name="Main", time_zone=ZONE, state="NY"
        ),
        owner_id=accounts.add_user(
            organisation_id=organisation_id,
            email=f"manager@{slug}.example",
            password=None,
            name="Manager",
            role="manager",
        ),
        definitions=list(DEFINITIONS),
        visit_types=sorted(set(DEFINITIONS.values())),
        sequence_key=SEQUENCE,
        sequence=as_json(sequences(PACK)[SEQUENCE]),
        template_key=template.key,
        template_hash=template.content_hash,
        body="Rehearsal: you are due for a visit. Reply STOP to end",
        test=plan_as_json(test),
        arms={"texts": {"": {"en": template.content_hash}, "b": {"en": template.content_hash}}},
        time_zone=ZONE,
        state="NY",
        area="+1212",
    )
