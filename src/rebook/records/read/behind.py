"""The patients behind the figures of the report."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery

from rebook.records.models import Attempt, Case, CaseSuccess, Gap
from rebook.records.read.campaignpages import CasePage, case_line
from rebook.records.read.measure import gaps_behind
from rebook.records.read.patientfile import PatientPage, patient_line

# The columns that say when a case reached a stage of the funnel.
REACHED_AT = {
    "attempted": ("first_attempt_at",),
    "reached": ("reached_at",),
    "responded": ("responded_at",),
    "booked": ("booked_at",),
    "kept": ("visit_kept_at", "booked_at"),
    "cases": ("opened_at",),
}
MOST = 200


@dataclass(frozen=True, slots=True)
class Slice:
    """Which part of the report: empty fields mean all of it. ``location_id`` 0 means none recorded."""

    gap_kind: str = ""
    location_id: int | None = None
    channel: str = ""


def cases_behind(
    *, organisation_id: int, stage: str, part: Slice, cut_off: datetime, limit: int = MOST
) -> CasePage:
    """The contacted cases that had reached a stage of the funnel at the cut-off."""
    rows = Case.objects.filter(organisation_id=organisation_id, arm="contact", opened_at__lte=cut_off)
    if stage == "won":
        newest = CaseSuccess.objects.filter(case_id=OuterRef("pk")).order_by("-pk")
        rows = rows.annotate(won_at=Subquery(newest.values("met_at")[:1])).filter(won_at__lte=cut_off)
    for column in REACHED_AT.get(stage, ("opened_at",)):
        rows = rows.filter(**{f"{column}__lte": cut_off})
    rows = _sliced(rows, part, cut_off)
    found: Any = rows.select_related("patient", "gap").order_by("-opened_at", "pk")[:limit]
    return CasePage(tuple(case_line(row) for row in found), rows.count())


def _sliced(rows: QuerySet[Case], part: Slice, cut_off: datetime) -> QuerySet[Case]:
    if part.gap_kind:
        rows = rows.filter(gap__kind=part.gap_kind)
    if part.location_id is not None:
        at = Q(gap__location_id=part.location_id) if part.location_id else Q(gap__location__isnull=True)
        rows = rows.filter(at)
    if part.channel:
        sent = Attempt.objects.filter(case_id=OuterRef("pk"), sent_at__lte=cut_off).order_by("sent_at")
        rows = rows.annotate(first_channel=Subquery(sent.values("channel")[:1]))
        by = Q(first_channel__isnull=True) if part.channel == "none" else Q(first_channel=part.channel)
        rows = rows.filter(by)
    return rows


def patients_behind(
    *, organisation_id: int, reasons: list[str], cut_off: datetime, limit: int = MOST
) -> PatientPage:
    """The patients whose gaps are counted under these reason keys ("guard:opted_out", "hold:%")."""
    ids = gaps_behind(organisation_id=organisation_id, cut_off=cut_off, reasons=reasons, limit=10 * MOST)
    rows: Any = Gap.objects.filter(pk__in=ids[:limit]).select_related("patient__home_location")
    lines = tuple(patient_line(row.patient, row) for row in rows.order_by("rank", "pk"))
    return PatientPage(lines, len(ids))
