"""What a second look can be about, in plain words: a question to a person, never a verdict."""

from dataclasses import replace

from rebook.core.outreach.lint_findings import Finding


def _look(rule: str, why: str, source: str) -> Finding:
    return Finding(rule, "look", why, source)


LOOKS = {
    one.rule: one
    for one in (
        _look("look_private", "may tell others something about somebody's health", "R-A196, R-A140"),
        _look("look_promotion", "reads like an offer", "R-A112, R-A116"),
        _look("look_medical", "reads like a medical statement or reassurance", "R-E50"),
        _look("look_instruction", "reads like advice on medicines or what to do", "R-E50"),
        _look("look_blame", "reads like blame, guilt or comparison with others", "R-E52"),
        _look("look_collection", "reads like a demand for money", "R-E52"),
        _look("look_internal", "reads like a word of the office", "R-E53"),
        _look("look_urgency", "reads like pressure or a threat", "R-E51, R-A118"),
        _look("look_promise", "reads like an advertisement or a promise", "R-A118, R-E52"),
        _look("look_unseen", "is unlike anything that was found good before", "R-A195"),
    )
}
KINDS: tuple[str, ...] = tuple(rule.removeprefix("look_") for rule in LOOKS)


def look(rule: str, *, start: int, words: str, loudest: tuple[str, ...] = ()) -> Finding:
    """A sentence to be read again; ``loudest`` are the words that weigh most."""
    suggestion = f"what weighs most: {', '.join(loudest)}" if loudest else ""
    return replace(LOOKS[rule], start=start, words=words, suggestion=suggestion)
