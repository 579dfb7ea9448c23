"""A practice of invented patients whose messages are due: what benches and drills send."""

from datetime import datetime

from django.db import transaction

from rebook.accounts import write as accounts
from rebook.core.outreach.sequence import as_json
from rebook.packs.outreach import sequences, templates
from rebook.records.write.rehearsal import Rehearsal, add_rehearsal, gather_statistics

PACK = "primary_care"
SEQUENCE = "primary_care.routine"
BODY = "Rehearsal: you are due for a visit. Pick a time: https://example.org/p/x Reply STOP to end"
TEMPLATE = ("due_visit", "sms", "en")


def prepare_rehearsal(*, slug: str, attempts: int, now: datetime) -> int:
    """A new organisation with ``attempts`` patients, one text message due to each; its id.

    Raises ``django.db.IntegrityError`` when the short name is taken: it never adds to a practice.
    """
    template = templates()[TEMPLATE]
    with transaction.atomic(durable=True):
        organisation_id = accounts.add_organisation(
            slug=slug, name="Rehearsal", time_zone="America/New_York", pack_keys=[PACK]
        )
        location_id = accounts.add_location(
            organisation_id=organisation_id,
            external_id="main",
            name="Main",
            time_zone="America/New_York",
            state="NY",
        )
        add_rehearsal(
            plan=Rehearsal(
                organisation_id=organisation_id,
                location_id=location_id,
                sequence_key=SEQUENCE,
                sequence=as_json(sequences(PACK)[SEQUENCE]),
                template_key=template.key,
                template_hash=template.content_hash,
                body=BODY,
                time_zone="America/New_York",
                state="NY",
                area="+1212",
                visit_type="annual_visit",
            ),
            count=attempts,
            now=now,
        )
    gather_statistics()
    return organisation_id
