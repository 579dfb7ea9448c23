"""Which gap rules are unsafe on these records. A stop here concerns the one rule, not the practice."""

from collections.abc import Iterable, Iterator

from rebook.core.gaps.definition import SIGNED_FROM_CLASS

from .facts import RuleFacts
from .finding import Finding, Severity

LINK = "setup_catalogue"
# No recall is due for more patients than this: a word is missing, or an export is cut off.
LISTS_TOO_MANY = 0.6
# Below so many patients a share says nothing.
ENOUGH_PATIENTS = 50


def rule_findings(rules: Iterable[RuleFacts], patients: int) -> Iterator[Finding]:
    """In the order of the rules, at most one stop each."""
    for one in rules:
        yield from _words(one)
        yield from _too_many(one, patients)
        yield from _standing(one)


def _words(one: RuleFacts) -> Iterator[Finding]:
    if one.words_known:
        return
    listed = ", ".join(one.words)
    if one.starts_from_nothing:
        says = f"'{one.label}' counts from {listed}, which never occurs: everybody would look overdue"
        do = "Say in the mapping what the practice calls it. Until then nobody is taken in for this rule."
        yield _finding("rule_words_missing", "stop", one, says, do, one.listed)
    else:
        says = f"'{one.label}' counts from {listed}, which never occurs: it lists nobody"
        do = "Say in the mapping what the practice calls it, or leave the rule alone."
        yield _finding("rule_words_missing", "note", one, says, do, 0)


def _too_many(one: RuleFacts, patients: int) -> Iterator[Finding]:
    if one.listed is None or patients < ENOUGH_PATIENTS or not one.words_known:
        return
    if one.listed > LISTS_TOO_MANY * patients:
        says = f"'{one.label}' lists {one.listed:,} of {patients:,} patients"
        do = "Look at some of them: visits are missing, or the interval is wrong. Nobody is taken in before."
        yield _finding("rule_lists_too_many", "stop", one, says, do, one.listed, patients)


def _standing(one: RuleFacts) -> Iterator[Finding]:
    if one.risk_class >= SIGNED_FROM_CLASS and not one.is_signed:
        says = f"'{one.label}' is urgent and not signed off: it lists nobody"
        yield _finding("rule_unsigned", "warn", one, says, "Have a clinician sign it, or leave it off.")
    if one.not_loaded:
        runs = "it does not run" if one.risk_class >= SIGNED_FROM_CLASS else "who depends on it is set aside"
        says = f"'{one.label}' {'; '.join(one.not_loaded)}: {runs}"
        do = "Put the expanded value set into the folder of value sets (docs/measures.md)."
        yield _finding("rule_codes_missing", "warn", one, says, do)
    if one.is_expired:
        says = f"'{one.label}' should have been looked at again by now"
        yield _finding("rule_expired", "warn", one, says, "Compare it with the guideline of today.")
    if not one.has_room and one.listed != 0 and one.words_known:
        says = f"nobody's hours take the visit that '{one.label}' needs ({one.visit_type})"
        do = "Add the visit type and hours for it, or staff has to find a time by hand."
        yield _finding("rule_without_room", "note", one, says, do)


def _finding(
    key: str,
    severity: Severity,
    one: RuleFacts,
    says: str,
    do: str,
    count: int | None = None,
    of: int | None = None,
) -> Finding:
    return Finding(
        key=key,
        group="rules",
        severity=severity,
        says=says,
        do=do,
        count=count,
        of=of,
        link=LINK,
        definition_key=one.key,
    )
