"""``/api/v1/segments``: saved segments, counting one, saving one."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router, Schema
from ninja.errors import HttpError

from rebook.accounts import read as accounts
from rebook.accounts.scope import organisation_scope
from rebook.api.access import Paging, practice_of
from rebook.core.segment import FIELDS, BadSegment, Segment, sentence
from rebook.flow import segments as flow
from rebook.records.read import segment_files

router = Router()
# Those who may make campaigns may say whom they are for.
WRITERS = frozenset({"manager", "coordinator"})


class SegmentIn(Schema):
    """``filters``: [{"field": "age", "from": 40, "to": 74}, {"field": "language", "any_of": ["es"]}]."""

    who: str = "due"
    filters: list[dict[str, Any]] = []


class SegmentSave(SegmentIn):
    name: str
    note: str = ""
    id: int | None = None


class SegmentOut(Schema):
    id: int
    name: str
    version: int
    created_at: datetime
    sentence: str
    segment: dict[str, Any]


class CountOut(Schema):
    as_of: date
    sentence: str
    patients: int
    reasons: int
    could_be_contacted: int
    left_out: dict[str, int]


class FieldOut(Schema):
    key: str
    about: str
    shape: str
    label: str
    unit: str
    words: list[str]
    least: int
    most: int


@router.get("/fields", response=list[FieldOut], summary="What a segment may filter by")
def fields(request: HttpRequest) -> list[Any]:
    return list(FIELDS.values())


@router.get("", response=list[SegmentOut], summary="Saved segments")
def saved(request: HttpRequest, page: Query[Paging]) -> list[Any]:
    """The newest version of each, by name."""
    organisation_id, _ = practice_of(request, page.practice)
    with organisation_scope(organisation_id):
        return [_out(one) for one in segment_files.saved(organisation_id=organisation_id)]


@router.post("/count", response=CountOut, summary="How many a segment means, without saving it")
def count(request: HttpRequest, given: SegmentIn, page: Query[Paging]) -> Any:
    organisation_id, _ = practice_of(request, page.practice)
    with organisation_scope(organisation_id):
        now = timezone.now()
        zone = ZoneInfo(accounts.organisation(organisation_id=organisation_id).time_zone)
        found = flow.count(
            organisation_id=organisation_id,
            segment=_segment(organisation_id, given),
            as_of=now.astimezone(zone).date(),
            now=now,
        )
    return CountOut(
        as_of=found.as_of,
        sentence=found.sentence,
        patients=found.size.patients,
        reasons=found.size.reasons,
        could_be_contacted=found.size.free,
        left_out=dict(found.size.left_out),
    )


@router.post("", response=SegmentOut, summary="Save a segment, or its next version")
def save(request: HttpRequest, given: SegmentSave, page: Query[Paging]) -> Any:
    """With ``id`` the next version of that segment; the same content again makes no version."""
    organisation_id, role = practice_of(request, page.practice)
    if role not in WRITERS:
        raise HttpError(403, "not allowed")
    with organisation_scope(organisation_id):
        try:
            file = flow.save(
                organisation_id=organisation_id,
                segment=_segment(organisation_id, given),
                name=given.name,
                segment_id=given.id,
                note=given.note,
                now=timezone.now(),
                actor=f"user:{request.user.pk}",
            )
        except flow.UnableToSave as error:
            raise HttpError(422, str(error)) from None
        return _out(file)


def _segment(organisation_id: int, given: SegmentIn) -> Segment:
    try:
        value = {"who": given.who, "filters": given.filters}
        return flow.read_segment(organisation_id=organisation_id, value=value)
    except BadSegment as error:
        raise HttpError(422, str(error)) from None


def _out(file: segment_files.SegmentFile) -> SegmentOut:
    return SegmentOut(
        id=file.id,
        name=file.name,
        version=file.newest.number,
        created_at=file.newest.created_at,
        sentence=sentence(file.newest.segment),
        segment=file.newest.segment.as_json(),
    )
