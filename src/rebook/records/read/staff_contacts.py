"""A member's own contacts, and what the ledger says of such a number or address."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q

from rebook.core.outreach.guard_consent import is_from_patient
from rebook.core.outreach.own_contact import OwnContact, SentCode
from rebook.core.outreach.values import ConsentStatement
from rebook.records.models import Consent, ContactPoint, NumberMark, StaffContact


def own_contacts(*, organisation_id: int, user_id: int) -> dict[str, OwnContact]:
    """What a member keeps for themself now, by channel ("sms", "email")."""
    rows = StaffContact.objects.filter(
        organisation_id=organisation_id, user_id=user_id, ended_at__isnull=True
    )
    return {row.channel: as_contact(row) for row in rows}


def to_be_proved(*, organisation_id: int, user_id: int, now: datetime) -> dict[str, OwnContact]:
    """What a member typed beside a confirmed one and has still time to confirm, by channel."""
    rows = StaffContact.objects.filter(
        organisation_id=organisation_id, user_id=user_id, ended_at__gt=now, confirmed_at__isnull=True
    )
    return {row.channel: as_contact(row) for row in rows}


def newest_code(*, organisation_id: int, contact_id: int) -> SentCode | None:
    """The code that was sent to a contact last; None when there was none."""
    row = StaffContact.objects.get(organisation_id=organisation_id, pk=contact_id)
    if not row.code_hash or row.code_sent_at is None:
        return None
    return SentCode(row.code_hash, row.code_sent_at, row.wrong_tries)


def as_contact(row: StaffContact) -> OwnContact:
    return OwnContact(
        id=row.pk,
        user_id=row.user_id,
        channel=row.channel,  # type: ignore[arg-type]
        value=row.value,
        line_type=row.line_type,
        confirmed_at=row.confirmed_at,
    )


@dataclass(frozen=True, slots=True)
class KnownValue:
    """What was said of a number or address. ``owners``: by patients who are reached on it, of themselves."""

    on_it: tuple[ConsentStatement, ...] = ()
    owners: tuple[ConsentStatement, ...] = ()
    is_blocked: bool = False
    is_do_not_contact: bool = False


def known_value(*, organisation_id: int, value: str, today: date) -> KnownValue:
    """Consent, marks and patients' wishes that bear on ``value``. Four queries."""
    of = {"organisation_id": organisation_id}
    points = ContactPoint.objects.filter(**of, value=value, is_current=True)
    owners = list(points.values_list("patient_id", "patient__do_not_contact"))
    said = Consent.objects.filter(**of).exclude(expires_on__lt=today, state="granted")
    # What another person granted for the number is theirs; what anybody revoked binds it (R-A52).
    lines = said.filter(contact_value=value).filter(Q(state="revoked") | Q(patient__isnull=True))
    theirs = said.filter(state="revoked", contact_value="", patient_id__in=[one for one, _ in owners])
    return KnownValue(
        on_it=tuple(_statement(row, binds_number=True) for row in lines),
        owners=tuple(_statement(row, binds_number=False) for row in theirs),
        is_blocked=NumberMark.objects.filter(
            **of, value=value, kind="blocked", ended_at__isnull=True
        ).exists(),
        is_do_not_contact=any(wish for _, wish in owners),
    )


def _statement(row: Consent, *, binds_number: bool) -> ConsentStatement:
    return ConsentStatement(
        binds_number=binds_number,
        channel=row.channel,
        purpose=row.purpose,
        state=row.state,  # type: ignore[arg-type]
        at=row.at,
        from_patient=is_from_patient(origin=row.origin, wording=row.wording, state=row.state),
        evidence=row.permission,  # type: ignore[arg-type]
    )
