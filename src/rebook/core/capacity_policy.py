"""How much outreach a practice says it can take: house defaults, changed by its settings."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

# (least, most) of every whole number under ``settings["capacity"]``.
LIMITS: Mapping[str, tuple[int, int]] = {
    "window_days": (1, 90),
    "slot_percent": (1, 200),
    "patients_per_slot": (1, 100),
    "minutes_a_day": (0, 100_000),
    "minutes_per_call": (1, 120),
    "minutes_per_reply": (1, 120),
    "minutes_per_letter": (0, 120),
    "minutes_per_person": (0, 480),
    "late_reply_percent": (1, 100),
    "cents_per_staff_hour": (0, 1_000_000),
}


@dataclass(frozen=True, slots=True)
class CapacityPolicy:
    """Free times of the next ``window_days`` that outreach may fill, and what a day's staff can do.

    Every default is a stated draft (R-G5) until the practice writes its own.
    """

    window_days: int = 14
    # R-A193's factor: how much of the free time outreach may fill; the rest is for everybody else.
    slot_percent: int = 80
    # Patients to whom each free time is offered at once.
    patients_per_slot: int = 5
    # Of the whole practice; None: ``minutes_per_person`` for everybody who takes calls.
    minutes_a_day: int | None = None
    minutes_per_person: int = 120
    minutes_per_call: int = 6
    minutes_per_reply: int = 4
    minutes_per_letter: int = 2
    # R-F57: replies that wait past their time.
    late_reply_percent: int = 10
    # Of a person's time with everything it costs (R-F27); fees and postage are a list of their own.
    cents_per_staff_hour: int = 3000

    def minutes_of(self, channel: str) -> int:
        """Staff minutes that one contact takes, its answers left out."""
        return {"phone": self.minutes_per_call, "letter": self.minutes_per_letter}.get(channel, 0)


class CapacitySettingsInvalid(ValueError):
    """A value under ``capacity`` in the organisation's settings cannot be used."""

    permanent = True
    is_for_people = True


def capacity_policy(settings: Mapping[str, Any]) -> CapacityPolicy:
    """From ``settings["capacity"]``. Raises ``CapacitySettingsInvalid`` for what it does not know."""
    given = settings.get("capacity") or {}
    if not isinstance(given, Mapping):
        raise CapacitySettingsInvalid("the capacity settings are no table")
    known = {one.name for one in fields(CapacityPolicy)}
    for key, value in given.items():
        if key not in known:
            raise CapacitySettingsInvalid(f"capacity settings know no '{key}'")
        if value is None and key == "minutes_a_day":
            continue
        least, most = LIMITS[key]
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise CapacitySettingsInvalid(
                f"capacity setting '{key}' wants a whole number from {least:,} to {most:,}"
            )
    return replace(CapacityPolicy(), **given)
