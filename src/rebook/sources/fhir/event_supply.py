"""How long a prescription lasts: from what was ordered, in days."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from rebook.core.criteria import Span, day_span

from .event_times import Json, Times

_DAYS = {"s": 1 / 86400, "min": 1 / 1440, "h": 1 / 24, "d": 1.0, "wk": 7.0, "mo": 30.4375, "a": 365.25}
_LONG = {"second": "s", "minute": "min", "hour": "h", "day": "d", "week": "wk", "month": "mo", "year": "a"}
# Months and years of a dosing period are counted as 30 and 365 days.
_PERIOD_DAYS = {**_DAYS, "mo": 30.0, "a": 365.0}


def supply(request: Json, times: Times) -> Span | None:
    """First to last day of a MedicationRequest; None when neither supply nor bounds say.

    It begins with the bounds of the dosage, else when written, else when it may be dispensed; it lasts the
    expected supply (or quantity by daily dose), times one and the repeats; else to the end of the bounds.
    """
    dosages = request.get("dosageInstruction") or []
    repeat = _first(dosages).get("timing", {}).get("repeat", {}) if len(dosages) == 1 else {}
    bounds = times.period(repeat.get("boundsPeriod"), "MedicationRequest.boundsPeriod")
    dispense = request.get("dispenseRequest") or {}
    begin = _start(request, dispense, bounds if "start" in repeat.get("boundsPeriod", {}) else None, times)
    days = _supplied(dispense, dosages, repeat)
    if begin is None:
        return None
    if days is not None:
        return day_span(begin, begin + timedelta(days=int(days - 1)))
    if bounds is not None and "end" in repeat["boundsPeriod"]:
        return day_span(begin, bounds.ends_at.date())
    return None


def _start(request: Json, dispense: Json, bounds: Span | None, times: Times) -> date | None:
    written = times.moment(request.get("authoredOn"), "MedicationRequest.authoredOn")
    validity = dispense.get("validityPeriod") or {}
    valid = times.moment(validity.get("start"), "MedicationRequest.validityPeriod")
    if bounds is not None:
        return bounds.starts_at.date()
    known = written or valid
    return None if known is None else known[0].date()


def _supplied(dispense: Json, dosages: list[Json], repeat: Json) -> float | None:
    days = days_in(dispense.get("expectedSupplyDuration"))
    if days is None and len(dosages) == 1:
        quantity = (dispense.get("quantity") or {}).get("value")
        a_day = _a_day(_first(dosages), repeat)
        days = None if quantity is None or not a_day else float(quantity) / a_day
    return None if days is None else days * (1 + int(dispense.get("numberOfRepeatsAllowed") or 0))


def _a_day(dosage: Json, repeat: Json) -> float | None:
    """The amount taken in a day."""
    rates = dosage.get("doseAndRate") or []
    if len(rates) != 1:
        return None
    dose = (rates[0].get("doseRange") or {}).get("high") or rates[0].get("doseQuantity") or {}
    if dose.get("value") is None:
        return None
    frequency = repeat.get("frequencyMax") or repeat.get("frequency")
    period = _PERIOD_DAYS.get(str(repeat.get("periodUnit"))) if repeat.get("period") else None
    if frequency and period:
        times_a_day = float(frequency) / (float(repeat["period"]) * period)
    else:
        times_a_day = float(len(repeat.get("timeOfDay") or ()) or 1)
    return float(dose["value"]) * times_a_day


def days_in(duration: Any) -> float | None:
    """A Duration in days; None when it has no number or no unit of time."""
    if not isinstance(duration, Mapping) or duration.get("value") is None:
        return None
    unit = str(duration.get("code") or duration.get("unit") or "")
    days = _DAYS.get(_LONG.get(unit.removesuffix("s"), unit))
    return None if days is None else float(duration["value"]) * days


def _first(rows: list[Json]) -> Json:
    return rows[0] if rows else {}
