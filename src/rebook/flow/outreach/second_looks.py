"""What a person answers before a text is signed: sentences that no list forbids and that want a second look.

A text that was shipped was read when it was written: nobody is asked again. In what the practice writes, each
sentence that reads like pressure, blame, an offer or somebody's health is shown, and no signature is taken
without a named person's word why it may stay (R-E51, R-E52, R-A196).
"""

from collections.abc import Collection
from datetime import datetime
from functools import lru_cache

from rebook.accounts import audit
from rebook.core.outreach.lint_findings import Finding
from rebook.core.outreach.lint_template import TemplateReport, lint_template
from rebook.core.outreach.message import Template
from rebook.packs.outreach import templates
from rebook.packs.second_looks import second_look

LONGEST_ANSWER = 300


def checked(template: Template, *, own_hosts: Collection[str] = ()) -> TemplateReport:
    """Everything that is wrong with a text, and what wants a second look."""
    return _checked(template, frozenset(own_hosts), is_shipped(template))


@lru_cache(maxsize=4096)
def _checked(template: Template, own_hosts: frozenset[str], is_shipped: bool) -> TemplateReport:
    """Pages check every text of a campaign each time they are opened, and the same text gives the same."""
    asked = None if is_shipped else second_look(template.language)
    return lint_template(template, own_hosts=own_hosts, second_look=asked)


def is_shipped(template: Template) -> bool:
    """Whether it stands, word for word, as it came with the product."""
    shipped = templates().get((template.key, template.place, template.language))
    return shipped is not None and shipped.content_hash == template.content_hash


def note_answer(
    organisation_id: int,
    template: Template,
    looks: Collection[Finding],
    answer: str,
    *,
    now: datetime,
    actor: str,
) -> None:
    """Write down who looked again, at what kinds of thing, and why the words stay. To be called inside the
    transaction of the signature."""
    audit.append(
        organisation_id=organisation_id,
        now=now,
        actor=actor,
        action="template.second_look",
        subject_kind="template",
        subject_id=template.key[:64],
        detail={
            "language": template.language,
            "channel": template.place,
            "hash": template.content_hash,
            "rules": sorted({one.rule for one in looks}),
            "places": len(looks),
            "answer": answer.strip()[:LONGEST_ANSWER],
        },
    )
