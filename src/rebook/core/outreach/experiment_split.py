"""Whether the arms of a test came out as evenly as they were drawn (sample-ratio mismatch).

A test whose arms differ in size by more than chance allows is broken somewhere between the draw and the
count, and its answer says nothing, however clear it looks.
"""

from collections.abc import Sequence
from dataclasses import dataclass

# A split so uneven happens by chance once in a thousand tests.
UNEVEN = 0.001


@dataclass(frozen=True, slots=True)
class Split:
    """``chance`` of a split at least so uneven where nothing is wrong, by Pearson's chi-square."""

    sizes: tuple[int, ...]
    chance: float

    @property
    def is_uneven(self) -> bool:
        return self.chance < UNEVEN


def split_of(sizes: Sequence[int]) -> Split:
    """The test of equal arms. Raises ``ValueError`` for fewer than two arms or a negative size."""
    if len(sizes) < 2 or min(sizes) < 0:
        raise ValueError("a split has two arms or more, each of 0 or more")
    # Takes a moment, and most of what imports this draws nobody.
    from scipy.special import chdtrc

    expected = sum(sizes) / len(sizes)
    if not expected:
        return Split(tuple(sizes), 1.0)
    distance = sum((size - expected) ** 2 for size in sizes) / expected
    return Split(tuple(sizes), float(chdtrc(len(sizes) - 1, distance)))
