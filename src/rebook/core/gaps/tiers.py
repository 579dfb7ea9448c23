"""How long a patient has been away (R-C141)."""

from datetime import date

from .dates import add_months

TIERS = ("active", "slipping", "dormant", "long_lapsed", "lost", "never")
# Months since the last completed visit at which the next tier begins; "lost" begins a day after 36.
SLIPPING_MONTHS, DORMANT_MONTHS, LONG_LAPSED_MONTHS, LOST_AFTER_MONTHS = 6, 12, 24, 36


def tier_of(last_attended_on: date | None, *, as_of: date) -> str:
    """``active`` below 6 months, ``slipping`` 6-12, ``dormant`` 12-24, ``long_lapsed`` 24-36, ``lost`` above.

    ``never`` without any visit.
    """
    if last_attended_on is None:
        return "never"
    if as_of < add_months(last_attended_on, SLIPPING_MONTHS):
        return "active"
    if as_of < add_months(last_attended_on, DORMANT_MONTHS):
        return "slipping"
    if as_of < add_months(last_attended_on, LONG_LAPSED_MONTHS):
        return "dormant"
    if as_of <= add_months(last_attended_on, LOST_AFTER_MONTHS):
        return "long_lapsed"
    return "lost"
