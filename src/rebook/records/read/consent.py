"""The consent ledger as people read it: every line with its proof, and where a person or number stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection
from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL

from rebook.core.outreach.consent import CARE_PURPOSES, Line, Standing, best, standing, standing_stops
from rebook.records.models import Consent, ContactPoint, Patient

CHANNELS = ("sms", "phone", "email", "letter", "portal")
# Which kind of number or address a channel goes to.
SYSTEMS = {"sms": "phone", "phone": "phone", "email": "email"}


@dataclass(frozen=True, slots=True)
class Entry:
    """One line, with all that proves it. ``contact_value`` set: it binds that number, whoever owns it."""

    id: int
    patient_id: int | None
    contact_value: str
    channel: str
    purpose: str
    state: str
    origin: str
    wording: str
    recorded_by: str
    at: datetime
    recorded_at: datetime
    way: str
    speaker: str
    speaker_name: str
    shown_wording: str
    shown_version: str
    told_in: str
    scope_words: tuple[str, ...]
    permission: str
    named_value: str
    evidence_kind: str
    evidence_ref: str
    network: str
    agent: str
    expires_on: date | None
    is_company_list: bool
    statement: str
    # Of a kept file.
    file_id: int | None = None
    file_name: str = ""
    file_sha256: str = ""
    file_kept_where: str = ""


_PLAIN = tuple(name for name in Entry.__slots__ if not name.startswith("file_") and name != "scope_words")
_SAME_PERSON = """
WITH RECURSIVE same AS (
    SELECT id FROM records_patient WHERE organisation_id = %s AND id = %s
    UNION
    SELECT p.id FROM records_patient p JOIN same ON p.merged_into_id = same.id WHERE p.organisation_id = %s
)
SELECT id FROM same
"""


def everybody_in(*, organisation_id: int, patient_id: int) -> list[int]:
    """A patient and every record that was merged into theirs."""
    with connection.cursor() as cursor:
        cursor.execute(_SAME_PERSON, [organisation_id, patient_id, organisation_id])
        return [row[0] for row in cursor.fetchall()]


def values_of(*, organisation_id: int, patient_ids: Sequence[int]) -> list[str]:
    """Every number and address of these people, current ones first."""
    rows = ContactPoint.objects.filter(organisation_id=organisation_id, patient_id__in=patient_ids)
    return list(dict.fromkeys(rows.order_by("-is_current", "rank", "pk").values_list("value", flat=True)))


def entries(*, organisation_id: int, value: str = "", patient_id: int | None = None) -> tuple[Entry, ...]:
    """Every line about a number (``value`` as the ledger writes it) or a person, newest first.

    A person's are their own, those of records merged into theirs, and those on any number of theirs.
    """
    rows = _about(organisation_id, value, patient_id).select_related("evidence")
    return tuple(_entry(row) for row in rows.order_by("-at", "-pk"))


def _about(organisation_id: int, value: str, patient_id: int | None) -> QuerySet[Consent]:
    """One query, whatever it is about: who is the same person is found in it."""
    ours = Consent.objects.filter(organisation_id=organisation_id)
    found = [ours.filter(contact_value=value)] if value else []
    if patient_id is not None:
        people = RawSQL(  # noqa: S611 - nothing but numbers, and bound
            _SAME_PERSON, (organisation_id, patient_id, organisation_id)
        )
        numbers = ContactPoint.objects.filter(organisation_id=organisation_id, patient_id__in=people)
        found += [
            ours.filter(patient_id__in=people),
            ours.filter(patient=None, contact_value__in=numbers.values("value")),
        ]
    # Each by its own index: joined by OR, every statement of the practice would be looked at.
    keys = [one.values("pk") for one in found]
    return ours.filter(pk__in=keys[0].union(*keys[1:])) if keys else ours.none()


def _entry(row: Consent) -> Entry:
    file = row.evidence
    return Entry(
        **{name: getattr(row, name) for name in _PLAIN},
        scope_words=tuple(row.scope_words),
        file_id=file.pk if file else None,
        file_name=file.name if file else "",
        file_sha256=file.sha256 if file else "",
        file_kept_where=file.kept_where if file else "",
    )


def together(entries: Sequence[Entry]) -> list[list[Entry]]:
    """The lines that one statement wrote (a number's, a person's, several purposes), in the order given."""
    found: dict[str, list[Entry]] = {}
    for one in entries:
        found.setdefault(one.statement or f"line {one.id}", []).append(one)
    return list(found.values())


def lines(*, organisation_id: int, value: str = "", patient_id: int | None = None) -> list[Line]:
    """The same as what decides (``core.outreach.consent``)."""
    rows = _about(organisation_id, value, patient_id)
    return [
        Line(channel, purpose, state, at, origin, number)  # type: ignore[arg-type]
        for channel, purpose, state, at, origin, number in rows.values_list(
            "channel", "purpose", "state", "at", "origin", "contact_value"
        )
    ]


def standing_stop(
    *, organisation_id: int, value: str = "", patient_id: int | None = None, channel: str, now: datetime
) -> datetime | None:
    """When the newest stop that still binds care messages on a channel was said; None: none does.

    Of a person on one number (``value``), or on any number of theirs.
    """
    known = lines(organisation_id=organisation_id, value=value, patient_id=patient_id)
    if value:
        known = [line for line in known if line.number in ("", value)]
    asked = CHANNELS if channel == "all" else (channel,)
    stops = [
        stop
        for one in asked
        for purpose in CARE_PURPOSES
        for stop in standing_stops(known, channel=one, purpose=purpose, now=now)
    ]
    return max((stop.at for stop in stops), default=None)


@dataclass(frozen=True, slots=True)
class StandingView:
    """Where one channel stands: for care, for booked visits, and for marketing."""

    channel: str
    care: str
    visits: str
    marketing: str


def where_it_stands(
    *, organisation_id: int, value: str = "", patient_id: int | None = None, now: datetime
) -> tuple[StandingView, ...]:
    """Stopped, allowed or unsaid, channel by channel.

    A person is stopped on a channel when they themself are, or when every current number of theirs is.
    """
    known = lines(organisation_id=organisation_id, value=value, patient_id=patient_id)
    current = _current_numbers(organisation_id, patient_id) if patient_id is not None else []

    def of(channel: str, purpose: str) -> Standing:
        numbers = [value] if value else [one for kind, one in current if kind == SYSTEMS.get(channel)]
        return best(
            standing(
                [line for line in known if line.number in ("", number)],
                channel=channel,
                purpose=purpose,
                now=now,
            )
            for number in (numbers or [""])
        )

    return tuple(
        StandingView(one, of(one, "treatment_recall"), of(one, "operations"), of(one, "marketing"))
        for one in CHANNELS
    )


def _current_numbers(organisation_id: int, patient_id: int) -> list[tuple[str, str]]:
    """(phone or email, number or address) of a patient that their source still lists."""
    people = everybody_in(organisation_id=organisation_id, patient_id=patient_id)
    rows = ContactPoint.objects.filter(
        organisation_id=organisation_id, patient_id__in=people, is_current=True
    )
    return list(rows.order_by("rank", "pk").values_list("system", "value"))


def has_permission(
    *, organisation_id: int, value: str = "", patient_id: int | None = None, channel: str, today: date
) -> bool:
    """Whether a grant that has not run out is on file for a channel, and nothing stopped it since."""
    rows = _about(organisation_id, value, patient_id).filter(channel__in=(channel, "all"))
    granted = rows.filter(Q(expires_on=None) | Q(expires_on__gte=today), state="granted")
    newest = granted.order_by("-at").values_list("at", flat=True).first()
    return newest is not None and not rows.filter(state="revoked", at__gte=newest).exists()


def numbers_of_nobody_else(*, organisation_id: int, patient_id: int, system: str) -> list[str]:
    """A patient's current numbers ("phone") or addresses ("email") that no other patient has."""
    mine = ContactPoint.objects.filter(organisation_id=organisation_id, system=system, is_current=True)
    theirs = list(mine.filter(patient_id=patient_id).values_list("value", flat=True))
    shared = mine.filter(value__in=theirs).exclude(patient_id=patient_id).values_list("value", flat=True)
    return [one for one in theirs if one not in set(shared)]


def is_do_not_contact(*, organisation_id: int, patient_id: int) -> bool:
    """Whether the patient is marked as wanting no contact at all."""
    rows = Patient.objects.filter(organisation_id=organisation_id, pk=patient_id, do_not_contact=True)
    return rows.exists()


def is_patient(*, organisation_id: int, patient_id: int) -> bool:
    return Patient.objects.filter(organisation_id=organisation_id, pk=patient_id).exists()


def patient_known_as(*, organisation_id: int, external_id: str) -> list[int]:
    """Ids of the patients with that number of the practice's own system (several sources may use it)."""
    rows = Patient.objects.filter(organisation_id=organisation_id, external_id=external_id)
    return list(rows.order_by("pk").values_list("pk", flat=True))
