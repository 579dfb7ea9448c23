"""The picture of what was won back, for the pages that show it."""

from functools import lru_cache

from rebook.core.measure import Won
from rebook.flow import measure
from rebook.web.words import words


@lru_cache(maxsize=64)
def won_picture(won: tuple[Won, ...]) -> str:
    """One SVG element, or "" where there is nothing to show. Drawing costs more than counting."""
    svg = measure.won_chart(won, label=lambda kind: words(kind, "gap"))
    return svg[svg.index("<svg") :] if svg else ""
