"""Where one text stands: its signatures, its class, what its words say, and whether it may go out."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import datetime
from typing import get_args

from rebook.core.outreach.approval import ApprovalRules, Signature, Standing, Weight, standing
from rebook.core.outreach.approved_content import Content, Part
from rebook.core.outreach.classify import Suggestion, suggest_template
from rebook.core.outreach.message import Template
from rebook.core.outreach.values import Purpose
from rebook.core.reasons import Reason
from rebook.records.read.approvals import ConfirmedClass

PURPOSES: tuple[str, ...] = get_args(Purpose)
# Shown as words of their own; the rest of a text stands behind them as one line of data.
_SHOWN = (("subject", "Subject"), ("body", "Text"), ("short_body", "Short text"), ("button", "Button"))
_BEHIND = {"key", "language", "wording", "look", "fields", "status", *(name for name, _ in _SHOWN)}


@dataclass(frozen=True, slots=True)
class TextStanding:
    """``confirmed`` is what a person said the text is, None before; ``missing`` all that keeps it in."""

    template: Template
    standing: Standing
    needed: tuple[str, ...]
    suggestion: Suggestion
    confirmed: ConfirmedClass | None
    missing: tuple[Reason, ...]

    @property
    def may_go_out(self) -> bool:
        return self.standing.is_approved and not self.missing


def text_key(template: Template) -> str:
    """ "due_visit/sms/en", with the test arm behind it where there is one."""
    arm = f"/{template.variant}" if template.variant else ""
    return f"{template.key}/{template.place}/{template.language}{arm}"


def text_content(template: Template) -> Content:
    """What a reader of the text sees, and behind it what else its hash covers."""
    shown = [
        Part(name, title, words) for name, title in _SHOWN if (words := str(getattr(template, name, "")))
    ]
    behind = {f.name: getattr(template, f.name) for f in fields(template) if f.name not in _BEHIND}
    behind["fields"] = sorted((f.name, f.field_class, f.is_required) for f in template.fields)
    kind = f"{template.purpose.replace('_', ' ')} by {template.place}"
    data = json.dumps(behind, sort_keys=True, ensure_ascii=False, default=str)
    return Content((*shown, Part("kind", "Kind of message", kind, data)))


def weight_of(template: Template, found: Suggestion) -> Weight:
    if "marketing" in (template.purpose, found.purpose):
        return "marketing"
    return "clinical" if any(f.field_class == "clinical" for f in template.fields) else "ordinary"


def class_problem(template: Template, purpose: str, roles: Iterable[str], reason: str) -> Reason | None:
    """Why this class cannot be confirmed, or None (R-A5, R-A116)."""
    found = suggest_template(template)
    if purpose not in PURPOSES:
        return Reason("unknown_class", f"'{purpose}' is none of {', '.join(PURPOSES)}")
    if found.is_mixed and template.role == "recall":
        return Reason("mixed", "an offer and a call back to care may not share a text: write two (R-A116)")
    if purpose != template.purpose:
        return Reason("class_differs", f"it is sent as {_plain(template.purpose)}: change that first")
    if found.purpose == "marketing" and purpose != "marketing":
        said = ", ".join(f"'{one.words}'" for one in found.clues)
        if "compliance" not in roles or not reason.strip():
            return Reason(
                "words_say_marketing",
                f"its words say marketing ({said}): only compliance, with a reason, says otherwise",
            )
    return None


def text_standing(
    *,
    template: Template,
    now: datetime,
    rules: ApprovalRules,
    signatures: tuple[Signature, ...],
    confirmed: ConfirmedClass | None,
    writer: str = "",
) -> TextStanding:
    """Where a text stands at ``now``. ``signatures``: all ever given under it, for whatever content;
    ``writer``: who wrote it ("user:7"), empty for a shipped text."""
    found = suggest_template(template)
    needed = rules.needed("template", weight_of(template, found))
    stands = standing(
        signatures=signatures,
        needed=needed,
        content_hash=template.content_hash,
        now=now,
        writer=writer,
        four_eyes=rules.four_eyes,
    )
    missing = [*stands.missing]
    if confirmed is None:
        missing.append(Reason("class_open", "nobody has said yet whether it is treatment or marketing"))
    elif confirmed.purpose != template.purpose:
        missing.append(Reason("class_differs", f"it was confirmed as {_plain(confirmed.purpose)}"))
    return TextStanding(template, stands, needed, found, confirmed, tuple(missing))


def _plain(purpose: str) -> str:
    return purpose.replace("_", " ")
