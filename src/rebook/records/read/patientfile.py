"""Who a patient is, how to reach them, what they permitted; and finding patients."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q, QuerySet

from rebook.records.models import AutomationHold, ContactPoint, Gap, Patient
from rebook.records.read.worklist import GapLine, full_name, gap_line


@dataclass(frozen=True, slots=True)
class ContactLine:
    id: int
    system: str
    value: str
    line_type: str
    state: str
    state_reason: str
    is_current: bool
    # How the practice got it, when, what for, and who wrote that down ("" an import or nobody).
    number_source: str = ""
    given_on: date | None = None
    given_for: tuple[str, ...] = ()
    source_noted_by: str = ""


@dataclass(frozen=True, slots=True)
class PatientHead:
    """The facts at the top of a patient's page."""

    id: int
    name: str
    external_id: str
    birth_on: date | None
    sex: str
    language: str
    location: str
    location_id: int | None
    practitioner: str
    preferred_channel: str
    is_deceased: bool
    deceased_on: date | None
    left_practice_on: date | None
    do_not_contact: bool
    do_not_contact_reason: str
    merged_into_id: int | None
    exclusions: tuple[str, ...]
    responsible_id: int | None
    responsible_name: str
    contacts: tuple[ContactLine, ...]
    # Those of the adult who speaks for the patient.
    responsible_contacts: tuple[ContactLine, ...] = ()

    @property
    def phones(self) -> tuple[ContactLine, ...]:
        """Numbers worth dialling, best first."""
        return _worth_dialling(self.contacts)

    @property
    def responsible_phones(self) -> tuple[ContactLine, ...]:
        """The same of the adult who speaks for the patient."""
        return _worth_dialling(self.responsible_contacts)


def _worth_dialling(contacts: Iterable[ContactLine]) -> tuple[ContactLine, ...]:
    bad = ("invalid", "wrong_person", "unreachable")
    return tuple(c for c in contacts if c.system == "phone" and c.is_current and c.state not in bad)


@dataclass(frozen=True, slots=True)
class HoldLine:
    id: int
    kind: str
    from_at: datetime
    until_at: datetime | None


@dataclass(frozen=True, slots=True)
class PatientLine:
    """A patient in a list, with the first open reason to come back."""

    id: int
    name: str
    birth_on: date | None
    location: str
    language: str
    gap: GapLine | None
    remark: str


@dataclass(frozen=True, slots=True)
class PatientPage:
    lines: tuple[PatientLine, ...]
    total: int


def patient_head(*, organisation_id: int, patient_id: int) -> PatientHead | None:
    """One patient of the organisation, or None. Two queries, three where an adult speaks for the patient."""
    rows = Patient.objects.select_related("home_location", "practitioner", "responsible_patient")
    row = rows.filter(organisation_id=organisation_id, pk=patient_id).first()
    if row is None:
        return None
    return PatientHead(
        id=row.pk,
        name=full_name(row),
        external_id=row.external_id,
        birth_on=row.birth_on,
        sex=row.sex,
        language=row.language,
        location=row.home_location.name if row.home_location else "",
        location_id=row.home_location_id,
        practitioner=row.practitioner.name if row.practitioner else "",
        preferred_channel=row.preferred_channel,
        is_deceased=row.is_deceased,
        deceased_on=row.deceased_on,
        left_practice_on=row.left_practice_on,
        do_not_contact=row.do_not_contact,
        do_not_contact_reason=row.do_not_contact_reason,
        merged_into_id=row.merged_into_id,
        exclusions=tuple(row.exclusions),
        responsible_id=row.responsible_patient_id,
        responsible_name=full_name(row.responsible_patient) if row.responsible_patient else "",
        contacts=_contacts(organisation_id, patient_id),
        responsible_contacts=_contacts(organisation_id, row.responsible_patient_id),
    )


def _contacts(organisation_id: int, patient_id: int | None) -> tuple[ContactLine, ...]:
    if patient_id is None:
        return ()
    points = ContactPoint.objects.filter(organisation_id=organisation_id, patient_id=patient_id)
    return tuple(_contact(point) for point in points.order_by("-is_current", "rank", "pk"))


def _contact(row: ContactPoint) -> ContactLine:
    return ContactLine(
        id=row.pk,
        system=row.system,
        value=row.value,
        line_type=row.line_type,
        state=row.state,
        state_reason=row.state_reason,
        is_current=row.is_current,
        number_source=row.number_source,
        given_on=row.given_on,
        given_for=tuple(row.given_for),
        source_noted_by=row.source_noted_by,
    )


def gaps_of(*, organisation_id: int, patient_id: int) -> tuple[GapLine, ...]:
    """Open reasons to come back first (best rank first), then the closed ones, newest first."""
    rows = Gap.objects.filter(organisation_id=organisation_id, patient_id=patient_id)
    lines = [gap_line(row) for row in rows.order_by("-closed_on", "pk")]
    still_open = [line for line in lines if line.closed_on is None]
    still_open.sort(key=lambda line: (line.rank is None, line.rank or 0, line.overdue_on))
    return (*still_open, *(line for line in lines if line.closed_on is not None))


