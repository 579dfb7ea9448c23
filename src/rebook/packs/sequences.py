"""Contact plans from ``specialty/<pack>/sequences.toml``.

A pack that says ``extends = "house"`` has the plans of ``house/sequences.toml`` under keys of its own, after
those it writes itself; one of its own with the same name takes the place of the house's. A plan that says
``barriers = "house"`` branches on what keeps a patient away as ``house/barriers.toml`` says.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from functools import cache
from typing import Any

from rebook.core.outreach.sequence import BY_GAP_KIND, BadSequence, Sequence, from_json
from rebook.core.outreach.sequence_effort import shortfalls
from rebook.core.outreach.sequence_when import When

from .barriers import branches, with_branch
from .loader import PACKS, Document, PackError, PackInvalid, Table, read_document
from .templates import templates

SPECIALTIES = PACKS / "specialty"
HOUSE = PACKS / "house" / "sequences.toml"
CONDITIONS = frozenset(one.name for one in fields(When))


@cache
def sequences(pack: str) -> Mapping[str, Sequence]:
    """The sequences of a pack by key, its own first. Raises ``PackInvalid``, also where there are none."""
    document = read_document(SPECIALTIES / pack / "sequences.toml")
    own = read_sequences(document, pack=pack)
    if document.data.get("extends") != "house":
        return own
    house = read_sequences(read_document(HOUSE), pack="")
    taken = {f"{pack}.{key}": replace(plan, key=f"{pack}.{key}") for key, plan in house.items()}
    return {**own, **{key: plan for key, plan in taken.items() if key not in own}}


def read_sequences(document: Document, *, pack: str) -> Mapping[str, Sequence]:
    """Every ``[[sequence]]`` with its ``[[sequence.step]]``, whose ``day`` counts from the first.

    Keys begin with the pack's; the house's (``pack`` empty) have no such beginning.
    Raises ``PackInvalid``: unknown fields, days that do not grow, templates that do not exist, less effort
    than the classes it is offered for are owed (R-C5).
    """
    errors: list[PackError] = []
    found: dict[str, Sequence] = {}
    known_templates = {key for key, _, _ in templates()} | {BY_GAP_KIND}
    top = Table(document, "", 0, document.data, errors)
    top.only({"sequence", "source", "extends"})
    top.text("extends", one_of=("", "house"))
    begins = f"{pack}." if pack else ""
    steps_before = 0
    for number, value in enumerate(document.data.get("sequence", [])):
        table = Table(document, "sequence", number, value, errors)
        key = table.text("key")
        if not key.startswith(begins) or key in found:
            table.wrong("key", f'must begin with "{begins}" and come once')
        first, steps_before = steps_before, steps_before + len(value.get("step", []))
        written = _Written(table, first, [*range(len(value.get("step", [])))])
        try:
            plan = from_json(_with_delays(_branched(value, written)))
        except BadSequence as bad:
            _tell(bad, written)
            continue
        for step in plan.steps:
            if step.template_key not in known_templates and (at := written.table_of(step.index)):
                at.wrong("template_key", f"step {step.index}: there is no template {step.template_key}")
        for short in shortfalls(plan):
            table.wrong("max_class" if "max_class" in value else "key", short.says)
        found[key] = plan
    if errors:
        raise PackInvalid(errors)
    return found


@dataclass(slots=True)
class _Written:
    """Where the steps of one plan stand in its file; ``places`` None for those of a branch."""

    table: Table
    first: int
    places: list[int | None]

    def table_of(self, index: int) -> Table | None:
        place = self.places[index] if index < len(self.places) else None
        if place is None:
            return None
        return Table(self.table.document, "sequence.step", self.first + place, {}, self.table.errors)


def _branched(value: Mapping[str, Any], written: _Written) -> Mapping[str, Any]:
    """The plan with its branch, where it names one. Raises ``BadSequence``."""
    key = value.get("barriers")
    if key is None:
        return value
    if key not in branches():
        raise BadSequence(f"barriers must be one of: {', '.join(branches())}", field="barriers")
    _check_days(value.get("step", []))
    steps, written.places = with_branch(value["step"], branches()[key]) if value.get("step") else ([], [])
    return {**{name: one for name, one in value.items() if name != "barriers"}, "step": steps}


def _tell(bad: BadSequence, written: _Written) -> None:
    """Note what is wrong, at the step's own line where it is a step's."""
    step = None if bad.step is None else written.table_of(bad.step)
    if step is None:
        written.table.wrong(bad.field or _named(str(bad)), str(bad))
        return
    # A condition stands on the line of its table.
    step.wrong("when" if bad.field in CONDITIONS else bad.field, str(bad))


def _check_days(steps: list[Mapping[str, Any]]) -> None:
    """Days grow; steps of one day are allowed where a condition chooses between them."""
    before, was_conditional = 0, False
    for index, step in enumerate(steps):
        day, is_conditional = step.get("day"), "when" in step
        may_stand = not index or was_conditional or is_conditional
        if (
            not isinstance(day, int)
            or isinstance(day, bool)
            or day < before
            or (day == before and not may_stand)
        ):
            says = f"step {index}: day must be a whole number that grows from step to step"
            raise BadSequence(says, field="day", step=index)
        before, was_conditional = day, is_conditional


def _with_delays(value: Mapping[str, Any]) -> dict[str, Any]:
    """The table as ``from_json`` wants it: days since the step before instead of days since the first."""
    _check_days(value.get("step", []))
    steps: list[dict[str, Any]] = []
    before = 0
    for index, step in enumerate(value.get("step", [])):
        rest = {name: one for name, one in step.items() if name != "day"}
        steps.append({**rest, "index": index, "delay_days": step["day"] - before})
        before = step["day"]
    return {**{name: one for name, one in value.items() if name != "step"}, "steps": steps}


def _named(message: str) -> str:
    """The field that a message speaks of, to find its line."""
    return "step" if message.startswith("step") else message.split(" ", 1)[0]
