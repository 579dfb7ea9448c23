"""How long away is long, for a practice with several specialties (R-C141)."""

from dataclasses import asdict

from .specialties import TIER_FIELDS, specialty, specialty_keys


def tier_months(pack_keys: tuple[str, ...]) -> dict[str, int]:
    """Months by the names of ``core.gaps.GapSettings``; of several packs the longest count.

    So no patient is given up by the briefest rhythm in the house. Empty without packs: the house's own.
    """
    known = set(specialty_keys())
    tiers = [asdict(specialty(one).tiers) for one in pack_keys if one in known]
    if not tiers:
        return {}
    longest = {name: max(each[name] for each in tiers) for name in TIER_FIELDS}
    # R-C140: away without any other reason counts from when a patient is dormant, 24 months for a dentist.
    return {**longest, "inactive_after_months": longest["dormant_months"]}
