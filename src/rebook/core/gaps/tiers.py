"""How long a patient has been away (R-C141)."""

from dataclasses import astuple, dataclass
from datetime import date
from itertools import pairwise

from .dates import add_months

TIERS = ("active", "slipping", "dormant", "long_lapsed", "lost", "never")
# Months since the last completed visit at which the next tier begins; "lost" begins a day after 36.
SLIPPING_MONTHS, DORMANT_MONTHS, LONG_LAPSED_MONTHS, LOST_AFTER_MONTHS = 6, 12, 24, 36


@dataclass(frozen=True, slots=True)
class TierMonths:
    """When a tier begins, in months since the last completed visit; adjustable per practice and specialty."""

    slipping: int = SLIPPING_MONTHS
    dormant: int = DORMANT_MONTHS
    long_lapsed: int = LONG_LAPSED_MONTHS
    lost_after: int = LOST_AFTER_MONTHS

    @property
    def ascend(self) -> bool:
        months = astuple(self)
        return all(0 < before < after for before, after in pairwise(months))


USUAL = TierMonths()
# R-C143: after so many months a patient counts as new again: a visit for new patients, consent asked anew.
NEW_AGAIN_AFTER_MONTHS = 36


def tier_of(last_attended_on: date | None, *, as_of: date, months: TierMonths = USUAL) -> str:
    """``active`` below 6 months, ``slipping`` 6-12, ``dormant`` 12-24, ``long_lapsed`` 24-36, ``lost`` above.

    Those are the usual ``months``. ``never`` without any visit.
    """
    if last_attended_on is None:
        return "never"
    if as_of < add_months(last_attended_on, months.slipping):
        return "active"
    if as_of < add_months(last_attended_on, months.dormant):
        return "slipping"
    if as_of < add_months(last_attended_on, months.long_lapsed):
        return "dormant"
    if as_of <= add_months(last_attended_on, months.lost_after):
        return "long_lapsed"
    return "lost"


def is_new_again(last_attended_on: date | None, *, as_of: date) -> bool:
    """R-C143: over 36 months away: booked and billed as a new patient, and consent is looked at again."""
    return last_attended_on is not None and as_of > add_months(last_attended_on, NEW_AGAIN_AFTER_MONTHS)


def programme_of(tier: str) -> str:
    """R-C144: "recall" brings back who is due or just overdue; "reactivation" who has gone dormant.

    Whoever was never here has nothing to be reactivated: that is recall.
    """
    return "reactivation" if tier in ("dormant", "long_lapsed", "lost") else "recall"
