"""Contact plans from ``specialty/<pack>/sequences.toml``."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from rebook.core.outreach.sequence import BY_GAP_KIND, BadSequence, Sequence, from_json

from .loader import PACKS, Document, PackError, PackInvalid, Table, read_document
from .templates import templates

SPECIALTIES = PACKS / "specialty"


@cache
def sequences(pack: str) -> Mapping[str, Sequence]:
    """The sequences of a pack by key. Raises ``PackInvalid``; a pack without the file has none of its own."""
    path = SPECIALTIES / pack / "sequences.toml"
    return read_sequences(read_document(path), pack=pack)


def read_sequences(document: Document, *, pack: str) -> Mapping[str, Sequence]:
    """Every ``[[sequence]]`` with its ``[[sequence.step]]``, whose ``day`` counts from the first.

    Raises ``PackInvalid``: unknown fields, days that do not grow, templates that do not exist.
    """
    errors: list[PackError] = []
    found: dict[str, Sequence] = {}
    known_templates = {key for key, _, _ in templates()} | {BY_GAP_KIND}
    Table(document, "", 0, document.data, errors).only({"sequence", "source"})
    for number, value in enumerate(document.data.get("sequence", [])):
        table = Table(document, "sequence", number, value, errors)
        key = table.text("key")
        if not key.startswith(f"{pack}.") or key in found:
            table.wrong("key", f'must begin with "{pack}." and come once')
        try:
            plan = from_json(_with_delays(value))
        except BadSequence as bad:
            table.wrong(_named(str(bad)), str(bad))
            continue
        for step in plan.steps:
            if step.template_key not in known_templates:
                table.wrong("step", f"step {step.index}: there is no template {step.template_key}")
        found[key] = plan
    if errors:
        raise PackInvalid(errors)
    return found


def _with_delays(value: Mapping[str, Any]) -> dict[str, Any]:
    """The table as ``from_json`` wants it: days since the step before instead of days since the first."""
    steps: list[dict[str, Any]] = []
    before = 0
    for index, step in enumerate(value.get("step", [])):
        day = step.get("day")
        if not isinstance(day, int) or isinstance(day, bool) or day < before or (index and day == before):
            raise BadSequence(f"step {index}: day must be a whole number that grows from step to step")
        rest = {name: one for name, one in step.items() if name != "day"}
        steps.append({**rest, "index": index, "delay_days": day - before})
        before = day
    return {**{name: one for name, one in value.items() if name != "step"}, "steps": steps}


def _named(message: str) -> str:
    """The field that a message speaks of, to find its line."""
    return "step" if message.startswith("step") else message.split(" ", 1)[0]
