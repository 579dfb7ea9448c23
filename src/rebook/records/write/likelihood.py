"""Keep what was learned; a second fit on one day takes the first one's place."""

from datetime import date, datetime
from typing import Any

from rebook.records.models import FittedModel


def keep_fit(
    *,
    organisation_id: int,
    kind: str,
    fitted_on: date,
    now: datetime,
    window: tuple[date, date] | None,
    chosen: str,
    reason: str,
    parameters: dict[str, Any],
    figures: dict[str, Any],
) -> None:
    """Write one fit. ``window``: the first and the last day it learned from, or None without any."""
    FittedModel.objects.update_or_create(
        organisation_id=organisation_id,
        kind=kind,
        fitted_on=fitted_on,
        defaults={
            "fitted_at": now,
            "window_from": window[0] if window else None,
            "window_to": window[1] if window else None,
            "chosen": chosen,
            "reason": reason,
            "parameters": parameters,
            "figures": figures,
        },
    )
