"""Who wrote: the patient behind a number or address, and the thread that the message belongs to (R-D25)."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max, Q
from django.db.models.functions import Coalesce

from rebook.core.outreach.consent import PATIENTS_OWN, SIGNED
from rebook.records.models import (
    Appointment,
    Attempt,
    AutomationHold,
    Case,
    Consent,
    ContactPoint,
    Patient,
    PatientLink,
)

# States of an attempt that somebody may have noticed.
NOTICED = ("claimed", "accepted", "sent", "delivered", "read", "unknown")
USABLE = ("unverified", "verified")


@dataclass(frozen=True, slots=True)
class Correspondent:
    """Whose message it is. ``patient_id`` None: nobody we know, or several and no thread tells which."""

    value: str
    patient_id: int | None = None
    # Everybody who has this number or address.
    candidate_ids: tuple[int, ...] = ()
    case_id: int | None = None
    attempt_id: int | None = None
    contact_point_id: int | None = None
    language: str = ""
    has_other_contact: bool = False
    has_future_appointment: bool = False
    is_opted_out: bool = False


def who_wrote(*, organisation_id: int, value: str, channel: str, now: datetime) -> Correspondent:
    """The sender of a message from ``value`` (as ``core.contacts`` writes it) on a kind of channel.

    The latest message to that number decides; without one, the only patient who has it; otherwise nobody.
    """
    points = list(
        ContactPoint.objects.filter(organisation_id=organisation_id, value=value)
        .select_related("patient")
        .order_by("-is_current", "rank", "pk")
    )
    candidates = tuple(dict.fromkeys(_survivor(point.patient) for point in points))
    thread = _thread(organisation_id, Q(to_value=value, channel=channel))
    if thread is not None:
        patient_id: int | None = _survivor(thread.patient)
    else:
        patient_id = candidates[0] if len(candidates) == 1 else None
    return _about(organisation_id, value, channel, patient_id, candidates, thread, now=now)


def behind_link(*, organisation_id: int, link_id: int, now: datetime) -> tuple[Correspondent, str] | None:
    """The patient behind a link and the kind of channel it came by ("" when unknown); None: no such link."""
    link = (
        PatientLink.objects.filter(organisation_id=organisation_id, pk=link_id)
        .select_related("patient", "attempt__patient", "case")
        .first()
    )
    if link is None:
        return None
    attempt = link.attempt
    if attempt is None and link.case_id:
        attempt = _thread(organisation_id, Q(case_id=link.case_id))
    patient_id = _survivor(link.patient)
    value = attempt.to_value if attempt else ""
    channel = attempt.channel if attempt else ""
    found = _about(organisation_id, value, channel, patient_id, (patient_id,), attempt, now=now)
    return found, channel


def _survivor(patient: Patient) -> int:
    return patient.merged_into_id or patient.pk


def _thread(organisation_id: int, which: Q) -> Attempt | None:
    return (
        Attempt.objects.filter(which, organisation_id=organisation_id, state__in=NOTICED)
        .select_related("patient")
        .order_by(Coalesce("sent_at", "claimed_at").desc(), "-pk")
        .first()
    )


def _about(
    organisation_id: int,
    value: str,
    channel: str,
    patient_id: int | None,
    candidates: tuple[int, ...],
    thread: Attempt | None,
    *,
    now: datetime,
) -> Correspondent:
    mine = {"organisation_id": organisation_id}
    opted_out = is_revoked(organisation_id=organisation_id, value=value, channel=channel) if value else False
    if patient_id is None:
        return Correspondent(value, candidate_ids=candidates, is_opted_out=opted_out)
    case = Case.objects.filter(**mine, patient_id=patient_id, closed_at__isnull=True).first()
    point = (
        ContactPoint.objects.filter(**mine, value=value)
        .filter(Q(patient_id=patient_id) | Q(pk=thread.contact_point_id if thread else None))
        .order_by("-is_current", "pk")
        .first()
        if value
        else None
    )
    return Correspondent(
        value=value,
        patient_id=patient_id,
        candidate_ids=candidates,
        case_id=case.pk if case else (thread.case_id if thread else None),
        attempt_id=thread.pk if thread else None,
        contact_point_id=point.pk if point else None,
        language=Patient.objects.only("language")
        .get(**mine, pk=patient_id)
        .language.partition("-")[0]
        .lower(),
        has_other_contact=has_other_contact(**mine, patient_id=patient_id, value=value),
        has_future_appointment=Appointment.objects.filter(
            **mine, patient_id=patient_id, starts_at__gt=now, status__in=("booked", "pending", "proposed")
        ).exists(),
        is_opted_out=opted_out,
    )


def is_revoked(*, organisation_id: int, value: str, channel: str) -> bool:
    """Whether this number stopped this channel and nothing that may lift it came later (R-A54)."""
    said = Consent.objects.filter(
        organisation_id=organisation_id, contact_value=value, channel__in=(channel, "all")
    )
    stopped_at = said.filter(state="revoked").aggregate(at=Max("at"))["at"]
    if stopped_at is None:
        return False
    lifts = said.filter(state="granted", origin__in=(*PATIENTS_OWN, SIGNED), at__gt=stopped_at)
    # Who kept only the texts about booked visits is signed off from the rest (R-A46).
    lifts = lifts.filter(purpose__in=("all", "treatment_recall"))
    return not lifts.exists()


def answered_lately(*, organisation_id: int, value: str, template_key: str, since: datetime) -> bool:
    """Whether that fixed answer was planned for or sent to the number after ``since``."""
    return (
        Attempt.objects.filter(
            organisation_id=organisation_id, to_value=value, template_key=template_key, planned_at__gt=since
        )
        .exclude(state__in=("refused", "expired", "failed"))
        .exists()
    )


def contacted(*, organisation_id: int, attempt_id: int) -> tuple[str, str]:
    """(kind of channel, number or address) of an attempt."""
    row = Attempt.objects.only("channel", "to_value").get(organisation_id=organisation_id, pk=attempt_id)
    return row.channel, row.to_value


def has_other_contact(*, organisation_id: int, patient_id: int, value: str) -> bool:
    """Whether the patient has another current, usable number or address."""
    points = ContactPoint.objects.filter(
        organisation_id=organisation_id, patient_id=patient_id, is_current=True, state__in=USABLE
    )
    return points.exclude(value=value).exists()


@dataclass(frozen=True, slots=True)
class HoldView:
    id: int
    patient_id: int
    kind: str
    until_at: datetime | None


def open_holds(
    *, organisation_id: int, patient_id: int | None = None, hold_id: int | None = None
) -> list[HoldView]:
    """Holds that nobody has released: of a patient, or one by id."""
    rows = AutomationHold.objects.filter(organisation_id=organisation_id, released_at__isnull=True)
    rows = rows.filter(pk=hold_id) if hold_id is not None else rows.filter(patient_id=patient_id or 0)
    return [HoldView(row.pk, row.patient_id, row.kind, row.until_at) for row in rows.order_by("pk")]