def holds_of(*, organisation_id: int, patient_id: int, now: datetime) -> tuple[HoldLine, ...]:
    """What keeps automation away from the patient at ``now``."""
    rows = AutomationHold.objects.filter(
        Q(until_at__isnull=True) | Q(until_at__gt=now),
        organisation_id=organisation_id,
        patient_id=patient_id,
        released_at__isnull=True,
    )
    return tuple(HoldLine(row.pk, row.kind, row.from_at, row.until_at) for row in rows.order_by("from_at"))


def hold_owner(*, organisation_id: int, hold_id: int) -> tuple[int, str] | None:
    """(patient id, kind) of a hold of the organisation, or None."""
    return (
        AutomationHold.objects.filter(organisation_id=organisation_id, pk=hold_id)
        .values_list("patient_id", "kind")
        .first()
    )


# --- finding ------------------------------------------------------------------------------------------

DATE_FORMS = (r"(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})", r"(?P<m>\d{1,2})/(?P<d>\d{1,2})/(?P<y>\d{4})")
SHORTEST_NUMBER = 7


def search(*, organisation_id: int, text: str, limit: int = 30) -> PatientPage:
    """Patients by the beginning of a name, phone, e-mail, birth date or the practice's own number."""
    rows = Patient.objects.filter(organisation_id=organisation_id, merged_into__isnull=True)
    return _page(rows.filter(_meant_by(text, organisation_id)), limit)


def _meant_by(text: str, organisation_id: int) -> Q:
    text = text.strip()
    for form in DATE_FORMS:
        if found := re.fullmatch(form, text):
            try:
                return Q(birth_on=date(int(found["y"]), int(found["m"]), int(found["d"])))
            except ValueError:
                return Q(pk=None)
    digits = re.sub(r"\D", "", text)
    points = ContactPoint.objects.filter(organisation_id=organisation_id)
    if len(digits) >= SHORTEST_NUMBER and not re.search(r"[a-zA-Z]", text):
        numbers = [f"+{digits}", f"+1{digits}"]
        return Q(pk__in=points.filter(value__in=numbers).values("patient_id")) | Q(external_id=text)
    if "@" in text:
        return Q(pk__in=points.filter(value=text.lower()).values("patient_id"))
    named = Q(external_id=text)
    names = [part for part in re.split(r"[,\s]+", text) if part]
    by_name = Q()
    for part in names:
        by_name &= Q(family_name__istartswith=part) | Q(given_name__istartswith=part)
    return named | by_name if names else Q(pk=None)


def overdue(
    *,
    organisation_id: int,
    kind: str = "",
    definition: str = "",
    tier: str = "",
    location_id: int | None = None,
    visit_type: str = "",
    limit: int = 50,
    offset: int = 0,
) -> PatientPage:
    """Patients with an open reason to come back that fits, best rank first."""
    wanted = {"kind": kind, "definition_key": definition, "tier": tier, "location_id": location_id}
    wanted["visit_type"] = visit_type
    rows = Gap.objects.filter(organisation_id=organisation_id, closed_on__isnull=True)
    rows = rows.filter(**{name: value for name, value in wanted.items() if value})
    found = rows.select_related("patient__home_location").order_by("rank", "pk")[offset : offset + limit]
    lines = tuple(patient_line(row.patient, row) for row in found)
    return PatientPage(lines=lines, total=rows.count())


def _page(rows: QuerySet[Patient], limit: int) -> PatientPage:
    found = list(
        rows.select_related("home_location").order_by("family_name", "given_name", "pk")[: limit + 1]
    )
    total = len(found) if len(found) <= limit else rows.count()
    gaps: dict[int, Gap] = {}
    for gap in Gap.objects.filter(patient__in=found, closed_on__isnull=True).order_by("-rank"):
        gaps[gap.patient_id] = gap
    return PatientPage(tuple(patient_line(row, gaps.get(row.pk)) for row in found[:limit]), total)


def patient_lines(found: Sequence[tuple[int, int | None]]) -> tuple[PatientLine, ...]:
    """The lines of (patient id, gap id) in their order. Two queries."""
    patients = Patient.objects.select_related("home_location").in_bulk([one for one, _ in found])
    gaps = Gap.objects.in_bulk([gap for _, gap in found if gap])
    return tuple(patient_line(patients[one], gaps.get(gap or 0)) for one, gap in found)


def patient_line(row: Any, gap: Gap | None) -> PatientLine:
    """The value of a patient row, with one of their open gaps."""
    return PatientLine(
        id=row.pk,
        name=full_name(row),
        birth_on=row.birth_on,
        location=row.home_location.name if row.home_location else "",
        language=row.language,
        gap=gap_line(gap) if gap else None,
        remark=_remark(row),
    )


def _remark(row: Any) -> str:
    if row.is_deceased:
        return "Deceased"
    if row.left_practice_on:
        return "Left the practice"
    return "No contact wanted" if row.do_not_contact else ""
