"""The Jinja2 environment of our own pages."""

from typing import Any

from django.templatetags.static import static
from django.urls import reverse
from jinja2 import Environment, StrictUndefined


def environment(**options: Any) -> Environment:
    """An environment that escapes, and fails on a missing name instead of leaving a hole in the page."""
    env = Environment(**{**options, "undefined": StrictUndefined, "autoescape": True})  # noqa: S701
    env.globals.update(static=static, url=reverse)
    return env
