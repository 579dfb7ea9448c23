"""The words that go out: one template and one patient's fields in, a message or its problems out.

A message with problems is never sent: ``problems`` goes into ``GuardSubject.message_problems`` and the
guard refuses. Missing values refuse (R-D8), clinical fields never enter an open channel (R-A196, R-A99).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from rebook.core.channel import ChannelKind

FieldClass = Literal["open", "clinical"]
# What a message is for decides which checks it must pass: only recall texts need opt-out words.
TemplateRole = Literal["recall", "service"]


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
class Wording:
    """The checks of one language: words that may not go out, and how an opt-out is offered."""

    language: str
    banned: tuple[tuple[str, str], ...] = ()
    clinical: tuple[str, ...] = ()
    opt_out: tuple[str, ...] = ()
    choice: str = ""
    shorteners: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Template:
    """Text for one key, channel and language. Subject and body are Liquid."""

    key: str
    channel: ChannelKind
    language: str
    body: str
    subject: str = ""
    purpose: str = "treatment_recall"
    role: TemplateRole = "recall"
    is_generic: bool = False
    fields: tuple[TemplateField, ...] = ()
    wording: Wording = field(default_factory=lambda: Wording(language="en"), repr=False)

    @property
    def content_hash(self) -> str:
        """SHA-256 over all that a reader would see or a field may show; any change voids an approval."""
        raise NotImplementedError


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
    channel_is_open: bool = True,
) -> RenderedMessage:
    """Fill a template for one patient and check the result. Never raises for what a value or text holds.

    ``channel`` and ``language`` are what the attempt wants; a template made for another is a problem.
    """
    raise NotImplementedError


def free_text(body: str, *, channel: ChannelKind, wording: Wording, practice_name: str) -> RenderedMessage:
    """A text that a member of staff typed, through the same checks except those of recall templates."""
    raise NotImplementedError
