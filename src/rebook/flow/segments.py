"""Segments: counted while they are made, saved with every version, put away."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from rebook.accounts import audit
from rebook.accounts import read as accounts
from rebook.core.segment import BadSegment, Segment, sentence
from rebook.core.segment.sentence import Label, plain_label
from rebook.packs.outreach import guard_policy
from rebook.records.read import segments as read
from rebook.records.read.patientfile import PatientLine
from rebook.records.read.segment_files import SegmentFile, segment_file
from rebook.records.read.segments import SegmentSize
from rebook.records.write import segments as write

LONGEST_NAME = 120
LONGEST_NOTE = 200


class UnableToSave(Exception):
    """The segment cannot be saved as asked; other input is needed."""

    permanent = True
    is_for_people = True


@dataclass(frozen=True, slots=True)
class SegmentCount:
    """Who fits on ``as_of``, and the sentence that says who that is."""

    segment: Segment
    sentence: str
    as_of: date
    size: SegmentSize


def read_segment(*, organisation_id: int, value: Mapping[str, Any]) -> Segment:
    """The segment in ``value``, checked against the organisation's sites. Raises ``BadSegment``."""
    sites = {one.id for one in accounts.locations(organisation_id=organisation_id)}
    return Segment.from_json(value, locations=sites)


def count(
    *, organisation_id: int, segment: Segment, as_of: date, now: datetime, label: Label = plain_label
) -> SegmentCount:
    """How many fit now, how many of them could be contacted, and why not the others. Writes nothing."""
    size = read.size(
        organisation_id=organisation_id,
        segment=segment,
        barring=_barring(organisation_id, now),
        today=as_of,
        now=now,
    )
    return SegmentCount(segment, sentence(segment, label=label), as_of, size)


def list_patients(
    *,
    organisation_id: int,
    segment: Segment,
    left_out_by: str | None,
    as_of: date,
    now: datetime,
    limit: int,
    offset: int = 0,
) -> tuple[PatientLine, ...]:
    """Who they are, best rank first; ``left_out_by`` as in ``records.read.segments.patients_in``."""
    return read.patients_in(
        organisation_id=organisation_id,
        segment=segment,
        left_out_by=left_out_by,
        barring=_barring(organisation_id, now),
        today=as_of,
        now=now,
        limit=limit,
        offset=offset,
    )


def save(
    *,
    organisation_id: int,
    segment: Segment,
    name: str,
    segment_id: int | None = None,
    note: str = "",
    now: datetime,
    actor: str,
) -> SegmentFile:
    """A new segment, or a new version of ``segment_id``; saying the same again makes no new version.

    Campaigns made from an older version keep what they were launched with. Raises ``UnableToSave``.
    """
    name, note = name.strip(), note.strip()[:LONGEST_NOTE]
    if not 0 < len(name) <= LONGEST_NAME:
        raise UnableToSave(f"a segment needs a name of at most {LONGEST_NAME} letters")
    with transaction.atomic(durable=True):
        known = segment_id
        if known is None:
            known = write.add_segment(organisation_id=organisation_id, name=name)
        elif segment_file(organisation_id=organisation_id, segment_id=known) is None:
            raise UnableToSave(f"there is no segment {known}")
        if known is None or not write.rename(organisation_id=organisation_id, segment_id=known, name=name):
            raise UnableToSave(f"there is already a segment '{name}'")
        number = write.add_version(
            organisation_id=organisation_id,
            segment_id=known,
            segment=segment,
            note=note,
            actor=actor,
            now=now,
        )
        _note(organisation_id, known, "segment.saved", {"version": number}, now=now, actor=actor)
    file = segment_file(organisation_id=organisation_id, segment_id=known)
    assert file is not None
    return file


def put_away(
    *, organisation_id: int, segment_id: int, now: datetime, actor: str, take_back: bool = False
) -> bool:
    """Out of the lists, or back into them; campaigns made from it go on. False: there is no such segment."""
    with transaction.atomic(durable=True):
        at = None if take_back else now
        done = write.set_archived(organisation_id=organisation_id, segment_id=segment_id, at=at)
        if done:
            action = "segment.taken_back" if take_back else "segment.put_away"
            _note(organisation_id, segment_id, action, {}, now=now, actor=actor)
    return done


def frozen(*, organisation_id: int, segment_id: int) -> dict[str, Any]:
    """The newest version as a campaign keeps it, with where it came from. Raises ``BadSegment``."""
    file = segment_file(organisation_id=organisation_id, segment_id=segment_id)
    if file is None:
        raise BadSegment("saved", f"there is no segment {segment_id}")
    return {**file.newest.segment.as_json(), "saved": {"id": file.id, "version": file.newest.number}}


def _barring(organisation_id: int, now: datetime) -> list[str]:
    house = accounts.organisation(organisation_id=organisation_id)
    policy = guard_policy(
        jurisdiction_keys=(), years=(now.year, now.year + 1), overrides=house.settings.get("guard")
    )
    return sorted(policy.barring_exclusions)


def _note(
    organisation_id: int, segment_id: int, action: str, detail: dict[str, Any], *, now: datetime, actor: str
) -> None:
    audit.append(
        organisation_id=organisation_id,
        now=now,
        actor=actor,
        action=action,
        subject_kind="segment",
        subject_id=str(segment_id),
        detail=detail,
    )
