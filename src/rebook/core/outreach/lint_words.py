"""Words that may not go out, found in a text by the lists of its language."""

import re
from collections.abc import Iterator
from functools import lru_cache

from rebook.core.outreach.lint_findings import Finding, TemplateRole
from rebook.core.outreach.lint_places import Placed
from rebook.core.outreach.lint_wording import Wording, WordRule

# What a text sent as marketing may do.
SALES_LOOKS = ("look_promotion", "look_promise")


def word_findings(
    read: Placed,
    wording: Wording,
    *,
    role: TemplateRole,
    is_open: bool,
    purpose: str = "treatment_recall",
) -> list[Finding]:
    """What the lists say of the text, each pattern once, where it first stands."""
    if not wording.has_something(read.folded, is_open=is_open):
        return []
    found: list[Finding] = []
    for rule, any_of, each in wording.compiled:
        if _applies(rule, role, is_open, purpose) and any_of.search(read.folded):
            found += _hits(rule, each, read)
    return found


def _applies(rule: WordRule, role: TemplateRole, is_open: bool, purpose: str) -> bool:
    return (
        (role == "recall" or rule.in_service)
        and (is_open or not rule.only_open)
        and not ((rule.sign or rule.key in SALES_LOOKS) and purpose == "marketing")
    )


def _hits(rule: WordRule, each: tuple[re.Pattern[str], ...], read: Placed) -> Iterator[Finding]:
    for pattern, source in zip(each, rule.patterns, strict=True):
        match = pattern.search(read.folded)
        if match:
            yield Finding(
                rule=rule.key,
                severity=rule.severity,
                why=rule.why,
                source=rule.source,
                suggestion=rule.suggestion,
                start=match.start(),
                words=read.text[match.start() : match.end()],
                shown=_shown(source),
            )


@lru_cache(maxsize=4096)
def _shown(pattern: str) -> str:
    """A pattern in letters that people read."""
    bare = re.sub(r"\(\?:|\\[wbsdS]|[()\\?*+]|\[[^]]*\]", "", _without_looks(pattern))
    return bare.replace("|", "/").strip()[:60]


def _without_looks(pattern: str) -> str:
    """The pattern without what must or must not stand around it, whatever is nested inside."""
    found = _LOOK.search(pattern)
    if found is None:
        return pattern
    depth, at = 1, found.end()
    while at < len(pattern) and depth:
        depth += (pattern[at] == "(") - (pattern[at] == ")")
        at += 1
    return _without_looks(pattern[: found.start()] + pattern[at:])


_LOOK = re.compile(r"\(\?<?[!=]")


def people(read: Placed, wording: Wording, *, is_open: bool) -> Iterator[Finding]:
    """Names of other people, by what they are to the patient (R-A196)."""
    if not is_open or not wording.other_people:
        return
    match = _people(wording.other_people).search(read.blanked)
    if match:
        yield Finding(
            rule="other_person",
            severity="problem",
            why="names somebody else where others may read it",
            source="R-A196",
            suggestion="say 'your child' or 'your family'",
            start=match.start(),
            words=match.group(),
        )


@lru_cache(maxsize=16)
def _people(patterns: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(rf"\b(?:{one})" for one in patterns))
