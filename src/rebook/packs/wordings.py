"""The words of each language that no message may say, from ``messages/<language>/wording.toml``."""

import re
from collections.abc import Sequence
from typing import cast

from rebook.core.outreach.lint_ending import Ending
from rebook.core.outreach.lint_findings import SEVERITIES, Severity
from rebook.core.outreach.lint_places import fold_pattern
from rebook.core.outreach.lint_wording import Wording, WordRule

from .loader import Document, PackError, PackInvalid, Table

_LISTS = (
    *("opt_out", "opt_out_words", "reserved", "reserved_after"),
    *("own_words", "harmless", "reasons", "care_due", "other_people", "spoken"),
)
_TOP = {"language", "voicemail", "choice", "shorteners", "rule", "ending", *_LISTS}
_ENDING = ("ask", "words", "wish", "then")
_RULE = {"key", "severity", "why", "source", "suggestion", "only_open", "in_service", "sign", "words"}
# What makes a text marketing (R-A5); each language says what its words for it are.
SIGNS = ("offer", "price", "upsell", "third_party")
# Without these lists a language says nothing of what must not be said.
NEEDED = ("promotion", "medical", "instruction", "blame", "collection", "urgency", "private_detail")


def read_wording(document: Document) -> Wording:
    """One language's checks. Raises ``PackInvalid``: unknown fields, patterns that are no regular
    expressions, a list that every language needs and this one lacks."""
    errors: list[PackError] = []
    top = Table(document, "", 0, document.data, errors)
    top.only(_TOP)
    rules = tuple(
        _rule(Table(document, "rule", number, value, errors))
        for number, value in enumerate(document.data.get("rule", []))
    )
    for key in (*_LISTS, "choice"):
        patterns = (top.text(key),) if key == "choice" else top.words(key)
        _check_patterns(top, key, [one for one in patterns if one])
    ending = _ending(top)
    missing = [key for key in NEEDED if key not in {rule.key for rule in rules}]
    if missing:
        top.wrong("rule", f"there is none for {', '.join(missing)}")
    if errors:
        raise PackInvalid(errors)
    return Wording(
        language=top.text("language"),
        rules=rules,
        choice=top.text("choice"),
        shorteners=top.words("shorteners"),
        voicemail=top.text("voicemail", "Voicemail"),
        opt_out=top.words("opt_out"),
        ending=ending,
        opt_out_words=top.words("opt_out_words"),
        reserved=top.words("reserved"),
        reserved_after=top.words("reserved_after"),
        own_words=top.words("own_words"),
        harmless=top.words("harmless"),
        reasons=top.words("reasons"),
        care_due=top.words("care_due"),
        other_people=top.words("other_people"),
        spoken=top.words("spoken"),
    )


def _ending(top: Table) -> Ending:
    """How the language offers an end; a language may also name whole patterns (``opt_out``)."""
    value = top.data.get("ending", {})
    if not isinstance(value, dict):
        top.wrong("ending", "wants a table of lists")
        return Ending()
    table = Table(top.document, "ending", 0, value, top.errors)
    table.only(set(_ENDING))
    found = {key: table.words(key) for key in _ENDING}
    for key, patterns in found.items():
        _check_patterns(table, key, patterns)
    return Ending(**found)


def _rule(table: Table) -> WordRule:
    table.only(_RULE)
    for key in ("key", "why", "source"):
        if not table.text(key):
            table.wrong(key, "is required")
    # Parted by commas or lines; a comma inside a pattern has no space behind it.
    patterns = tuple(one for part in re.split(r",\s+|\n", table.text("words")) if (one := part.strip()))
    if not patterns:
        table.wrong("words", "wants at least one word")
    _check_patterns(table, "words", patterns)
    return WordRule(
        key=table.text("key"),
        patterns=patterns,
        why=table.text("why"),
        source=table.text("source"),
        severity=cast(Severity, table.text("severity", "problem", one_of=SEVERITIES)),
        suggestion=table.text("suggestion"),
        only_open=table.flag("only_open", False),
        in_service=table.flag("in_service", True),
        sign=table.text("sign", one_of=("", *SIGNS)),
    )


def _check_patterns(table: Table, key: str, patterns: Sequence[str]) -> None:
    for pattern in patterns:
        try:
            compiled = re.compile(fold_pattern(pattern))
        except re.error as error:
            table.wrong(key, f"{pattern}: {error}")
            continue
        if compiled.fullmatch(""):
            table.wrong(key, f"{pattern}: fits an empty text")
