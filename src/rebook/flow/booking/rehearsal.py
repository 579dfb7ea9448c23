"""A practice of invented patients with links to few free times: what the bench sends to the pages."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import transaction

from rebook.accounts import write as accounts
from rebook.flow.booking.links import LINK_LIVES
from rebook.flow.common.capacity import keep_today, look_today
from rebook.records.write.diary_rehearsal import add_cases, add_diary
from rebook.records.write.links import add_link
from rebook.records.write.rehearsal import gather_statistics

ZONE = "America/Chicago"


@dataclass(frozen=True, slots=True)
class InvitedPatient:
    token: str
    birth_on: date
    postal_code: str = "60601"


@dataclass(frozen=True, slots=True)
class Rehearsal:
    organisation_id: int
    patients: tuple[InvitedPatient, ...]


def prepare_rehearsal(*, slug: str, patients: int, slots: int, now: datetime) -> Rehearsal:
    """A new organisation where each of ``patients`` has a link and all share ``slots`` free times.

    Raises ``django.db.IntegrityError`` when the short name is taken: it never adds to a practice.
    """
    today = now.astimezone(ZoneInfo(ZONE)).date()
    with transaction.atomic(durable=True):
        organisation_id = accounts.add_organisation(
            slug=slug, name="Rehearsal", time_zone=ZONE, pack_keys=["primary_care"]
        )
        location_id = accounts.add_location(
            organisation_id=organisation_id, external_id="main", name="Main", time_zone=ZONE, state="IL"
        )
        add_diary(organisation_id=organisation_id, location_id=location_id, slots=slots, today=today, now=now)
        invited = tuple(
            InvitedPatient(
                token=add_link(
                    organisation_id=organisation_id,
                    patient_id=one.patient_id,
                    case_id=one.case_id,
                    attempt_id=None,
                    now=now,
                    expires_at=now + LINK_LIVES,
                ),
                birth_on=one.birth_on,
            )
            for one in add_cases(organisation_id=organisation_id, patients=patients, today=today, now=now)
        )
    # As the pass of the day leaves it: from now on times are shared out among those invited.
    counted = look_today(organisation_id=organisation_id, now=now)
    with transaction.atomic(durable=True):
        keep_today(organisation_id=organisation_id, today=counted, now=now)
    gather_statistics()
    return Rehearsal(organisation_id, invited)
