"""Branches on what keeps a patient away, written once in ``house/barriers.toml`` and named by plans.

A plan that says ``barriers = "house"`` has the branch's steps among its own, by day.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from rebook.core.outreach.sequence import BadSequence, from_json

from .loader import PACKS, Document, PackError, PackInvalid, Table, read_document

BARRIERS_FILE = PACKS / "house" / "barriers.toml"
Steps = Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Branch:
    """``steps`` as tables with ``day``; ``reasons``: those it is for. ``ended``: of those that end a plan.

    ``instead_from``: own steps from that day to ``until_day`` are for who gave none of the reasons; None: all
    of them are for everybody.
    """

    key: str
    steps: tuple[Mapping[str, Any], ...]
    instead_from: int | None
    reasons: tuple[str, ...]
    ended: tuple[str, ...]

    @property
    def until_day(self) -> int:
        return max(int(step["day"]) for step in self.steps)


@cache
def branches() -> Mapping[str, Branch]:
    """The shipped branches by key. Raises ``PackInvalid``."""
    return read_branches(read_document(BARRIERS_FILE))


def read_branches(document: Document) -> Mapping[str, Branch]:
    """Every ``[[branch]]`` with its ``[[branch.step]]``. Raises ``PackInvalid`` with all that is wrong."""
    errors: list[PackError] = []
    found: dict[str, Branch] = {}
    Table(document, "", 0, document.data, errors).only({"branch", "source"})
    before = 0
    for number, value in enumerate(document.data.get("branch", [])):
        table = Table(document, "branch", number, value, errors)
        table.only({"key", "instead_from", "step"})
        key = table.text("key")
        if not key or key in found:
            table.wrong("key", "must be there and come once")
        since = value.get("instead_from")
        if since is not None and (not isinstance(since, int) or isinstance(since, bool) or since < 1):
            table.wrong("instead_from", "must be a whole number from 1")
        steps = value.get("step", [])
        if not steps:
            table.wrong("step", "a branch needs at least one")
        fit = [_fits(document, before + place, step, errors) for place, step in enumerate(steps)]
        before += len(steps)
        if steps and all(fit):
            found[key] = _branch(key, steps, since)
    if errors:
        raise PackInvalid(errors)
    return found


def _fits(document: Document, place: int, step: Mapping[str, Any], errors: list[PackError]) -> bool:
    table, many = Table(document, "branch.step", place, step, errors), len(errors)
    day = step.get("day")
    if not isinstance(day, int) or isinstance(day, bool) or day < 1:
        table.wrong(
            "day", "must be a whole number from 1: nobody has given a reason before the first contact"
        )
    if "template_key" in step:
        table.wrong("template_key", "the words are those of the plan that takes the branch")
    if not (isinstance(step.get("when"), Mapping) and step["when"].get("barrier")):
        table.wrong("when", "must name the reasons it is for: { barrier = [...] }")
    try:
        from_json({"key": "branch", "steps": [_plain(step)]})
    except BadSequence as bad:
        table.wrong(bad.field if bad.field in step else "when", str(bad))
    return len(errors) == many


def _branch(key: str, steps: Steps, instead_from: int | None) -> Branch:
    reasons = {reason: None for step in steps for reason in step["when"]["barrier"]}
    ended = {reason: None for step in steps if step.get("last") for reason in step["when"]["barrier"]}
    return Branch(key, tuple(steps), instead_from, tuple(reasons), tuple(ended))


def _plain(step: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in step.items() if name not in ("day", "last")}


def with_branch(steps: Steps, branch: Branch) -> tuple[list[dict[str, Any]], list[int | None]]:
    """(a plan's steps with those of the branch among them, the place each had in the plan or None).

    Own steps after the first that say nothing of reasons themselves get what the branch says of them.
    """
    # What is written may be more guarded than what is said.
    leading = next((step for step in steps if step.get("channel") != "phone"), steps[0])
    words = {"template_key": leading["template_key"]} if "template_key" in leading else {}
    own = [(_narrowed(dict(step), branch, is_first=not place), place) for place, step in enumerate(steps)]
    more = [({"day": step["day"], **_plain(step), **words}, None) for step in branch.steps]
    # Sorting keeps the order of one day: the plan's own step first.
    merged = sorted([*own, *more], key=lambda one: int(one[0]["day"]))
    return [step for step, _ in merged], [place for _, place in merged]


def _narrowed(step: dict[str, Any], branch: Branch, *, is_first: bool) -> dict[str, Any]:
    when = dict(step.get("when", {}))
    if is_first or "barrier" in when or "not_barrier" in when:
        return step
    if branch.instead_from is not None and branch.instead_from <= step["day"] <= branch.until_day:
        not_for = branch.reasons
    else:
        not_for = branch.ended
    return {**step, "when": {**when, "not_barrier": list(not_for)}} if not_for else step
