"""Texts as a person sees them who signs: what waits first, each with what the checks say and what changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from rebook.core.outreach.approval import ApprovalRules
from rebook.core.outreach.approved_content import Change, changes
from rebook.core.outreach.lint_template import TemplateReport
from rebook.core.outreach.message import Template
from rebook.core.reasons import Reason
from rebook.records.read import approvals as read

from .approval_settling import text_standings
from .second_looks import checked
from .signing import current_texts, rules_of
from .text_approvals import TextStanding, class_problem, text_content, text_key

Show = Literal["waiting", "signed", "all"]
SHOWS: tuple[Show, ...] = ("waiting", "signed", "all")
PER_PAGE = 20


@dataclass(frozen=True, slots=True)
class QueueLine:
    """One text. ``forbids`` is why nobody can sign it as it stands; ``changes`` lay it beside the content
    that was signed last, at ``signed_before_at``."""

    key: str
    standing: TextStanding
    report: TemplateReport
    forbids: Reason | None
    changes: tuple[Change, ...]
    signed_before_at: datetime | None


@dataclass(frozen=True, slots=True)
class Queue:
    """One page of texts. ``waiting`` and ``signed`` count all of the language; ``left`` come after these."""

    lines: tuple[QueueLine, ...]
    waiting: int
    signed: int
    left: int
    languages: tuple[str, ...]
    rules: ApprovalRules


def approval_queue(
    *, organisation_id: int, now: datetime, show: Show = "waiting", language: str = "", page: int = 1
) -> Queue:
    """The texts of a practice, those that wait first, ``PER_PAGE`` at a time; pages count from 1."""
    rules = rules_of(organisation_id)
    texts = current_texts(organisation_id)
    languages = tuple(sorted({one.language for one in texts}))
    standings = text_standings(
        organisation_id=organisation_id,
        texts=[one for one in texts if not language or one.language == language],
        rules=rules,
        now=now,
    )
    waiting = [one for one in standings if not one.may_go_out]
    signed = [one for one in standings if one.may_go_out]
    chosen = {"waiting": waiting, "signed": signed, "all": [*waiting, *signed]}[show]
    start = (max(page, 1) - 1) * PER_PAGE
    shown = chosen[start : start + PER_PAGE]
    return Queue(
        lines=_lines(organisation_id, shown),
        waiting=len(waiting),
        signed=len(signed),
        left=max(0, len(chosen) - start - len(shown)),
        languages=languages,
        rules=rules,
    )


def lines_of(*, organisation_id: int, texts: Sequence[Template], now: datetime) -> tuple[QueueLine, ...]:
    """These texts as who signs them sees them, in their order."""
    standings = text_standings(
        organisation_id=organisation_id, texts=texts, rules=rules_of(organisation_id), now=now
    )
    return _lines(organisation_id, standings)


def _lines(organisation_id: int, shown: Sequence[TextStanding]) -> tuple[QueueLine, ...]:
    hashes = {text_key(one.template): one.template.content_hash for one in shown}
    before = read.signed_before(organisation_id=organisation_id, kind="template", current=hashes)
    return tuple(_line(one, before.get(text_key(one.template))) for one in shown)


def _line(one: TextStanding, before: read.SignedBefore | None) -> QueueLine:
    text: Template = one.template
    # What is signed already needs no comparison.
    old = before if before and not one.may_go_out and before.content.parts else None
    return QueueLine(
        key=text_key(text),
        standing=one,
        report=checked(text),
        forbids=class_problem(text, text.purpose, ("compliance",), "a reason"),
        changes=changes(old.content, text_content(text)) if old else (),
        signed_before_at=old.at if old else None,
    )
