"""The words that go out: one template and one patient's fields in, a message or its problems out.

A message with problems is never sent: ``problems`` goes into ``GuardSubject.message_problems`` and the
guard refuses. Missing values refuse (R-D8), clinical fields never enter an open channel (R-A196, R-A99).
"""

import hashlib
import json
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

from rebook.core.channel import ChannelKind
from rebook.core.outreach.lint import TemplateRole, Text, Wording, check, value_problems
from rebook.core.outreach.liquid_text import BadLiquid, fill, names_used
from rebook.core.outreach.segments import plain, segments

FieldClass = Literal["open", "clinical"]

# Fields that hold an address; only these may.
LINK_FIELDS = frozenset({"link", "unsubscribe_url"})

# The HTML part is made from the text part, so nobody can approve one and send another.
_HTML_LAYOUT = """<!doctype html>
<html lang="{{ language }}"><head><meta charset="utf-8"><title>{{ subject }}</title></head>
<body style="margin:0;padding:24px;background:#f6f7f9;color:#1f2933;font:16px/1.5 sans-serif">
<div style="max-width:560px;margin:0 auto;padding:24px;background:#ffffff;border-radius:8px">
{% for part in parts %}{% if part.href %}<p style="margin:24px 0"><a href="{{ part.href }}" \
style="display:inline-block;padding:12px 20px;background:#1c5d99;color:#ffffff;text-decoration:none;\
border-radius:6px">{{ part.words }}</a></p>
{% else %}<p style="margin:0 0 16px">{% for line in part.lines %}{{ line }}\
{% unless forloop.last %}<br>{% endunless %}{% endfor %}</p>
{% endif %}{% endfor %}</div></body></html>
"""


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
    """Text for one key, channel and language. Subject and body are Liquid.

    ``is_generic`` marks words that fit sensitive patients (R-A140). ``status`` is "draft" (a person wrote it,
    approving it is its review), "human_reviewed", or "machine", which never goes out (R-A161). ``button`` is
    the wording of the link in the HTML part.
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

    @property
    def content_hash(self) -> str:
        """SHA-256 over all that a reader would see or a field may show; any change voids an approval."""
        fields = sorted((f.name, f.field_class, f.is_required) for f in self.fields)
        seen: list[object] = [self.key, self.channel, self.language, self.subject, self.body, self.button]
        seen += [self.purpose, self.role, self.is_generic, _HTML_LAYOUT if self.channel == "email" else ""]
        return hashlib.sha256(json.dumps([seen, fields], ensure_ascii=False).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class RenderedMessage:
    """What would go out. ``problems`` forbid it; ``warnings`` are for the writer.

    ``segments`` and ``encoding`` are those of an SMS; 0 and "" elsewhere. ``body_html`` is for e-mail only.
    """

    subject: str
    body: str
    body_html: str
    segments: int
    encoding: str
    problems: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

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
) -> RenderedMessage:
    """Fill a template for one patient and check the result. Never raises for what a value or text holds.

    ``fields``: text by field name, formatted for the language; further names are ignored. ``channel`` and
    ``language`` are what the attempt wants; a template made for another is a problem. A channel is open
    unless it is a call or said not to be.
    An SMS that overflows one segment is tried again without its optional names (R-D7); values are written
    in GSM-7 letters where the template is ("María" goes as "Maria", R-D3).
    """
    is_open = template.channel not in ("phone", "portal") if channel_is_open is None else channel_is_open
    problems = _misuse(template, channel, language, is_open)
    values, missing = _values(template, fields)
    problems += missing
    problems += value_problems({k: v for k, v in values.items() if v is not None}, links=LINK_FIELDS)
    if problems:
        return RenderedMessage("", "", "", 0, "", tuple(problems))
    try:
        message = _filled(template, values, is_open)
        if message.segments > 1 and (shorter := _without_optional_names(template, values)) != values:
            shortened = _filled(template, shorter, is_open)
            if shortened.segments < message.segments:
                return shortened
        return message
    except BadLiquid as bad:
        return RenderedMessage("", "", "", 0, "", (f"bad_template: {bad}",))


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


def _filled(template: Template, values: Mapping[str, str | None], is_open: bool) -> RenderedMessage:
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
    )
    found = check(text, template.wording)
    size = segments(body) if template.channel == "sms" else None
    return RenderedMessage(
        subject=subject,
        body=body,
        body_html=html_part(template, body, subject) if template.channel == "email" else "",
        segments=size.count if size else 0,
        encoding=size.encoding if size else "",
        problems=found.problems,
        warnings=found.warnings,
    )


def html_part(template: Template, body: str, subject: str) -> str:
    """The HTML of an e-mail from its text: paragraphs, everything escaped, a lone link as a button."""
    parts: list[dict[str, object]] = []
    for paragraph in body.split("\n\n"):
        block = paragraph.strip()
        is_link = block.startswith(("https://", "http://")) and len(block.split()) == 1
        if is_link:
            parts.append({"href": block, "words": template.button or block, "lines": []})
        elif block:
            parts.append({"href": "", "words": "", "lines": block.splitlines()})
    # An empty text is true in Liquid; None is not.
    shown = [{**part, "href": part["href"] or None} for part in parts]
    return fill(_HTML_LAYOUT, {"parts": shown, "subject": subject, "language": template.language}, html=True)


def free_text(body: str, *, channel: ChannelKind, wording: Wording, practice_name: str) -> RenderedMessage:
    """A text that a member of staff typed, through the checks of a service message: it need not offer an
    end or a next step, but names the practice on an open channel and says nothing clinical there."""
    text = unicodedata.normalize("NFC", body).strip()
    is_open = channel not in ("phone", "portal")
    subject = practice_name if channel == "email" else ""
    checked = Text(text, channel, "service", practice_name, subject, (practice_name,), is_open=is_open)
    found = check(checked, wording)
    size = segments(text) if channel == "sms" else None
    template = Template(key="", channel=channel, language=wording.language, body="")
    html = html_part(template, text, subject) if channel == "email" else ""
    count, encoding = (size.count, size.encoding) if size else (0, "")
    return RenderedMessage(subject, text, html, count, encoding, found.problems, found.warnings)


def undeclared(template: Template) -> tuple[str, ...]:
    """Names that subject and body use without a field, and fields that nothing uses. Raises ``BadLiquid``."""
    used = names_used(template.body) | names_used(template.subject)
    declared = {f.name for f in template.fields}
    return tuple(sorted(used ^ declared))
