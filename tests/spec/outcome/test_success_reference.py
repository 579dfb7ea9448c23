"""``docs/reference/success.md``: the definitions, and the stories that specify them, as one page."""

import os
from pathlib import Path

from rebook.core.outcome.success import SAYS, USUAL, choices, say
from support.success_rows import ROWS

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "success.md"


INTRO = """# What success is

Made from `core/outcome/success.py` and the stories of `tests/support/success_rows.py`; set
`REBOOK_WRITE_DOCS=1` and run `tests/spec/outcome` to make it anew.

One definition for each kind of reason to come back (Q-545 to Q-547). A campaign may ask for more, or for
it sooner, never for less; what it asks for is frozen with its launch. Contacted and left-out patients are
judged by the same event, from the day they were taken in.

| Reason | Counted | A campaign may ask for |
|---|---|---|
"""
STORIES = """
## By example

The window of these stories is 90 days; days count from being taken in. Version 1 is how plans from before
were counted.

| Definition | Story | Judged on day | Success on day |
|---|---|---|---|
"""


def page() -> str:
    kinds = []
    for kind, rule in USUAL.items():
        more = "; ".join(SAYS[one] for one in choices(kind) if one != rule.what)
        kinds.append(f"| `{kind}` | {say(rule)} | {more or '-'} |\n")
    stories = []
    for story, facts, on, met in ROWS:
        told = story.removeprefix("first: ")
        stories.append(f"| `{facts.rule.key}` | {told} | {on} | {'-' if met is None else met} |\n")
    return INTRO + "".join(kinds) + STORIES + "".join(stories)


def test_the_reference_page_is_what_the_tables_say():
    if os.environ.get("REBOOK_WRITE_DOCS"):
        PAGE.write_text(page(), encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == page()
