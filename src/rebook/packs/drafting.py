"""A text that somebody is writing: its fields found in its words, and everything that speaks against it.

The same checks as for shipped texts, with long plausible values and with the fewest, so that what is
published is what could be sent.
"""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace

from rebook.core.outreach.liquid_text import BadLiquid, names_used
from rebook.core.outreach.message import RenderedMessage, Template, render
from rebook.core.outreach.message_html import Look

from .templates import CHANNELS, POSTCARD_FIELDS, known_fields, sms_allowed
from .written import template_of

CLOSED = frozenset({"phone", "portal"})
LONGEST = {"subject": 200, "button": 60, "body": 6000, "short_body": 1000}
# What every e-mail of a campaign carries (R-A171, R-B14).
EMAIL_CARRIES = ("postal_address", "unsubscribe_url")
_ASKED_FIRST = re.compile(r"\{%-?\s*(?:if|elsif|unless)\s+([a-z_]+)")


@dataclass(frozen=True, slots=True)
class Draft:
    """What a writer typed for one place; ``channel`` is a kind of channel or "postcard"."""

    key: str
    channel: str
    language: str
    variant: str = ""
    subject: str = ""
    body: str = ""
    short_body: str = ""
    button: str = ""
    purpose: str = "treatment_recall"
    role: str = "recall"
    is_generic: bool = False
    review: str = "draft"


@dataclass(frozen=True, slots=True)
class DraftCheck:
    """``template`` is None while the text cannot be read at all; ``longest`` is it with long values."""

    template: Template | None
    problems: tuple[str, ...]
    warnings: tuple[str, ...] = ()
    longest: RenderedMessage | None = None

    @property
    def may_be_published(self) -> bool:
        return self.template is not None and not self.problems


def fields_in(texts: Iterable[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(required, optional) fields of these texts: optional is what they ask about before they use it.

    Raises ``BadLiquid``.
    """
    used: set[str] = set()
    asked: set[str] = set()
    for text in texts:
        used |= names_used(text)
        asked |= set(_ASKED_FIRST.findall(text))
    return tuple(sorted(used - asked)), tuple(sorted(used & asked))


def fields_for(channel: str) -> tuple[tuple[str, str], ...]:
    """(name, meaning) of the fields that a text for this channel may use."""
    return tuple(
        (name, str(spec["meaning"]))
        for name, spec in known_fields().items()
        if (channel in CLOSED or spec["class"] == "open")
        and (channel != "postcard" or name in POSTCARD_FIELDS)
        and (channel == "email" or name != "unsubscribe_url")
    )


def check_draft(draft: Draft, *, look: Look | None = None, own_hosts: Collection[str] = ()) -> DraftCheck:
    """Read and check a draft; its links may lead to ``own_hosts``. Never raises for what it holds."""
    too_long = [
        f"too_long: {name.replace('_', ' ')} has more than {most} letters"
        for name, most in LONGEST.items()
        if len(getattr(draft, name)) > most
    ]
    if draft.channel not in CHANNELS or too_long:
        return DraftCheck(None, tuple(too_long) or ("wrong_channel: there is no such channel",))
    try:
        required, optional = fields_in((draft.subject, draft.body, draft.short_body))
    except BadLiquid as bad:
        return DraftCheck(None, (f"bad_template: line {bad.line}: {bad.reason}",))
    unknown = [name for name in (*required, *optional) if name not in known_fields()]
    if unknown:
        return DraftCheck(None, tuple(f"unknown_field: there is no field '{name}'" for name in unknown))
    template = template_of(draft, required=required, optional=optional, look=look, own_hosts=own_hosts)
    problems = [*_misplaced(template), *_shown_to_all(template)]
    every = replace(template, fields=tuple(replace(one, is_required=True) for one in template.fields))
    longest = {one.name: one.longest for one in template.fields}
    full = render(every, longest)
    shown = [full, render(template, {f.name: f.longest for f in template.fields if f.is_required})]
    if template.short_body:
        shown.append(render(replace(every, body=template.short_body), longest))
    problems += [problem for one in shown for problem in one.problems]
    warnings = [warning for one in shown for warning in one.warnings]
    is_campaigns = template.channel == "sms" and template.role == "recall"
    if is_campaigns and all(one.segments > sms_allowed(one) for one in shown):
        problems.append("too_long: does not fit one SMS with long values, and has no short wording that does")
    return DraftCheck(template, tuple(dict.fromkeys(problems)), tuple(dict.fromkeys(warnings)), full)


def _misplaced(template: Template) -> Iterator[str]:
    """Fields that this channel cannot take (R-A99)."""
    for one in template.fields:
        if template.place not in CLOSED and one.field_class == "clinical":
            yield f"clinical_field: {one.name} may not go where others read"
        if template.form and one.name not in POSTCARD_FIELDS:
            yield f"not_on_a_postcard: {one.name} may not stand on a card that everybody reads"


def _shown_to_all(template: Template) -> Iterator[str]:
    names = {one.name for one in template.fields}
    if template.channel == "email" and template.role == "recall":
        for name in EMAIL_CARRIES:
            if name not in names:
                yield f"missing_field: every e-mail of a campaign carries {{{{ {name} }}}}"
