"""What is allowed for one patient now, by channel: the guard asked without anything being sent."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from rebook.core.outreach.values import Decision
from rebook.flow.common.channels import practice_channels
from rebook.records.read.correspondent import correspondent
from rebook.records.read.guard_subjects import Contemplated

from .manual import contact_of
from .subject import House, PlannedContact, judge


def allowed_now(
    *, organisation_id: int, patient_id: int, channels: Sequence[str], now: datetime
) -> dict[str, Decision]:
    """The decision on a recall by each kind of channel, as staff would make it by hand. Writes nothing."""
    adapters = practice_channels(organisation_id=organisation_id)
    house = House(organisation_id=organisation_id)
    person = correspondent(organisation_id=organisation_id, patient_id=patient_id)
    contacts = []
    for kind in channels:
        contact = contact_of(house, person, kind, now=now)
        adapter = adapters.get(kind)
        contacts.append(
            PlannedContact(
                contemplated=Contemplated(
                    patient_id=patient_id,
                    case_id=None,
                    contact_point_id=contact.id if contact else None,
                    to_value=contact.value if contact else "",
                ),
                origin="manual",
                purpose="treatment_recall",
                channel=kind,  # type: ignore[arg-type]
                channel_key=adapter.key if adapter else "",
                channel_is_open=adapter.capabilities.is_open if adapter else True,
                channel_is_manual=bool(adapter and adapter.capabilities.is_manual),
                due_at=now,
                expires_at=now + timedelta(days=1),
            )
        )
    return dict(zip(channels, judge(house, contacts, now=now), strict=True))
