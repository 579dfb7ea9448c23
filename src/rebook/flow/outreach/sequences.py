"""The practice's own sequences: cloned from a pack's, changed as a draft, published in versions.

A published version never changes. Campaigns freeze the newest one when they are launched; how running ones
come to a newer is in ``sequences_moving``.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db import transaction

from rebook.accounts import audit
from rebook.accounts import read as accounts
from rebook.core.outreach.sequence import BY_GAP_KIND, BadSequence, Sequence, as_json, from_json
from rebook.core.outreach.sequence_effort import LEAST_EFFORT, effort_for, shortfalls
from rebook.core.outreach.sequence_when import HIGHEST_CLASS
from rebook.core.reasons import Reason
from rebook.packs import outreach as packs
from rebook.records.read import sequences as read
from rebook.records.read.sequences import OwnVersion
from rebook.records.write import sequences as write

from .library import template_library

OWN = "own."
LONGEST_TITLE = 60


class UnableToSave(Exception):
    """A sequence cannot be changed or published as asked; other input is needed."""

    permanent = True
    is_for_people = True


@dataclass(frozen=True, slots=True)
class Problem:
    """What keeps a sequence from being published. ``step`` None means the whole; ``field`` names the part."""

    field: str
    says: str
    step: int | None = None


@dataclass(frozen=True, slots=True)
class SequenceFile:
    """A sequence as its page shows it: the shipped one, or the practice's own with its versions."""

    key: str
    pack: str
    # What is shown: the draft where there is one.
    sequence: Sequence
    draft: OwnVersion | None = None
    published: OwnVersion | None = None
    versions: tuple[OwnVersion, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def is_own(self) -> bool:
        return self.pack == ""


def own_sequence(*, organisation_id: int, key: str) -> Sequence | None:
    """The newest published version of a sequence of the practice's own; None when there is none."""
    if not key.startswith(OWN):
        return None
    versions = read.own_versions(organisation_id=organisation_id, key=key)
    return next((from_json(one.content) for one in versions if one.state == "published"), None)


def sequences_in_use(*, organisation_id: int) -> dict[str, Sequence]:
    """Every sequence that a campaign may run by, by key: the practice's own, then those of its packs."""
    found: dict[str, Sequence] = {}
    for one in read.own_versions(organisation_id=organisation_id):
        if one.state == "published":
            found.setdefault(one.key, from_json(one.content))
    for pack in accounts.organisation(organisation_id=organisation_id).pack_keys:
        for key, sequence in packs.sequences(pack).items():
            found.setdefault(key, sequence)
    return found


def sequence_files(*, organisation_id: int) -> list[SequenceFile]:
    """Every sequence with its state: the practice's own first, then pack by pack."""
    own: dict[str, list[OwnVersion]] = {}
    for one in read.own_versions(organisation_id=organisation_id):
        own.setdefault(one.key, []).append(one)
    files = [_own_file(organisation_id, key, versions) for key, versions in own.items()]
    for pack in accounts.organisation(organisation_id=organisation_id).pack_keys:
        files += [SequenceFile(key, pack, sequence) for key, sequence in packs.sequences(pack).items()]
    return files


def sequence_file(*, organisation_id: int, key: str) -> SequenceFile | None:
    """One sequence, shipped or own; None when the practice has none of that key."""
    if key.startswith(OWN):
        versions = read.own_versions(organisation_id=organisation_id, key=key)
        return _own_file(organisation_id, key, versions) if versions else None
    return next(
        (one for one in sequence_files(organisation_id=organisation_id) if one.key == key and one.pack), None
    )


def _own_file(organisation_id: int, key: str, versions: list[OwnVersion]) -> SequenceFile:
    draft = next((one for one in versions if one.state == "draft"), None)
    published = next((one for one in versions if one.state == "published"), None)
    shown = draft or versions[0]
    sequence = from_json(shown.content)
    problems = problems_of(organisation_id=organisation_id, sequence=sequence) if draft else ()
    return SequenceFile(key, "", sequence, draft, published, tuple(versions), problems)


def problems_of(*, organisation_id: int, sequence: Sequence) -> tuple[Problem, ...]:
    """Everything that keeps a sequence from being published: effort owed (R-C5), words that are not there."""
    found = [Problem("max_class", one.says) for one in shortfalls(sequence)]
    library = template_library(organisation_id=organisation_id)
    known = {(key, channel) for key, channel, _ in library.texts()}
    for step in sequence.steps:
        if step.template_key != BY_GAP_KIND and (step.template_key, step.channel) not in known:
            says = f"there are no words “{step.template_key}” for this channel"
            found.append(Problem("template_key", says, step.index))
        if step.channel in step.fallbacks:
            found.append(Problem("fallbacks", "a channel cannot be its own second way", step.index))
    return tuple(found)


def effort_reasons(sequence: Sequence) -> tuple[Reason, ...]:
    """Why a campaign may not be launched with it: classes for which it does too little (R-C5)."""
    return tuple(Reason("too_little_effort", one.says) for one in shortfalls(sequence))


def graver_patients(
    *, organisation_id: int, segment: dict[str, Any], sequence: Sequence, today: date, now: datetime
) -> tuple[Reason, ...]:
    """Patients of a segment whose class is owed more than the sequence does: to be noted before a launch.

    They are not lost: when nobody answers, a clinician hears of each of class 3 and higher (R-C6).
    """
    found = read.classes_in_segment(organisation_id=organisation_id, segment=segment, today=today, now=now)
    return tuple(
        Reason(
            "graver_patients",
            f"{patients} of its patients are of class {risk_class}, who are owed more than these steps: "
            "leave them out, or choose steps for them",
        )
        for risk_class, patients in found.items()
        if not effort_for(sequence, risk_class=risk_class).reaches(
            LEAST_EFFORT[min(risk_class, HIGHEST_CLASS)]
        )
    )


def clone_sequence(*, organisation_id: int, key: str, title: str, now: datetime, actor: str) -> str:
    """A draft of the practice's own made from ``key``; its key. Raises ``UnableToSave``."""
    file = sequence_file(organisation_id=organisation_id, key=key)
    if file is None:
        raise UnableToSave(f"there is no sequence '{key}'")
    title = _title(title)
    with transaction.atomic(durable=True):
        taken = {one.key for one in read.own_versions(organisation_id=organisation_id)}
        own_key = _free_key(title, taken)
        content = as_json(replace(file.sequence, key=own_key, title=title, source=f"made from {key}"))
        write.save_draft(
            organisation_id=organisation_id,
            key=own_key,
            content=content,
            made_from=key,
            actor=actor,
            now=now,
        )
        _note(organisation_id, own_key, "sequence.cloned", now=now, actor=actor, made_from=key)
    return own_key


def change_sequence(
    *,
    organisation_id: int,
    key: str,
    change: Callable[[Sequence], Sequence],
    now: datetime,
    actor: str,
) -> Sequence:
    """Apply ``change`` to the draft (made from the newest version where there is none); what it gave.

    Raises ``UnableToSave`` for a shipped sequence, which is cloned instead, and for a change that cannot be.
    """
    with transaction.atomic(durable=True):
        file = sequence_file(organisation_id=organisation_id, key=key)
        if file is None or not file.is_own:
            raise UnableToSave("a shipped sequence stays as it is: make your own from it")
        try:
            changed = change(file.sequence)
            checked = from_json(as_json(changed))
        except BadSequence as bad:
            raise UnableToSave(str(bad)) from None
        write.save_draft(
            organisation_id=organisation_id,
            key=key,
            content=as_json(checked),
            made_from=file.versions[0].made_from,
            actor=actor,
            now=now,
        )
    return checked


def publish_sequence(*, organisation_id: int, key: str, now: datetime, actor: str) -> int:
    """Publish the draft; its version. Raises ``UnableToSave`` with everything that stands against it."""
    with transaction.atomic(durable=True):
        file = sequence_file(organisation_id=organisation_id, key=key)
        if file is None or file.draft is None:
            raise UnableToSave("there is no draft to publish")
        if file.problems:
            raise UnableToSave("; ".join(one.says for one in file.problems))
        number = write.publish_draft(organisation_id=organisation_id, key=key, actor=actor, now=now)
        _note(organisation_id, key, "sequence.published", now=now, actor=actor, version=number)
    return number


def discard_draft(*, organisation_id: int, key: str, now: datetime, actor: str) -> None:
    """Throw the draft away; what was published stays. Raises ``UnableToSave`` when there is none."""
    with transaction.atomic(durable=True):
        if not write.drop_draft(organisation_id=organisation_id, key=key):
            raise UnableToSave("there is no draft")
        _note(organisation_id, key, "sequence.draft_dropped", now=now, actor=actor)


def _title(text: str) -> str:
    title = " ".join(text.split())
    if not 0 < len(title) <= LONGEST_TITLE:
        raise UnableToSave(f"give it a name of at most {LONGEST_TITLE} letters")
    return title


def _free_key(title: str, taken: set[str]) -> str:
    word = re.sub(r"[^a-z0-9]+", "_", title.lower()).strip("_")[:40] or "sequence"
    names = (OWN + word, *(f"{OWN}{word}_{number}" for number in range(2, 1000)))
    return next(name for name in names if name not in taken)


def _note(
    organisation_id: int, key: str, action: str, *, now: datetime, actor: str, **detail: str | int
) -> None:
    audit.append(
        organisation_id=organisation_id,
        now=now,
        actor=actor,
        action=action,
        subject_kind="sequence",
        subject_id=key,
        detail=dict(detail),
    )
