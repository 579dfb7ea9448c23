"""What a clinic may set about finding gaps, with the house's defaults."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from .codes import NO_CODES, CodeSets
from .definition import GapDefinition
from .pending import PendingRule
from .tiers import DORMANT_MONTHS, LONG_LAPSED_MONTHS, LOST_AFTER_MONTHS, SLIPPING_MONTHS, TierMonths


class SettingInvalid(ValueError):
    """A setting that is unknown or out of range. Trying again does not help."""

    permanent = True


@dataclass(frozen=True, slots=True)
class GapSettings:
    # R-C124: a recommended return should be booked within a week of the recommendation.
    follow_up_book_within_days: int = 7
    follow_up_grace_days: int = 14
    # R-C122: 24-48 hours after a patient cancelled; R-C123: the same day when the clinic did.
    cancelled_grace_days: int = 2
    clinic_cancelled_grace_days: int = 0
    # R-C121.
    no_show_grace_days: int = 1
    # Older cancellations and no-shows of somebody who has been here are no longer a reason of their own.
    broken_window_days: int = 365
    # R-C140, R-C141.
    inactive_after_months: int = 12
    slipping_months: int = SLIPPING_MONTHS
    dormant_months: int = DORMANT_MONTHS
    long_lapsed_months: int = LONG_LAPSED_MONTHS
    lost_after_months: int = LOST_AFTER_MONTHS
    # A patient's own rhythm: how many intervals make one (0 switches it off), how long between two visits
    # is no longer one series, and how much later than usual is later.
    rhythm_intervals: int = 3
    rhythm_series_days: int = 14
    rhythm_late_days: int = 14
    # R-A157, R-C147: nobody with one of these words is recalled for anything (packs.exclusions).
    excluded_words: frozenset[str] = frozenset()
    # (definition key, content hash) of what clinicians of this organisation have signed.
    signed: frozenset[tuple[str, str]] = frozenset()
    # What to do about things begun and not finished; empty: nothing.
    pending: tuple[PendingRule, ...] = ()
    # The value sets that the practice supplies, as far as its rules name them.
    value_sets: CodeSets = NO_CODES

    @property
    def tiers(self) -> TierMonths:
        return TierMonths(
            self.slipping_months, self.dormant_months, self.long_lapsed_months, self.lost_after_months
        )

    def runs(self, definition: GapDefinition) -> bool:
        """Whether the rule may find anybody: from class 3 on only a signed one (R-C1)."""
        if not definition.blocks_unsigned or definition.signed_off_by:
            return True
        # The hash is worked out only where there is a signature to compare it with.
        return bool(self.signed) and (definition.key, definition.content_hash) in self.signed

    def is_signed(self, key: str, content_hash: str, signed_off_by: str = "") -> bool:
        """A clinician of this organisation, or the pack itself, stands for this very content."""
        return bool(signed_off_by) or (key, content_hash) in self.signed


def read_settings(
    values: Mapping[str, Any],
    *,
    signed: frozenset[tuple[str, str]] = frozenset(),
    pending: tuple[PendingRule, ...] = (),
    value_sets: CodeSets = NO_CODES,
) -> GapSettings:
    """The organisation's ``settings["gaps"]`` as values; what is left out has the house's default.

    Raises ``SettingInvalid`` for an unknown name, a number that is not a whole one from 0 to 3650, or tiers
    that do not ascend. ``pending``: the rules of ``packs.operational``; ``value_sets``: what the rules name.
    """
    known = {one.name for one in fields(GapSettings)} - {"signed", "pending", "value_sets"}
    for name, value in values.items():
        if name not in known:
            raise SettingInvalid(f"gaps: there is no setting '{name}'")
        if name == "excluded_words":
            if not isinstance(value, list | tuple) or not all(isinstance(one, str) for one in value):
                raise SettingInvalid("gaps: excluded_words wants a list of words")
        elif not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= 3650:
            raise SettingInvalid(f"gaps: {name} wants a whole number from 0 to 3650")
    given = dict(values)
    if "excluded_words" in given:
        given["excluded_words"] = frozenset(given["excluded_words"])
    settings = GapSettings(**given, signed=signed, pending=pending, value_sets=value_sets)
    if not settings.tiers.ascend:
        raise SettingInvalid("gaps: slipping, dormant, long_lapsed and lost_after months want to ascend")
    return settings
