"""Liquid with its claws drawn: no loading, no undefined names, bounded loops and output."""

from collections.abc import Mapping
from functools import lru_cache

from liquid import BoundTemplate, Environment, StrictUndefined
from liquid.exceptions import LiquidError

# Tags that reach for other templates or keep state have no use in a message.
_UNWANTED_TAGS = ("include", "render", "increment", "decrement", "cycle", "ifchanged", "tablerow")


class _Bounded(Environment):
    loop_iteration_limit = 200
    output_stream_limit = 20_000
    local_namespace_limit = 20_000
    context_depth_limit = 10


def _environment(*, autoescape: bool) -> Environment:
    environment = _Bounded(undefined=StrictUndefined, autoescape=autoescape)
    for tag in _UNWANTED_TAGS:
        environment.tags.pop(tag, None)
    return environment


_PLAIN = _environment(autoescape=False)
_HTML = _environment(autoescape=True)


class BadLiquid(Exception):
    """The text is not Liquid as allowed here; ``line`` counts from 1. Trying again does not help."""

    permanent = True

    def __init__(self, line: int, reason: str) -> None:
        self.line = line
        self.reason = reason
        super().__init__(f"line {line}: {reason}")


@lru_cache(maxsize=1024)
def _parsed(source: str, html: bool) -> BoundTemplate:
    try:
        return (_HTML if html else _PLAIN).from_string(source)
    except LiquidError as error:
        raise BadLiquid(_line(error), str(error.message) or "does not parse") from None


def _line(error: LiquidError) -> int:
    place = error.context()
    return place[0] if place else 1


@lru_cache(maxsize=1024)
def names_used(source: str) -> frozenset[str]:
    """The values that a text asks for. Raises ``BadLiquid``."""
    return frozenset(_parsed(source, False).analyze().globals)


def fill(source: str, values: Mapping[str, object], *, html: bool = False) -> str:
    """The text with its values. Raises ``BadLiquid`` for bad syntax, unknown names and broken bounds; the
    reason never holds a value."""
    try:
        return _parsed(source, html).render(**dict(values))
    except LiquidError as error:
        raise BadLiquid(_line(error), str(error.message) or "does not render") from None
