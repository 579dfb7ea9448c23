"""What the records cannot say about the past: shown beside every result, with how many rows it is about."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from rebook.core.gaps import GapDefinition
from rebook.core.gaps.definition import SIGNED_FROM_CLASS
from rebook.core.gaps.settings import GapSettings


@dataclass(frozen=True, slots=True)
class Caveat:
    """``count`` of ``of`` rows are concerned; both None when it is not about rows."""

    key: str
    says: str
    count: int | None = None
    of: int | None = None

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


# Key of a count of the engine -> (what it is counted of, what it means).
OF_ROWS = {
    "never_dated_bookings": (
        "appointments",
        "appointments do not say when they were booked; they are taken as known all along, so some patients "
        "were listed then who are not listed here",
    ),
    "undated_cancellations": (
        "cancellations",
        "cancellations have no date; they count from the day the appointment was for",
    ),
    "open_past": (
        "appointments",
        "past appointments are still marked as booked; whether anybody came is not known",
    ),
    "after_the_end": ("visits", "visits are dated after the end of the records and were left out"),
}


def caveats(
    *,
    blind: Mapping[str, int],
    days: int,
    days_with_own_records: int,
    contacts: int,
    ignored_filters: Iterable[str],
    unchanged: Mapping[str, Iterable[str]],
    definitions: Iterable[GapDefinition],
    settings: GapSettings,
    records_end_on: date,
) -> tuple[Caveat, ...]:
    """In the order shown. ``blind``: counts of the engine by key, and what they are counted of.

    ``unchanged``: by setting, rules that could not take its changes.
    """
    found = []
    if days_with_own_records < days:
        found.append(
            Caveat(
                "judged_from_later_records",
                f"of {days} judged days {days - days_with_own_records} had no snapshot of their own; they "
                "were judged from later records, which may have been corrected since and do not tell when a "
                "patient was registered",
                days - days_with_own_records,
                days,
            )
        )
    for key, (of, says) in OF_ROWS.items():
        if blind.get(key):
            found.append(Caveat(key, says, blind[key], blind.get(of, 0)))
    if contacts:
        says = "contacts that Rebook made are known; whoever came after one is counted apart"
        found.append(Caveat("contacts_known", says, contacts))
    else:
        says = "contacts made outside Rebook are not in the records: some who came by themselves were called"
        found.append(Caveat("contacts_unknown", says))
    for name in ignored_filters:
        says = (
            f"the campaign's filter on {name.replace('_', ' ')} cannot be asked of the past and was left out"
        )
        found.append(Caveat(f"filter_{name}", says))
    labels = {one.key: one.words() for one in definitions}
    for letter, keys in unchanged.items():
        if left := [labels.get(key, key) for key in keys]:
            says = f"setting {letter} left alone what would contradict itself: {_quoted(left)}"
            found.append(Caveat(f"unchanged_{letter}", says))
    unsigned = [
        one.words()
        for one in definitions
        if one.risk_class >= SIGNED_FROM_CLASS
        and not settings.is_signed(one.key, one.content_hash, one.signed_off_by)
    ]
    if unsigned:
        says = f"not signed off, so listing nobody until a clinician signs: {_quoted(unsigned)}"
        found.append(Caveat("unsigned", says))
    found.append(Caveat("records_end", f"what happened after {records_end_on} is not known"))
    return tuple(found)


def _quoted(words: Iterable[str]) -> str:
    return ", ".join(f"'{one}'" for one in words)
