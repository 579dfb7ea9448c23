"""The words that go out: one template and one patient's fields in, a message or its problems out.

A message with problems is never sent: ``problems`` goes into ``GuardSubject.message_problems`` and the
guard refuses. Missing values refuse (R-D8), clinical fields never enter an open channel (R-A196, R-A99).
"""

import hashlib
import json
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Literal
from urllib.parse import urlsplit

from rebook.core.channel import ChannelKind
from rebook.core.outreach.lint import TemplateRole, Text, Wording, check, value_problems
from rebook.core.outreach.liquid_text import BadLiquid, fill, names_used
from rebook.core.outreach.message_html import Look, html_part
from rebook.core.outreach.segments import plain, segments

FieldClass = Literal["open", "clinical"]
Form = Literal["", "postcard"]

# Fields that hold an address; only these may.
LINK_FIELDS = frozenset({"link", "unsubscribe_url"})


@dataclass(frozen=True, slots=True)
class TemplateField:
    """A value that a template may use. ``longest`` is a plausible long value, for measuring."""

    name: str
    field_class: FieldClass = "open"
    is_required: bool = True
    longest: str = ""
    # Values that name people, places and numbers: not searched for banned words.
    is_name: bool = False


@dataclass(frozen=True, slots=True)
class Template:
    """Text for one key, channel and language. Subject, body and short body are Liquid.

    ``is_generic`` marks words that fit sensitive patients (R-A140). ``status`` is "draft" (a person wrote it,
    approving it is its review), "human_reviewed", or "machine", which never goes out (R-A161). ``button`` is
    the wording of the link in the HTML part. ``short_body`` serves where the body overflows one SMS (R-D7).
    ``variant`` is a test arm ("" the main text), ``form`` "postcard" for a letter that travels open.
    """

    key: str
    channel: ChannelKind
    language: str
    body: str
    subject: str = ""
    button: str = ""
    purpose: str = "treatment_recall"
    role: TemplateRole = "recall"
    is_generic: bool = False
    status: str = "draft"
    fields: tuple[TemplateField, ...] = ()
    wording: Wording = field(default_factory=lambda: Wording(language="en"), repr=False)
    short_body: str = ""
    variant: str = ""
    form: Form = ""
    look: Look | None = field(default=None, repr=False)
    # Where links in its words may lead beside the link fields: the practice's own pages (R-A91).
    own_hosts: frozenset[str] = frozenset()

    @property
    def place(self) -> str:
        """The channel by which the library keeps it: "postcard" for a letter that travels open."""
        return self.form or self.channel

    @property
    def content_hash(self) -> str:
        """SHA-256 over all that a reader would see or a field may show; any change voids an approval."""
        fields = sorted((f.name, f.field_class, f.is_required) for f in self.fields)
        seen: list[object] = [self.key, self.channel, self.language, self.subject, self.body, self.button]
        look = (self.look or Look()).content if self.channel == "email" else ""
        seen += [self.purpose, self.role, self.is_generic, look, self.short_body, self.form]
        return hashlib.sha256(json.dumps([seen, fields], ensure_ascii=False).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class RenderedMessage:
    """What would go out. ``problems`` forbid it; ``warnings`` are for the writer.

    ``segments`` and ``encoding`` are those of an SMS; 0 and "" elsewhere. ``body_html`` is for e-mail only.
    ``length`` says which wording was taken, "long" or "short".
    """

    subject: str
    body: str
    body_html: str
    segments: int
    encoding: str
    problems: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    length: str = "long"

    @property
    def is_sendable(self) -> bool:
        return not self.problems


def render(
    template: Template,
    fields: Mapping[str, str],
    *,
    channel: ChannelKind | None = None,
    language: str | None = None,
    channel_is_open: bool | None = None,
    own_hosts: Collection[str] = (),
) -> RenderedMessage:
    """Fill a template for one patient and check the result. Never raises for what a value or text holds.

    ``fields``: text by field name, formatted for the language; further names are ignored. ``channel`` and
    ``language`` are what the attempt wants; a template made for another is a problem. A channel is open
    unless it is a call or said not to be. Links may lead where the link fields lead, to the
    template's own hosts, and to ``own_hosts``.
    An SMS that overflows one segment is tried again with its short body, then without its optional names
    (R-D7); values are written in GSM-7 letters where the template is ("María" goes as "Maria", R-D3).
    """
    is_open = template.channel not in ("phone", "portal") if channel_is_open is None else channel_is_open
    problems = _misuse(template, channel, language, is_open)
    values, missing = _values(template, fields)
    problems += missing
    problems += value_problems({k: v for k, v in values.items() if v is not None}, links=LINK_FIELDS)
    if problems:
        return RenderedMessage("", "", "", 0, "", tuple(problems))
    try:
        hosts = _hosts(values, {*template.own_hosts, *own_hosts})
        message = _filled(template, values, is_open, hosts)
        return message if message.segments <= 1 else _shortened(template, values, is_open, hosts, message)
    except BadLiquid as bad:
        return RenderedMessage("", "", "", 0, "", (f"bad_template: {bad}",))


def _hosts(values: Mapping[str, str | None], own_hosts: Collection[str]) -> frozenset[str]:
    """Where the links of this message may lead: where its link fields do, and to the practice's own pages."""
    given = (_host(value) for name in LINK_FIELDS if (value := values.get(name)))
    return frozenset((*(host for host in given if host), *own_hosts))


def _host(address: str) -> str:
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""


def _shortened(
    template: Template,
    values: dict[str, str | None],
    is_open: bool,
    hosts: frozenset[str],
    message: RenderedMessage,
) -> RenderedMessage:
    """The first wording that takes fewer SMS: the short body, then either without its optional names."""
    bare = _without_optional_names(template, values)
    tries = [(template, bare)]
    if template.short_body:
        short = replace(template, body=template.short_body)
        tries = [(short, values), (template, bare), (short, bare)]
    best = message
    for text, given in tries:
        found = _filled(text, given, is_open, hosts)
        if found.segments < best.segments:
            best = replace(found, length="long" if text is template else "short")
        if best.segments == 1:
            break
    return best


def _misuse(
    template: Template, channel: ChannelKind | None, language: str | None, is_open: bool
) -> list[str]:
    problems: list[str] = []
    if channel is not None and channel != template.channel:
        problems.append(f"wrong_channel: made for {template.channel}, not {channel}")
    if language is not None and language.partition("-")[0] != template.language.partition("-")[0]:
        problems.append(f"wrong_language: made for {template.language}, not {language}")
    if template.status == "machine":
        problems.append("not_reviewed: a machine's translation was not reviewed by a person")
    if is_open:
        clinical = sorted(f.name for f in template.fields if f.field_class == "clinical")
        problems += [f"clinical_field: {name} may not go where others read" for name in clinical]
    return problems


def _values(template: Template, fields: Mapping[str, str]) -> tuple[dict[str, str | None], list[str]]:
    """Values by field (None for an optional one without), and what is missing."""
    values: dict[str, str | None] = {}
    missing: list[str] = []
    for spec in template.fields:
        value = unicodedata.normalize("NFC", str(fields.get(spec.name) or "").strip())
        if template.channel == "sms" and spec.name not in LINK_FIELDS and _is_gsm(template.body):
            value = plain(value)
        values[spec.name] = value or None
        if not value and spec.is_required:
            missing.append(f"missing_value: {spec.name}")
    return values, missing


@lru_cache(maxsize=1024)
def _is_gsm(body: str) -> bool:
    return segments(body).encoding == "gsm7"


def _without_optional_names(template: Template, values: dict[str, str | None]) -> dict[str, str | None]:
    optional = {f.name for f in template.fields if f.is_name and not f.is_required}
    return {name: None if name in optional else value for name, value in values.items()}


def _filled(
    template: Template, values: Mapping[str, str | None], is_open: bool, hosts: frozenset[str]
) -> RenderedMessage:
    body = unicodedata.normalize("NFC", fill(template.body, values)).strip()
    subject = unicodedata.normalize("NFC", fill(template.subject, values)).strip()
    names = tuple(v for f in template.fields if f.is_name and (v := values.get(f.name)))
    text = Text(
        body=body,
        channel=template.channel,
        role=template.role,
        practice_name=values.get("practice_name") or "",
        subject=subject,
        names=names,
        service_links=tuple(v for v in [values.get("unsubscribe_url")] if v),
        phone=values.get("practice_phone") or "",
        is_open=is_open,
        own_hosts=hosts,
        purpose=template.purpose,
        is_generic=template.is_generic,
    )
    found = check(text, template.wording)
    size = segments(body) if template.channel == "sms" else None
    return RenderedMessage(
        subject=subject,
        body=body,
        body_html=_html(template, body, subject, values) if template.channel == "email" else "",
        segments=size.count if size else 0,
        encoding=size.encoding if size else "",
        problems=found.problems,
        warnings=found.warnings,
    )


def _html(template: Template, body: str, subject: str, values: Mapping[str, str | None]) -> str:
    return html_part(
        body=body,
        subject=subject,
        button=template.button,
        language=template.language,
        practice_name=values.get("practice_name") or "",
        look=template.look,
    )


def free_text(
    body: str,
    *,
    channel: ChannelKind,
    wording: Wording,
    practice_name: str,
    own_hosts: Collection[str] | None = None,
) -> RenderedMessage:
    """A text that a member of staff typed, through the checks of a service message: it need not offer an
    end or a next step, but names the practice on an open channel and says nothing clinical there. Its links
    lead to ``own_hosts``; None leaves that unchecked."""
    text = unicodedata.normalize("NFC", body).strip()
    is_open = channel not in ("phone", "portal")
    subject = practice_name if channel == "email" else ""
    hosts = None if own_hosts is None else frozenset(own_hosts)
    checked = Text(
        text,
        channel,
        "service",
        practice_name,
        subject,
        (practice_name,),
        is_open=is_open,
        own_hosts=hosts,
    )
    found = check(checked, wording)
    size = segments(text) if channel == "sms" else None
    html = ""
    if channel == "email":
        html = html_part(body=text, subject=subject, button="", language=wording.language)
    count, encoding = (size.count, size.encoding) if size else (0, "")
    return RenderedMessage(subject, text, html, count, encoding, found.problems, found.warnings)


def undeclared(template: Template) -> tuple[str, ...]:
    """Names that subject and body use without a field, and fields that nothing uses. Raises ``BadLiquid``."""
    used = names_used(template.body) | names_used(template.subject) | names_used(template.short_body)
    declared = {f.name for f in template.fields}
    return tuple(sorted(used ^ declared))
