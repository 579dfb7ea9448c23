"""A template checked before anybody gets it: filled with long plausible values, and with the fewest.

What every message of it would be told is told once, with the text it was found in.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from rebook.core.outreach.lint import Text, check
from rebook.core.outreach.lint_findings import Finding
from rebook.core.outreach.message import LINK_FIELDS, Template, render
from rebook.core.outreach.second_look import SecondLook


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of the text; ``finding`` is what is wrong with it, None where nothing is."""

    words: str
    finding: Finding | None = None


@dataclass(frozen=True, slots=True)
class TemplateReport:
    """``shown`` is subject, a line break and the body, filled with long values; ``findings`` those of it and
    of the one with the fewest values; ``others`` what kept it from being filled at all."""

    shown: str
    findings: tuple[Finding, ...]
    others: tuple[str, ...] = ()
    segments: int = 0

    @property
    def problems(self) -> tuple[Finding, ...]:
        return tuple(one for one in self.findings if one.is_problem)

    @property
    def warnings(self) -> tuple[Finding, ...]:
        return tuple(one for one in self.findings if one.severity == "warning")

    @property
    def looks(self) -> tuple[Finding, ...]:
        """What a person reads again and answers before signing."""
        return tuple(one for one in self.findings if one.is_look)

    @property
    def spans(self) -> tuple[Span, ...]:
        """The text in pieces, the first finding at each place marked; an empty subject left out."""
        found = marked(self.shown, self.findings)
        if found and found[0].finding is None and found[0].words.startswith("\n"):
            return (Span(found[0].words[1:]), *found[1:])
        return found


def lint_template(
    template: Template, *, own_hosts: Collection[str] = (), second_look: SecondLook | None = None
) -> TemplateReport:
    """What is wrong with a template as its longest and its shortest message would show; with ``second_look``
    also which sentences want one."""
    every = {field.name: field.longest for field in template.fields}
    fewest = {field.name: field.longest for field in template.fields if field.is_required}
    all_required = replace(template, fields=tuple(replace(f, is_required=True) for f in template.fields))
    long, findings = _filled(all_required, every, own_hosts, second_look)
    short, more = _filled(template, fewest, own_hosts, second_look)
    known = {(one.rule, one.words) for one in findings}
    # Places are those of the long one; what only the short one shows has none there.
    findings += [replace(one, start=-1) for one in more if (one.rule, one.words) not in known]
    if not long.strip() and not short.strip():
        message = render(template, every, own_hosts=own_hosts)
        return TemplateReport("", (), message.problems)
    size = render(all_required, every, own_hosts=own_hosts).segments
    return TemplateReport(long or short, tuple(findings), (), size)


def _filled(
    template: Template,
    values: Mapping[str, str],
    own_hosts: Collection[str],
    second_look: SecondLook | None,
) -> tuple[str, list[Finding]]:
    message = render(template, values, own_hosts=own_hosts)
    if not message.body and not message.subject:
        return "", []
    hosts = {urlsplit(value).hostname or "" for name in LINK_FIELDS if (value := values.get(name, ""))}
    text = Text(
        body=message.body,
        channel=template.channel,
        role=template.role,
        practice_name=values.get("practice_name", ""),
        subject=message.subject,
        names=tuple(values[f.name] for f in template.fields if f.is_name and values.get(f.name)),
        service_links=tuple(one for one in [values.get("unsubscribe_url", "")] if one),
        phone=values.get("practice_phone", ""),
        is_open=template.channel not in ("phone", "portal"),
        own_hosts=frozenset({*hosts, *template.own_hosts, *own_hosts}),
        purpose=template.purpose,
        is_generic=template.is_generic,
        is_card=template.form == "postcard",
    )
    return f"{message.subject}\n{message.body}", list(check(text, template.wording, second_look).found)


def marked(text: str, findings: Iterable[Finding]) -> tuple[Span, ...]:
    """The text in pieces; joined again it is the text. Where findings overlap the first one has the place."""
    spans: list[Span] = []
    at = 0
    placed = sorted((one for one in findings if one.start >= 0 and one.words), key=lambda one: one.start)
    for one in placed:
        end = one.start + len(one.words)
        if one.start < at or text[one.start : end] != one.words:
            continue
        if one.start > at:
            spans.append(Span(text[at : one.start]))
        spans.append(Span(one.words, one))
        at = end
    return (*spans, Span(text[at:])) if at < len(text) else tuple(spans)
