"""How patients asked to be reached: one request stands per patient, the newest; earlier ones are kept."""

from dataclasses import dataclass
from datetime import datetime, time

from rebook.records.models import ConfidentialRequest, ContactPoint, NumberMark, Patient


@dataclass(frozen=True, slots=True)
class Wish:
    """Empty fields ask for nothing. ``phone`` is E.164; times are wall times where the patient is."""

    channels: tuple[str, ...] = ()
    phone: str = ""
    phone_line_type: str = ""
    email: str = ""
    address_line: str = ""
    city: str = ""
    state: str = ""
    postal_code: str = ""
    in_envelope: bool = False
    opens: time | None = None
    closes: time | None = None
    weekdays: tuple[int, ...] = ()
    needs: tuple[str, ...] = ()
    code_word: str = ""

    @property
    def asks_for_nothing(self) -> bool:
        return self == Wish()


def keep_request(*, organisation_id: int, patient_id: int, wish: Wish, now: datetime, by: str) -> int | None:
    """Keep it in place of the one that stood; its id, None when there is no such patient."""
    kept = _kept(organisation_id, patient_id)
    if kept is None:
        return None
    end_request(organisation_id=organisation_id, patient_id=kept, now=now, by=by)
    row = ConfidentialRequest.objects.create(
        organisation_id=organisation_id,
        patient_id=kept,
        channels=list(wish.channels),
        phone=wish.phone,
        email=wish.email,
        address_line=wish.address_line,
        city=wish.city,
        state=wish.state,
        postal_code=wish.postal_code,
        in_envelope=wish.in_envelope,
        opens=wish.opens,
        closes=wish.closes,
        weekdays=list(wish.weekdays),
        needs=list(wish.needs),
        code_word=wish.code_word,
        made_at=now,
        made_by=by,
    )
    for system, value, line_type in (("phone", wish.phone, wish.phone_line_type), ("email", wish.email, "")):
        if value:
            _reachable(organisation_id, kept, system, value, line_type, now, by)
    return row.pk


def _kept(organisation_id: int, patient_id: int) -> int | None:
    """The record that this one was merged into, or itself."""
    row = Patient.objects.filter(organisation_id=organisation_id, pk=patient_id).first()
    return None if row is None else row.merged_into_id or row.pk


def _reachable(
    organisation_id: int, patient_id: int, system: str, value: str, line_type: str, now: datetime, by: str
) -> None:
    """The number or address that was asked for is one of the patient's, told by themselves (R-A4)."""
    told = {
        "is_current": True,
        "state": "verified",
        "state_reason": "asked for by the patient",
        "state_changed_at": now,
        "rank": 0,
        "number_source": "patient_said",
        "given_on": now.date(),
        "given_for": [],
        "source_noted_by": by,
    }
    ContactPoint.objects.update_or_create(
        organisation_id=organisation_id,
        patient_id=patient_id,
        system=system,
        value=value,
        defaults=told,
        create_defaults={**told, "line_type": line_type},
    )


def end_request(*, organisation_id: int, patient_id: int, now: datetime, by: str) -> bool:
    """End what stands for the patient and for records merged into them; False when nothing stood."""
    mine = Patient.objects.filter(organisation_id=organisation_id, merged_into_id=patient_id)
    people = [patient_id, *mine.values_list("pk", flat=True)]
    rows = ConfidentialRequest.objects.filter(
        organisation_id=organisation_id, patient_id__in=people, ended_at__isnull=True
    )
    return bool(rows.update(ended_at=now, ended_by=by))


def mark_number(*, organisation_id: int, value: str, kind: str, note: str, now: datetime, by: str) -> int:
    """Mark a number: never contact it ("blocked"), or what a check said of it; the new id."""
    row = NumberMark.objects.create(
        organisation_id=organisation_id, value=value, kind=kind, note=note[:200], at=now, by=by
    )
    return row.pk


def end_mark(*, organisation_id: int, mark_id: int, now: datetime) -> bool:
    rows = NumberMark.objects.filter(organisation_id=organisation_id, pk=mark_id, ended_at__isnull=True)
    return bool(rows.update(ended_at=now))
