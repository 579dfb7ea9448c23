"""The Jinja2 environment of our own pages."""

from typing import Any

from django.templatetags.static import static
from django.urls import reverse
from jinja2 import Environment, StrictUndefined
from jinja2_fragments import setup_globals

from rebook.web import campaign_words, reason_words, say, words


def environment(**options: Any) -> Environment:
    """An environment that escapes, and fails on a missing name instead of leaving a hole in the page."""
    env = Environment(  # noqa: S701 - it is on, below
        **{
            **options,
            "autoescape": True,
            "undefined": StrictUndefined,
            "trim_blocks": True,
            "lstrip_blocks": True,
        }
    )
    env.globals.update(static=static, url=_address)
    env.filters.update(say.FILTERS)
    env.filters.update(words.FILTERS)
    env.filters.update(reason_words.FILTERS)
    env.filters.update(campaign_words.FILTERS)
    setup_globals(env)
    return env


def _address(name: str, *args: Any, **query: Any) -> str:
    """``url("patient", 7, tab="x")``: the address of a page, further names becoming its query."""
    known = {key: value for key, value in query.items() if value not in (None, "")}
    return reverse(name, args=args, query=known or None)
