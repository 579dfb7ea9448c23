"""A template made of words that somebody wrote in the practice: a draft, or a version of an own text."""

from collections.abc import Iterable
from typing import Final, Protocol, cast

from rebook.core.channel import ChannelKind
from rebook.core.outreach.lint import TemplateRole
from rebook.core.outreach.message import Template
from rebook.core.outreach.message_html import Look

from .looks import default_look
from .templates import template_fields, wording

POSTCARD: Final = "postcard"


class Written(Protocol):
    """What is kept of a text; ``channel`` is a kind of channel or "postcard", ``review`` who wrote it."""

    @property
    def key(self) -> str: ...
    @property
    def channel(self) -> str: ...
    @property
    def language(self) -> str: ...
    @property
    def variant(self) -> str: ...
    @property
    def subject(self) -> str: ...
    @property
    def body(self) -> str: ...
    @property
    def short_body(self) -> str: ...
    @property
    def button(self) -> str: ...
    @property
    def purpose(self) -> str: ...
    @property
    def role(self) -> str: ...
    @property
    def is_generic(self) -> bool: ...
    @property
    def review(self) -> str: ...


def template_of(
    written: Written,
    *,
    required: Iterable[str],
    optional: Iterable[str],
    look: Look | None = None,
    own_hosts: Iterable[str] = (),
) -> Template:
    """The template that these words are, with its fields by name. Raises ``KeyError`` for unknown ones."""
    is_card = written.channel == POSTCARD
    return Template(
        key=written.key,
        channel=cast(ChannelKind, "letter" if is_card else written.channel),
        form=POSTCARD if is_card else "",
        language=written.language,
        variant=written.variant,
        subject=written.subject,
        body=written.body,
        short_body=written.short_body,
        button=written.button,
        purpose=written.purpose,
        role=cast(TemplateRole, written.role),
        is_generic=written.is_generic,
        status=written.review,
        fields=template_fields(required=required, optional=optional, language=written.language),
        wording=wording(written.language),
        look=(look or default_look()) if written.channel == "email" else None,
        own_hosts=frozenset(own_hosts),
    )
