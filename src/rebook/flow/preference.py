"""How a patient wants to hear from the practice: asked once, kept, obeyed by every sequence (Q-168)."""

from datetime import datetime

from django.db import transaction

from rebook.accounts import audit
from rebook.records.write import preference as write


def record_preference(
    *, organisation_id: int, patient_id: int, channel: str, now: datetime, actor: str
) -> bool:
    """Keep a patient's preferred channel kind ("sms", "email", "phone", "letter", "" for none).

    False when there is no such patient.
    """
    with transaction.atomic(durable=True):
        done = write.set_preferred_channel(
            organisation_id=organisation_id, patient_id=patient_id, channel=channel
        )
        if done:
            audit.append(
                organisation_id=organisation_id,
                now=now,
                actor=actor,
                action="patient.preference",
                subject_kind="patient",
                subject_id=patient_id,
                detail={"channel": channel},
            )
    return done
