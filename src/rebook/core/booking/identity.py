"""The identity check before any detail (R-A107): the link, the date of birth, the postal code if on file."""

from dataclasses import dataclass
from datetime import date, timedelta

# R-A107.
WRONG_TRIES_ALLOWED = 5
LOCK_FOR = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class IdentityOnFile:
    birth_on: date | None
    postal_code: str


@dataclass(frozen=True, slots=True)
class GivenIdentity:
    """What the person typed; ``birth_on`` is None when it was no date at all."""

    birth_on: date | None
    postal_code: str = ""


def matches(given: GivenIdentity, on_file: IdentityOnFile) -> bool:
    """Whether both agree. Without a date of birth on file nothing ever does."""
    if on_file.birth_on is None or given.birth_on != on_file.birth_on:
        return False
    return not on_file.postal_code or postal_key(given.postal_code) == postal_key(on_file.postal_code)


def postal_key(text: str) -> str:
    """A postal code as people mean it: no blanks or hyphens, capitals, "02139-4307" is "02139"."""
    plain = "".join(character for character in text if character.isalnum()).upper()
    return plain[:5] if plain.isdigit() else plain
