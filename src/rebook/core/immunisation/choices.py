"""What the clinic chose about immunisation: whose schedule for each vaccine group, and its registry."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from .review import Authority, ReviewSettings

MOST_GRACE_DAYS: Final = 365
_KNOWN: Final = frozenset({"authorities", "loaded", "registry_source", "grace_days"})


class ChoiceInvalid(ValueError):
    """A choice that is unknown or out of range. Trying again does not help."""

    permanent = True
    is_for_people = True


@dataclass(frozen=True, slots=True)
class Choices:
    """``loaded`` is whose schedule the files are; ``registry_source`` the source that is the registry."""

    authorities: Mapping[str, Authority] = field(default_factory=dict)
    loaded: Authority = Authority.CDC
    registry_source: str = ""
    grace_days: int = 28

    @property
    def settings(self) -> ReviewSettings:
        return ReviewSettings(self.authorities, loaded=self.loaded, grace_days=self.grace_days)

    def stored(self) -> dict[str, Any]:
        """As the organisation's settings keep it; ``read_choices`` reads it again."""
        return {
            "authorities": {group: one.value for group, one in sorted(self.authorities.items())},
            "loaded": self.loaded.value,
            "registry_source": self.registry_source,
            "grace_days": self.grace_days,
        }


def read_choices(values: Mapping[str, Any]) -> Choices:
    """The organisation's ``settings["immunisation"]``; nothing is chosen where nothing is stored (R-C30).

    Raises ChoiceInvalid for an unknown name, an authority other than AAP, CDC, state, or days out of range.
    """
    if unknown := sorted(set(values) - _KNOWN):
        raise ChoiceInvalid(f"vaccines: there is no setting '{unknown[0]}'")
    authorities = values.get("authorities", {})
    if not isinstance(authorities, Mapping):
        raise ChoiceInvalid("vaccines: an authority is wanted for each vaccine group")
    days = values.get("grace_days", 28)
    if not isinstance(days, int) or isinstance(days, bool) or not 0 <= days <= MOST_GRACE_DAYS:
        raise ChoiceInvalid(f"days of grace: a whole number from 0 to {MOST_GRACE_DAYS} is wanted")
    return Choices(
        authorities={group: _authority(one) for group, one in authorities.items()},
        loaded=_authority(values.get("loaded", Authority.CDC.value)),
        registry_source=str(values.get("registry_source", "")),
        grace_days=days,
    )


def _authority(word: object) -> Authority:
    for one in Authority:
        if word == one.value:
            return one
    raise ChoiceInvalid("vaccines: an authority is one of AAP, CDC, state")
