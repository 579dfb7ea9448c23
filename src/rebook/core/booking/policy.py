"""The limits on booking: house defaults, narrowed by the organisation's settings."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

_MINUTES = {
    "minimum_notice_minutes": (0, 60 * 24 * 30),
    "hold_minutes": (1, 24 * 60),
    "horizon_days": (1, 366),
}


@dataclass(frozen=True, slots=True)
class BookingPolicy:
    """``minimum_notice`` from now to the first time on offer; nothing further off than ``horizon``."""

    minimum_notice: timedelta = timedelta(hours=4)
    horizon: timedelta = timedelta(days=60)
    # R-D77: how long a chosen time is kept for one person.
    hold_for: timedelta = timedelta(minutes=10)


class BookingSettingsInvalid(ValueError):
    """A value under ``booking`` in the organisation's settings cannot be used."""

    permanent = True


def booking_policy(settings: Mapping[str, Any]) -> BookingPolicy:
    """From ``settings["booking"]``: ``minimum_notice_minutes``, ``horizon_days`` and ``hold_minutes``.

    Raises ``BookingSettingsInvalid`` for a word or number it does not know.
    """
    given = settings.get("booking", {})
    for key, value in given.items():
        if key not in _MINUTES:
            raise BookingSettingsInvalid(f"booking settings know no '{key}'")
        least, most = _MINUTES[key]
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise BookingSettingsInvalid(
                f"booking setting '{key}' wants a whole number from {least} to {most}"
            )
    default = BookingPolicy()
    return BookingPolicy(
        minimum_notice=timedelta(minutes=given["minimum_notice_minutes"])
        if "minimum_notice_minutes" in given
        else default.minimum_notice,
        horizon=timedelta(days=given["horizon_days"]) if "horizon_days" in given else default.horizon,
        hold_for=timedelta(minutes=given["hold_minutes"]) if "hold_minutes" in given else default.hold_for,
    )
