"""How e-mails look: ``house/looks/<name>.mjml``, compiled once into HTML that a message only fills.

The MJML holds the placeholders of ``core.outreach.message_html.Look``; what is compiled must ask nobody for
anything: no picture, font or style from elsewhere (R-A104).
"""

import re
from functools import cache
from pathlib import Path

import mrml

from rebook.core.outreach.liquid_text import BadLiquid, names_used
from rebook.core.outreach.message_html import Look

from .loader import PACKS, PackError, PackInvalid

FOLDER = PACKS / "house" / "looks"
DEFAULT = "plain"
_VALUES = {"parts", "subject", "language", "dir", "align", "practice_name", "colour", "logo"}
# What a mail program would fetch. Links in the text come from placeholders.
_FETCHED = re.compile(
    r"""(?:src|href|background)\s*=\s*["'](?!\{\{)[^"'#]|url\(|@import|<script|<link|<iframe""", re.IGNORECASE
)


def looks() -> tuple[str, ...]:
    """The names of the layouts that come with Rebook."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.mjml")))


@cache
def default_look() -> Look:
    """The layout of a practice that has chosen none."""
    return look_named(DEFAULT)


@cache
def look_named(name: str) -> Look:
    """The layout of that name, compiled. Raises ``PackInvalid`` for one there is not."""
    if name not in looks():
        raise PackInvalid([PackError(f"house/looks/{name}.mjml", 0, "", "there is no such layout")])
    return read_look(FOLDER / f"{name}.mjml")


def read_look(path: Path) -> Look:
    """Compile one layout. Raises ``PackInvalid``: no MJML, bad Liquid, unknown value, something to fetch."""
    source = path.read_text(encoding="utf-8")
    try:
        # No fonts: the ones that MJML knows come from another server.
        html = _smaller(mrml.to_html(source, render_options=mrml.RenderOptions(fonts={})).content)
    except Exception as error:
        raise PackInvalid([PackError(path.name, 1, "", f"is not MJML: {error}")]) from None
    problems: list[str] = []
    try:
        strays = sorted(names_used(html) - _VALUES)
        problems += [f"asks for an unknown value {name}" for name in strays]
    except BadLiquid as bad:
        problems.append(bad.reason)
    if found := _FETCHED.search(html):
        problems.append(f"asks another server for something: {found.group()}")
    if "part.lines" not in html or "part.href" not in html:
        problems.append("does not show every part of the text")
    if problems:
        raise PackInvalid([PackError(path.name, 1, "", problem) for problem in problems])
    return Look(key=path.stem, html=html)


def _smaller(html: str) -> str:
    """Without blanks between lines, which every message would carry."""
    return re.sub(r"\n\s*", "\n", html).strip()
