"""What bears on a contact beside the chart: wishes, signs of a number, other tools, signatures."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time
from typing import Any, NamedTuple

Rows = Callable[[str, Any], list[tuple[Any, ...]]]


class WishRow(NamedTuple):
    patient_id: int
    channels: list[str]
    phone: str
    email: str
    address_line: str
    in_envelope: bool
    opens: time | None
    closes: time | None
    weekdays: list[int]
    needs: list[str]
    code_word: str


class MarkRow(NamedTuple):
    value: str
    kind: str
    at: datetime


class SignatureRow(NamedTuple):
    kind: str
    channel: str
    content_hash: str
    cents: int | None
    is_cash: bool
    has_exception: bool


@dataclass(frozen=True, slots=True)
class Besides:
    """Rows about a batch, by what they hang on. ``wishes``: a person's and of records merged into it."""

    wishes: Mapping[int, Sequence[WishRow]] = field(default_factory=dict)
    marks: Mapping[str, Sequence[MarkRow]] = field(default_factory=dict)
    # Number or address -> the last sign that it is the patient's.
    seen: Mapping[str, datetime] = field(default_factory=dict)
    # Content hash -> signatures in force.
    signatures: Mapping[str, Sequence[SignatureRow]] = field(default_factory=dict)
    # Patient -> cents offered in this calendar year.
    offered: Mapping[int, int] = field(default_factory=dict)


WISHES = """
WITH RECURSIVE same AS (
    SELECT id, id AS person FROM unnest(%(people)s::bigint[]) AS id
    UNION
    SELECT p.id, same.person FROM records_patient p JOIN same ON p.merged_into_id = same.id
    WHERE p.organisation_id = %(org)s
)
SELECT same.person, w.channels, w.phone, w.email, w.address_line, w.in_envelope, w.opens, w.closes,
       w.weekdays, w.needs, w.code_word
FROM records_confidentialrequest w JOIN same ON same.id = w.patient_id
WHERE w.organisation_id = %(org)s AND w.ended_at IS NULL
"""
# What was noted of a number, and the last sign that it is the patient's: delivered to, verified, or written
# from by one of these people.
NUMBERS = """
SELECT value, kind, at FROM records_numbermark
WHERE organisation_id = %(org)s AND ended_at IS NULL
  AND value = ANY(ARRAY(SELECT json_array_elements_text(%(values)s::json)))
UNION ALL
SELECT value, 'seen', max(at) FROM (
    SELECT to_value AS value, coalesce(result_at, sent_at) AS at FROM records_attempt
    WHERE organisation_id = %(org)s AND state IN ('delivered', 'read')
      AND to_value = ANY(ARRAY(SELECT json_array_elements_text(%(values)s::json)))
    UNION ALL
    SELECT value, coalesce(state_changed_at, %(now)s::timestamptz) FROM records_contactpoint
    WHERE organisation_id = %(org)s AND state = 'verified'
      AND value = ANY(ARRAY(SELECT json_array_elements_text(%(values)s::json)))
    UNION ALL
    SELECT from_value, received_at FROM records_reply
    WHERE organisation_id = %(org)s AND patient_id = ANY(%(people)s::bigint[])
) signs WHERE at IS NOT NULL GROUP BY value
"""
SIGNATURES = """
SELECT content_hash, kind, channel, cents, is_cash, exception <> '' FROM records_specialapproval
WHERE organisation_id = %(org)s AND revoked_at IS NULL
"""
OFFERED = """
SELECT patient_id, sum(cents)::bigint FROM records_offergiven
WHERE organisation_id = %(org)s AND patient_id = ANY(%(people)s::bigint[]) AND at >= %(year)s
GROUP BY patient_id
"""


def besides(rows: Rows, parameters: Mapping[str, Any], *, now: datetime, has_texts: bool) -> Besides:
    """Two queries; one more for texts, and another where somebody signed an offer.

    ``parameters``: org, people and values, as ``guard_subjects`` passes them.
    """
    wishes: dict[int, list[WishRow]] = defaultdict(list)
    for row in map(WishRow._make, rows(WISHES, parameters)):
        wishes[row.patient_id].append(row)
    marks: dict[str, list[MarkRow]] = defaultdict(list)
    seen: dict[str, datetime] = {}
    for mark in map(MarkRow._make, rows(NUMBERS, {**parameters, "now": now})):
        if mark.kind == "seen":
            seen[mark.value] = mark.at
        else:
            marks[mark.value].append(mark)
    signatures: dict[str, list[SignatureRow]] = defaultdict(list)
    for content_hash, kind, channel, cents, is_cash, has_exception in (
        rows(SIGNATURES, parameters) if has_texts else ()
    ):
        signatures[content_hash].append(
            SignatureRow(kind, channel, content_hash, cents, is_cash, has_exception)
        )
    has_offers = any(one.kind == "offer" for some in signatures.values() for one in some)
    year = {**parameters, "year": now.replace(month=1, day=1, hour=0, minute=0, second=0, microsecond=0)}
    return Besides(
        wishes=wishes,
        marks=marks,
        seen=seen,
        signatures=signatures,
        offered=dict(rows(OFFERED, year)) if has_offers else {},
    )
