"""Changing a sequence step by step: each act gives a new one, numbered anew. Nothing here saves."""

from collections.abc import Sequence as Steps
from dataclasses import replace

from rebook.core.outreach.sequence import MOST_STEPS, BadSequence, Sequence, Step


def add_step(sequence: Sequence, *, place: int, step: Step) -> Sequence:
    """With one more step at ``place`` (0 the first). Raises ``BadSequence`` where there is no room."""
    if len(sequence.steps) >= MOST_STEPS:
        raise BadSequence(f"steps are more than {MOST_STEPS}")
    if not 0 <= place <= len(sequence.steps):
        raise BadSequence("there is no such place")
    return _numbered(sequence, [*sequence.steps[:place], step, *sequence.steps[place:]])


def change_step(sequence: Sequence, *, index: int, step: Step) -> Sequence:
    """With another step in the place of one. Raises ``BadSequence`` when there is none."""
    _known(sequence, index)
    return _numbered(sequence, [*sequence.steps[:index], step, *sequence.steps[index + 1 :]])


def remove_step(sequence: Sequence, *, index: int) -> Sequence:
    """Without one step; the next one then counts from the one before it. A plan keeps at least one."""
    _known(sequence, index)
    if len(sequence.steps) == 1:
        raise BadSequence("a sequence needs at least one step")
    return _numbered(sequence, [*sequence.steps[:index], *sequence.steps[index + 1 :]])


def move_step(sequence: Sequence, *, index: int, by: int) -> Sequence:
    """One step earlier (-1) or later (1); at either end nothing changes. Each keeps its own delay."""
    _known(sequence, index)
    to = min(max(index + by, 0), len(sequence.steps) - 1)
    steps = list(sequence.steps)
    steps.insert(to, steps.pop(index))
    return _numbered(sequence, steps)


def _known(sequence: Sequence, index: int) -> None:
    if not 0 <= index < len(sequence.steps):
        raise BadSequence("there is no such step")


def _numbered(sequence: Sequence, steps: Steps[Step]) -> Sequence:
    numbered = tuple(replace(step, index=index) for index, step in enumerate(steps))
    return replace(sequence, steps=numbered)
