"""Every rule of the guard with its answer and what it looked at, in order, for people who ask why.

The decision itself is ``guard.decide``; this asks the same rules once more and keeps all they say.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime
from typing import Any, Literal

from rebook.core.outreach.guard import RULES, decide
from rebook.core.outreach.guard_laws import caps, laws_of
from rebook.core.outreach.guard_rule import GuardRule
from rebook.core.outreach.values import Decision, GuardPolicy, GuardSubject

Answer = Literal["passes", "waits", "refuses", "not asked"]
# What may never be shown whole: numbers and addresses stand on the patient's page already.
_MASKED = frozenset({"value", "phone", "email"})

# Rules whose reasons have names of their own.
_RULE_OF_REASON = {
    **dict.fromkeys(("minor_without_adult", "parent_permission_ended", "age_unknown"), "responsible_adult"),
    **dict.fromkeys(("contact_missing", "contact_unusable", "contact_not_textable"), "contact_point"),
    "never_open": "quiet_hours",
    "no_wording": "not_approved",
}


def rule_of(reason: str) -> str:
    """The key of the rule that gives this reason."""
    return _RULE_OF_REASON.get(reason, reason)


@dataclass(frozen=True, slots=True)
class RuleStep:
    """One rule's answer. ``looked_at``: (name, value in words) of what it saw; ``until`` where it waits."""

    key: str
    says: str
    source: str
    answer: Answer
    detail: str
    looked_at: tuple[tuple[str, str], ...]
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Explained:
    """A decision with every rule behind it, the laws in force and the limits that they and the house set."""

    decision: Decision
    steps: tuple[RuleStep, ...]
    # Keys and versions of the laws that bear on the contact ("us-ma 2026.11").
    laws: tuple[tuple[str, str], ...]
    places: tuple[str, ...]
    time_zones: tuple[str, ...]
    max_per_day: int
    max_per_week: int

    @property
    def decided_by(self) -> str:
        """The rule that decided: the most severe that spoke; "" when none did."""
        rule = self.decision.reasons[0].rule
        if rule == "allowed":
            return ""
        spoke = [one.key for one in self.steps if one.answer in ("refuses", "waits")]
        return spoke[0] if spoke else rule


def explain(subject: GuardSubject, policy: GuardPolicy, *, now: datetime) -> Explained:
    """What ``decide`` says and why. Raises ``ValueError`` when ``now`` is naive."""
    decision = decide(subject, policy, now=now)
    a_day, a_week = caps(subject, policy)
    return Explained(
        decision=decision,
        steps=tuple(_step(rule, subject, policy, now) for rule in RULES),
        laws=tuple((law.key, law.version) for law in laws_of(subject, policy)),
        places=subject.jurisdictions,
        time_zones=subject.time_zones,
        max_per_day=a_day,
        max_per_week=a_week,
    )


def _step(rule: GuardRule, subject: GuardSubject, policy: GuardPolicy, now: datetime) -> RuleStep:
    looked_at = tuple((name.replace("_", " "), in_words(getattr(subject, name))) for name in rule.looks_at)
    if subject.origin in rule.not_for:
        detail = f"does not bind a contact of this kind ({subject.origin})"
        return RuleStep(rule.key, rule.says, rule.source, "not asked", detail, looked_at)
    found = rule.judge(subject, policy, now)
    if found is None:
        return RuleStep(rule.key, rule.says, rule.source, "passes", "", looked_at)
    answer: Answer = "refuses" if found.until is None else "waits"
    return RuleStep(rule.key, rule.says, rule.source, answer, found.reason.detail, looked_at, found.until)


def in_words(value: Any) -> str:
    """A value of the subject, plainly and without numbers or addresses."""
    if value is None:
        return "nothing known"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M} UTC"
    if isinstance(value, date | int | float):
        return str(value)
    if isinstance(value, str):
        return value.replace("_", " ") or "none"
    if is_dataclass(value):
        return _record(value)
    if isinstance(value, Mapping | Collection):
        return _several(value)
    return str(value)


def _record(value: Any) -> str:
    said = []
    for one in fields(value):
        held = getattr(value, one.name)
        if held in (None, "", (), frozenset(), False):
            continue
        shown = _masked(str(held)) if one.name in _MASKED else in_words(held)
        name = "" if one.name == "value" else one.name.replace("_", " ")
        said.append(name if held is True else f"{name} {shown}".strip())
    return ", ".join(said) or "nothing known"


def _several(value: Collection[Any]) -> str:
    if not value:
        return "none"
    if all(isinstance(one, str) for one in value):
        return ", ".join(sorted(one.replace("_", " ") for one in value))
    newest = list(value)[-3:]
    more = f"{len(value)}: " if len(value) > 1 else ""
    return more + "; ".join(in_words(one) for one in newest) + (" ..." if len(value) > 3 else "")


def _masked(text: str) -> str:
    """The last two signs of a number, the domain of an address."""
    if "@" in text:
        return "...@" + text.rpartition("@")[2]
    return f"...{text[-2:]}" if len(text) > 4 and text.lstrip("+").isdigit() else "..."
