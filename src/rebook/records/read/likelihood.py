"""Fitted models, and what the gain of a contact is learned from."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection

from rebook.core.expected_gain import Arms, Gains, Stratum, gains_from_json
from rebook.records.models import FittedModel

# By assignment (R-F51), only where somebody could be left alone (R-F50), and only once the window has passed.
ARMS = """
SELECT g.tier, g.risk_class,
    count(*) FILTER (WHERE c.arm = 'contact'), count(*) FILTER (WHERE c.arm = 'contact' AND c.came),
    count(*) FILTER (WHERE c.arm = 'holdout'), count(*) FILTER (WHERE c.arm = 'holdout' AND c.came)
FROM (
    SELECT one.gap_id, one.arm, coalesce((SELECT s.met_at FROM records_casesuccess s
        WHERE s.case_id = one.id ORDER BY s.id DESC LIMIT 1) <= %(now)s, false) AS came
    FROM records_case one JOIN records_campaign campaign ON campaign.id = one.campaign_id
    WHERE one.organisation_id = %(organisation_id)s AND campaign.holdout_percent > 0
        AND one.opened_at + campaign.visit_window_days * interval '1 day' <= %(now)s
) c JOIN records_gap g ON g.id = c.gap_id
WHERE g.risk_class < 3
GROUP BY 1, 2
"""
OPEN_STRATA = """
SELECT DISTINCT patient_id, tier, risk_class FROM records_gap
WHERE organisation_id = %(organisation_id)s AND closed_on IS NULL ORDER BY 1, 2, 3
"""


@dataclass(frozen=True, slots=True)
class FittedView:
    """One fit: what is used and why, its numbers, and the days it learned from."""

    kind: str
    fitted_on: date
    fitted_at: datetime
    window_from: date | None
    window_to: date | None
    chosen: str
    reason: str
    parameters: dict[str, Any]
    figures: dict[str, Any]


def newest(*, organisation_id: int, kind: str, as_of: date) -> FittedView | None:
    """The newest fit of ``kind`` that was made by ``as_of``."""
    rows = FittedModel.objects.filter(organisation_id=organisation_id, kind=kind, fitted_on__lte=as_of)
    row = rows.order_by("-fitted_on").first()
    return _view(row) if row else None


def gains(*, organisation_id: int, as_of: date) -> Gains | None:
    """What a contact is believed to be worth on ``as_of``; None where nothing was learned or stated yet."""
    fitted = newest(organisation_id=organisation_id, kind="gain", as_of=as_of)
    return gains_from_json(fitted.parameters) if fitted else None


def arms(*, organisation_id: int, now: datetime) -> dict[Stratum, Arms]:
    """Cases by stratum and arm whose window had passed at ``now``, and how many of them came back in it."""
    with connection.cursor() as cursor:
        cursor.execute(ARMS, {"organisation_id": organisation_id, "now": now})
        return {Stratum(tier, grade): Arms(*counts) for tier, grade, *counts in cursor.fetchall()}


def open_strata(*, organisation_id: int) -> list[tuple[int, str, int]]:
    """[(patient id, tier, risk class)] of open gaps, each once."""
    with connection.cursor() as cursor:
        cursor.execute(OPEN_STRATA, {"organisation_id": organisation_id})
        return [tuple(row) for row in cursor.fetchall()]


def _view(row: FittedModel) -> FittedView:
    return FittedView(
        kind=row.kind,
        fitted_on=row.fitted_on,
        fitted_at=row.fitted_at,
        window_from=row.window_from,
        window_to=row.window_to,
        chosen=row.chosen,
        reason=row.reason,
        parameters=row.parameters,
        figures=row.figures,
    )
