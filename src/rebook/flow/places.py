"""The rules of places for one practice: where its patients may be, what binds there, and who reviewed it."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import get_args

from django.db import transaction

from rebook.accounts import audit
from rebook.accounts import read as accounts
from rebook.core.channel import ChannelKind
from rebook.core.outreach.law import MessageClass, Permission, strictest_rule
from rebook.packs.duties import Duty, duties_of
from rebook.packs.jurisdictions_law import HOUSE, every_row, file_of, rows_of, rule_file
from rebook.packs.jurisdictions_values import Row
from rebook.packs.jurisdictions_words import STATUSES, says
from rebook.packs.outreach import guard_policy, law_of, plausible_places
from rebook.packs.places import places_of
from rebook.records.read import places as read
from rebook.records.write import places as write

LONGEST_NOTE = 200
# Columns of what it comes to: channel, and whether a person dials.
COLUMNS: tuple[tuple[ChannelKind, bool], ...] = (
    *(("sms", False), ("phone", False), ("phone", True), ("email", False), ("portal", False)),
    ("letter", False),
)


class UnableToReview(Exception):
    """There is no such row, or it reads otherwise by now; look again."""

    permanent = True


@dataclass(frozen=True, slots=True)
class RuleLine:
    """One row as people read it. ``reviewed_on`` is the newer of the pack's and the practice's own review."""

    row: Row
    # Name of the place whose row it is: the country's for most of a state's.
    place: str
    is_own: bool
    says: str
    status: str
    sources: tuple[tuple[str, str], ...]
    reviewed_on: date | None
    # Actor ("user:7") of the practice's own review, or the name in the pack; "" when nobody signed.
    reviewed_by: str
    # Nobody looked at it for twelve months: the house rule counts beside it (R-A77).
    is_stale: bool
    is_coming: bool
    # What it asks beside hours and permission, and who keeps it.
    duties: tuple[Duty, ...] = ()


@dataclass(frozen=True, slots=True)
class PermissionLine:
    """What one class of message needs by each of ``COLUMNS``: the permission, and the place that asks it."""

    message_class: MessageClass
    cells: tuple[tuple[Permission, str], ...]


@dataclass(frozen=True, slots=True)
class PlaceSheet:
    """What binds in one place on a day. ``patients`` may be there by a hint; None where nobody counted."""

    key: str
    name: str
    patients: int | None
    lines: tuple[RuleLine, ...]
    # What the file is known not to say.
    unsaid: tuple[str, ...]
    stale: int
    unsigned: int


@dataclass(frozen=True, slots=True)
class Hint:
    """One thing that is known of a patient, and the places and clocks that it points to (R-A32, R-A33)."""

    kind: str
    places: tuple[str, ...]
    zones: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WhereMayTheyBe:
    """All places and clocks that count for one patient, with the hint each comes from."""

    hints: tuple[Hint, ...]
    places: tuple[str, ...]
    zones: tuple[str, ...]


def what_it_comes_to(
    *, organisation_id: int, places: Collection[str], on: date
) -> tuple[PermissionLine, ...]:
    """The strictest permission for each class and channel, for somebody who may be in any of ``places``.

    As the guard takes it: with the house rule, and with what falls back for want of review (R-A33, R-A77).
    """
    policy = guard_policy(
        jurisdiction_keys=places,
        years=(on.year, on.year + 1),
        on=on,
        reviewed=read.review_days(organisation_id=organisation_id),
    )
    return tuple(
        PermissionLine(
            one,
            tuple(
                (rule.permission, rule.place)
                for channel, by_hand in COLUMNS
                if (rule := strictest_rule(policy.laws, message_class=one, channel=channel, by_hand=by_hand))
            ),
        )
        for one in get_args(MessageClass)
    )


def places_in_use(*, organisation_id: int) -> Mapping[str, int]:
    """Place to patients who may be there, most first; the practice's own country and sites with 0 at least.

    A patient counts once for each kind of hint: where they live, and where their number comes from; the
    larger of the two is told.
    """
    house = accounts.organisation(organisation_id=organisation_id)
    country = house.jurisdiction.partition("-")[0].upper() or "US"
    homes, numbers = Counter[str](), Counter[str]()
    known = file_of(country.casefold())
    signs = max(places_of(known.key).postal_width, 1) if known else 1
    for hint in read.place_hints(organisation_id=organisation_id, postal_signs=signs):
        phone = f"{hint.phone}5550100"[:12] if hint.phone.startswith("+1") else hint.phone + "0" * 7
        keys, _ = plausible_places(
            country=country,
            patient_state=hint.state,
            patient_postal_code=hint.postal_code,
            phone=phone if hint.phone else "",
        )
        (numbers if hint.phone else homes).update(dict.fromkeys(keys, hint.patients))
    for site in accounts.locations(organisation_id=organisation_id):
        keys, _ = plausible_places(country=country, clinic_state=site.state, clinic_zone=site.time_zone)
        homes.update(dict.fromkeys(keys, 0))
    if known is not None:
        homes[country.casefold()] += 0
    found = {key: max(homes[key], numbers[key]) for key in {*homes, *numbers}}
    return dict(sorted(found.items(), key=lambda one: (-one[1], one[0])))


def sheet(
    *, organisation_id: int, key: str, on: date, patients: int | None = None, own_rows_only: bool = False
) -> PlaceSheet | None:
    """Everything that binds in a place, its country's rows first; ``house`` for what binds everywhere.

    ``own_rows_only`` leaves the country's rows out. None for a place that nobody knows.
    """
    reviews = read.rule_reviews(organisation_id=organisation_id)
    return sheet_of(key, on=on, reviews=reviews, patients=patients, own_rows_only=own_rows_only)


def sheet_of(
    key: str,
    *,
    on: date,
    reviews: Iterable[read.RuleReview] = (),
    patients: int | None = None,
    own_rows_only: bool = False,
) -> PlaceSheet | None:
    """``sheet`` for reviews that were read already."""
    file, law = file_of(key), law_of(key, on=on)
    if file is None or law is None:
        return None
    newest: dict[str, read.RuleReview] = {}
    for one in sorted(reviews, key=lambda review: review.reviewed_on):
        newest[f"{one.row_key}@{one.row_version}"] = one
    rows = rows_of(key) if not own_rows_only else [row for row in rows_of(key) if row.place != file.key]
    lines = [_line(row, key, on, newest) for row in rows if not row.effective_to or row.effective_to >= on]
    # The place's own rules are what a reader came for.
    lines.sort(key=lambda line: not line.is_own)
    return PlaceSheet(
        key=key,
        name=law.name,
        patients=patients,
        lines=tuple(lines),
        unsaid=file.unsaid if key in (file.key, HOUSE) else (),
        stale=sum(one.is_stale for one in lines),
        unsigned=sum(not one.reviewed_by for one in lines),
    )


def _line(row: Row, key: str, on: date, newest: Mapping[str, read.RuleReview]) -> RuleLine:
    own = newest.get(row.review_key)
    days = {row.review_key: own.reviewed_on} if own else {}
    # The European Union is no place of its own, only its members are.
    file, law = file_of(row.place) or rule_file(row.place), law_of(row.place, on=on)
    return RuleLine(
        row=row,
        place=law.name if law else file.name,
        is_own=row.place == key,
        says=says(row),
        status=STATUSES[row.status],
        sources=tuple((one, file.addresses.get(one, one)) for one in row.sources),
        reviewed_on=row.last_reviewed(days),
        reviewed_by=own.reviewed_by if own else row.reviewed_by,
        is_stale=row.is_stale(on, days),
        is_coming=row.effective_from is not None and row.effective_from > on,
        duties=duties_of(row),
    )


def where_may_they_be(*, organisation_id: int, patient_id: int) -> WhereMayTheyBe | None:
    """The places and clocks of one patient, hint by hint; None when there is no such patient."""
    known = read.patient_places(organisation_id=organisation_id, patient_id=patient_id)
    if known is None:
        return None
    house = accounts.organisation(organisation_id=organisation_id)
    country = house.jurisdiction.partition("-")[0].upper() or "US"
    sites = {one.id: one for one in accounts.locations(organisation_id=organisation_id)}
    site = sites.get(known.home_location_id or 0)
    clinic = {"clinic_state": site.state if site else "",
              "clinic_zone": site.time_zone if site else house.time_zone}  # fmt: skip
    asked: list[tuple[str, dict[str, str]]] = [
        ("time zone on file", {"patient_zone": known.time_zone}),
        ("state on file", {"patient_state": known.state}),
        ("postal code on file", {"patient_postal_code": known.postal_code}),
        *((f"telephone number {number}", {"phone": phone}) for number, phone in enumerate(known.phones, 1)),
        ("clinic", clinic),
    ]
    hints = tuple(
        Hint(kind, *plausible_places(country=country, **values))
        for kind, values in asked
        if any(values.values())
    )
    together = [
        plausible_places(
            country=country,
            patient_zone=known.time_zone,
            patient_state=known.state,
            patient_postal_code=known.postal_code,
            phone=phone,
            **clinic,
        )
        for phone in known.phones or ("",)
    ]
    return WhereMayTheyBe(
        hints=hints,
        places=tuple(sorted({key for keys, _ in together for key in keys})),
        zones=tuple(sorted({zone for _, zones in together for zone in zones})),
    )


def record_review(
    *,
    organisation_id: int,
    row_key: str,
    row_version: str,
    today: date,
    now: datetime,
    actor: str,
    note: str = "",
) -> bool:
    """Somebody of the practice read a row against its source today; False when that is known already.

    Lifts the row's warning for this practice alone, and only while it reads as it does now (R-A77). Raises
    ``UnableToReview`` when there is no such row, or it reads otherwise.
    """
    if not any(row.id == row_key and row.version == row_version for row in every_row()):
        raise UnableToReview("the rule has changed, or there is none of that name: read it again")
    with transaction.atomic(durable=True):
        is_new = write.add_review(
            organisation_id=organisation_id,
            row_key=row_key,
            row_version=row_version,
            reviewed_on=today,
            reviewed_by=actor,
            note=note.strip()[:LONGEST_NOTE],
            now=now,
        )
        if is_new:
            audit.append(
                organisation_id=organisation_id,
                now=now,
                actor=actor,
                action="place_rule.reviewed",
                subject_kind="place_rule",
                subject_id=row_key[:64],
                detail={"version": row_version},
            )
    return is_new
