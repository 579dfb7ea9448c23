"""What the guard and the rules said, in the clinic's words and on the practice's clock."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import pass_context
from jinja2.runtime import Context

from rebook.core.outreach.guard import RULES
from rebook.web.say import clock, day
from rebook.web.words import WORDS, plain, upper_first

_INSTANT = re.compile(r"\b(\d{4}-\d{2}-\d{2} \d{2}:\d{2}) UTC\b")
_DATE = re.compile(r"\b(\d{4}-\d{2}-\d{2})\b")
# Reasons that have another name than the rule that gives them, or that no rule gives.
_REASONS = {
    "no_wording": "There is no text in their language",
    "contact_missing": "There is nothing to reach them by",
    "contact_unusable": "The number or address does not work",
    "contact_not_textable": "The number cannot take texts",
    "minor_without_adult": "A minor without an adult on record",
    "parent_permission_ended": "A parent's permission ended when they came of age",
    "age_unknown": "Their age is not known",
    "never_open": "No hour within three weeks is allowed everywhere they may be",
    "duplicate_letter": "Gets a letter in the same batch already",
}
_SAYS = {one.key: one.says.rstrip(".") for one in RULES} | _REASONS


def reason_words(reason: Mapping[str, Any] | Any, *, zone: ZoneInfo) -> str:
    """A reason of the guard, stored ({"rule", "detail"}) or fresh: what the rule says, with its facts."""
    rule, detail = _parts(reason)
    if rule == "allowed":
        return "Nothing speaks against it"
    says, detail = _SAYS.get(rule, ""), local_times(detail, zone=zone)
    if says and detail:
        return f"{says} ({detail})"
    return says or upper_first(detail) or plain(rule)


def local_times(text: str, *, zone: ZoneInfo) -> str:
    """A sentence of the rules with every instant (UTC) on the clock of ``zone`` and every date readable."""
    return _DATE.sub(lambda found: day(found[1]), _INSTANT.sub(lambda found: _on_clock(found[1], zone), text))


def attention_words(rule: str) -> str:
    """Why an overdue patient stands where they stand; what bars a patient is said as the guard says it."""
    return WORDS["attention_rule"].get(rule) or rule_words(rule)


def rule_words(rule: str) -> str:
    """What a guard rule or one of its reasons says, for a count of its refusals."""
    return _SAYS.get(rule) or plain(rule)


def step_words(step: Mapping[str, Any] | Any) -> str:
    """A step of the evidence: its own plain words with readable dates."""
    rule, detail = _parts(step)
    text = _DATE.sub(lambda found: day(found[1]), detail) or plain(rule)
    for key, said in WORDS["visit"].items():
        text = re.sub(rf"\b{key}\b", said, text)
    return upper_first(text)


def refusal_words(reason: Any) -> str:
    """Why a test was not sent, and what to do about it."""
    return WORDS["test_refusal"].get(reason.rule) or upper_first(reason.detail or plain(reason.rule))


def _on_clock(text: str, zone: ZoneInfo) -> str:
    at = datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=UTC).astimezone(zone)
    return f"{day(at)}, {clock(at)}"


def _parts(reason: Mapping[str, Any] | Any) -> tuple[str, str]:
    if isinstance(reason, Mapping):
        return str(reason.get("rule", "")), str(reason.get("detail", ""))
    return reason.rule, reason.detail


@pass_context
def _reason_words(context: Context, reason: Mapping[str, Any] | Any) -> str:
    return reason_words(reason, zone=context["zone"])


def _local_times(text: str, zone: str) -> str:
    return local_times(text, zone=ZoneInfo(zone))


FILTERS: dict[str, Any] = {
    "reason_words": _reason_words,
    "rule_words": rule_words,
    "attention_words": attention_words,
    "step_words": step_words,
    "refusal_words": refusal_words,
    "local_times": _local_times,
}
