"""Booked visits and whether they were kept, with what was known when they were booked.

Lead time, weekday, kind of visit, and how often the patient kept or missed visits before: charted facts and
nothing else. No sex, race, language, age, payer, address, disability or income comes in anywhere (R-F64).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rebook.analytics.likelihood.histories import Floats

FACTS: Mapping[str, str] = {
    "lead_days": "days from booking to the visit",
    "weekday": "day of the week",
    "visit_type": "kind of visit, by how often it is missed",
    "missed_before": "visits missed before, known when this one was booked",
    "kept_before": "visits kept before, known when this one was booked",
    "missed_share": "share missed of these, drawn to the practice's own share",
}
NOT_USED = (
    "sex",
    "race or ethnicity",
    "language",
    "age",
    "payer or insurance",
    "postcode or neighbourhood",
    "disability",
    "social benefits",
    "diagnoses",
)
# A patient's own share of missed visits counts from so many visits on as much as everybody's.
_DRAWN_BY = 5.0
_FAR = 1 << 24


class DiaryInvalid(ValueError):
    """Columns that differ in length, or no appointment at all."""

    permanent = True


@dataclass(frozen=True, slots=True)
class Diary:
    """Appointments (n,): patient, day of the visit and day of booking (numbers), kind, 1.0 where missed.

    A booking after its visit counts as made on the day. ``missed`` is only read where ``is_past``.
    """

    patient: NDArray[np.int64]
    day: NDArray[np.int64]
    booked: NDArray[np.int64]
    kind: NDArray[np.str_]
    missed: Floats
    is_past: NDArray[np.bool_]
    # Where each stood among the columns it came in.
    row: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.day)

    def part(self, chosen: Any) -> "Diary":
        return Diary(
            self.patient[chosen],
            self.day[chosen],
            self.booked[chosen],
            self.kind[chosen],
            self.missed[chosen],
            self.is_past[chosen],
            self.row[chosen],
        )


def diary(
    *, patient: Any, day: Any, booked: Any, kind: Sequence[str] | Any, missed: Any, is_past: Any = None
) -> Diary:
    """Check and sort columns (n,) by patient and day. Raises ``DiaryInvalid``."""
    columns = [np.asarray(patient, dtype=np.int64), np.asarray(day, np.int64), np.asarray(booked, np.int64)]
    kinds, out = np.asarray(kind, dtype=np.str_), np.asarray(missed, dtype=np.float64)
    past = np.ones(len(out), dtype=bool) if is_past is None else np.asarray(is_past, dtype=bool)
    if len({len(one) for one in (*columns, kinds, out, past)}) != 1 or not len(out):
        raise DiaryInvalid("appointments come in columns of one length, at least one row")
    who, when, asked = columns
    order = np.lexsort((when, who))
    booked_on = np.minimum(asked, when)[order]
    rows = order.astype(np.int64)
    return Diary(who[order], when[order], booked_on, kinds[order], out[order], past[order], rows)


@dataclass(frozen=True, slots=True)
class Background:
    """What the practice as a whole looked like while it was learned: shares missed, all and by kind."""

    share: float
    by_kind: Mapping[str, float]

    def as_json(self) -> dict[str, Any]:
        return {"share": self.share, "by_kind": dict(self.by_kind)}


def background(rows: Diary) -> Background:
    """Shares of missed visits; kinds are drawn to the whole, as if 20 more had been seen of each."""
    share = float(rows.missed.mean())
    kinds, place = np.unique(rows.kind, return_inverse=True)
    missed = np.bincount(place, weights=rows.missed)
    seen = np.bincount(place)
    drawn = (missed + 20 * share) / (seen + 20)
    return Background(share, {str(one): float(value) for one, value in zip(kinds, drawn, strict=True)})


def facts(rows: Diary, *, known: Diary, of: Background) -> Floats:
    """(n, facts) values of ``rows``; earlier visits are those of ``known`` that had passed at booking."""
    past = known.part(known.is_past)
    _, start = np.unique(np.r_[past.patient, rows.patient], return_inverse=True)
    seen, asked = start[: len(past)].astype(np.int64), start[len(past) :].astype(np.int64)
    low = int(min(past.day.min(initial=0), rows.booked.min(initial=0)))
    keys = seen * _FAR + (past.day - low)
    running = np.r_[0.0, np.cumsum(past.missed)]
    until = np.searchsorted(keys, asked * _FAR + (rows.booked - low), side="left")
    begin = np.searchsorted(keys, asked * _FAR, side="left")
    missed = running[until] - running[begin]
    kept = (until - begin) - missed
    kinds = np.array([of.by_kind.get(str(one), of.share) for one in rows.kind])
    return np.column_stack(
        [
            rows.day - rows.booked,
            # Day 0 of the calendar, 1970-01-01, was a Thursday.
            (rows.day + 3) % 7,
            kinds,
            missed,
            kept,
            (missed + _DRAWN_BY * of.share) / (missed + kept + _DRAWN_BY),
        ]
    ).astype(np.float64)
