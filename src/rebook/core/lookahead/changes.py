"""Another plan to look ahead at: what is changed beside the present one."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from rebook.core.capacity_policy import CapacitySettingsInvalid, capacity_policy

_CAMPAIGN = {"daily_limit": (0, 10_000), "holdout_percent": (0, 50)}
MOST_CAMPAIGNS = 200


class BadPlan(ValueError):
    """A plan to look ahead at cannot be read; the message names the field."""

    permanent = True
    is_for_people = True


@dataclass(frozen=True, slots=True)
class CampaignChange:
    """What is different about one campaign; None leaves it as it is. ``sequence_key`` is a pack's."""

    daily_limit: int | None = None
    holdout_percent: int | None = None
    sequence_key: str = ""
    is_left_out: bool = False


@dataclass(frozen=True, slots=True)
class Changes:
    """A plan: by campaign id what is different, and capacity settings laid over the practice's own."""

    name: str = "Present plan"
    campaigns: Mapping[int, CampaignChange] = field(default_factory=dict)
    capacity: Mapping[str, Any] = field(default_factory=dict)


def read_changes(value: Any, *, name: str = "Other plan") -> Changes:
    """From a plan file's content: ``name``, ``[capacity]`` and ``[campaign.<id>]`` tables.

    Raises ``BadPlan`` for what it does not know.
    """
    if not isinstance(value, Mapping):
        raise BadPlan("a plan is a table with 'campaign' and 'capacity'")
    unknown = sorted(set(value) - {"name", "campaign", "capacity"})
    if unknown:
        raise BadPlan(f"a plan knows no '{unknown[0]}'")
    campaigns, capacity = value.get("campaign", {}), value.get("capacity", {})
    if not isinstance(campaigns, Mapping) or len(campaigns) > MOST_CAMPAIGNS:
        raise BadPlan(f"campaign wants at most {MOST_CAMPAIGNS} tables, one for each campaign's number")
    try:
        capacity_policy({"capacity": capacity})
    except CapacitySettingsInvalid as error:
        raise BadPlan(str(error)) from None
    title = value.get("name", name)
    if not isinstance(title, str) or not 0 < len(title) <= 80:
        raise BadPlan("name wants at most 80 letters")
    return Changes(title, {_id(key): _campaign(key, one) for key, one in campaigns.items()}, dict(capacity))


def _id(key: Any) -> int:
    text = str(key)
    if not (text.isdecimal() and text.isascii()) or len(text) > 15:
        raise BadPlan(f"campaign.{text[:40]}: a campaign is named by its number")
    return int(text)


def _campaign(key: Any, value: Any) -> CampaignChange:
    if not isinstance(value, Mapping):
        raise BadPlan(f"campaign.{key} wants a table")
    unknown = sorted(set(value) - {*_CAMPAIGN, "sequence_key", "left_out"})
    if unknown:
        raise BadPlan(f"campaign.{key} knows no '{unknown[0]}'")
    for name, (least, most) in _CAMPAIGN.items():
        number = value.get(name)
        if number is not None and (
            isinstance(number, bool) or not isinstance(number, int) or not least <= number <= most
        ):
            raise BadPlan(f"campaign.{key}.{name} wants a whole number from {least} to {most:,}")
    sequence, left_out = value.get("sequence_key", ""), value.get("left_out", False)
    if not isinstance(sequence, str):
        raise BadPlan(f"campaign.{key}.sequence_key wants the name of a sequence")
    if not isinstance(left_out, bool):
        raise BadPlan(f"campaign.{key}.left_out wants true or false")
    return CampaignChange(value.get("daily_limit"), value.get("holdout_percent"), sequence, left_out)
