"""Who looked at whom: the part of the audit trail that reading makes (R-A124)."""

from datetime import datetime

from django.db import transaction

from rebook.accounts import audit


def record_view(*, organisation_id: int, patient_id: int, page: str, now: datetime, actor: str) -> None:
    """Note that ``actor`` ("user:7") saw a patient's details on ``page`` ("today", "patient", ...)."""
    with transaction.atomic(durable=True):
        audit.append(
            organisation_id=organisation_id,
            now=now,
            actor=actor,
            action="patient.viewed",
            subject_kind="patient",
            subject_id=patient_id,
            detail={"page": page},
        )


def record_search(*, organisation_id: int, found: int, page: str, now: datetime, actor: str) -> None:
    """Note that a list of patients was shown, and how many; never what was searched for."""
    with transaction.atomic(durable=True):
        audit.append(
            organisation_id=organisation_id,
            now=now,
            actor=actor,
            action="patients.listed",
            subject_kind="list",
            subject_id=page,
            detail={"found": found},
        )


def record_sign_in(*, organisation_id: int, now: datetime, actor: str) -> None:
    """Note that a member signed in."""
    with transaction.atomic(durable=True):
        audit.append(
            organisation_id=organisation_id,
            now=now,
            actor=actor,
            action="user.signed_in",
            subject_kind="user",
            subject_id=actor.removeprefix("user:"),
        )
