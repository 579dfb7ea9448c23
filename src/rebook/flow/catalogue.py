"""Every rule of a practice's packs, with what became of it: signed or not, still valid, whom it finds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from zoneinfo import ZoneInfo

from rebook.accounts import read as accounts
from rebook.core.gaps import GapDefinition
from rebook.core.gaps import in_words as words
from rebook.core.gaps.review import Review, review
from rebook.flow.common.value_sets import lacking, loaded_codes
from rebook.packs.gaps import gap_definitions
from rebook.packs.specialties import declared_words, specialty, specialty_keys
from rebook.packs.specialties import visit_types as pack_visit_types
from rebook.records.read import catalogue as read
from rebook.records.read.catalogue import RuleCount
from rebook.records.read.setuppages import Signature, gap_signatures


@dataclass(frozen=True, slots=True)
class RuleLine:
    """One rule in plain words. ``signature`` is the one under the rule as it stands, ``past`` all others."""

    definition: GapDefinition
    specialty_name: str
    for_whom: str
    left_out: str
    how_often: str
    first_time: str
    opening: str
    instead_of: tuple[str, ...]
    review: Review
    count: RuleCount
    signature: Signature | None = None
    past: tuple[Signature, ...] = ()
    # What it asks of value sets and codes that are not there, in words.
    not_loaded: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """What a search looks through."""
        one = self.definition
        parts = (one.key, *one.label.values(), one.visit_type, one.source, one.guideline, self.for_whom)
        return " ".join(parts).lower()


def catalogue(*, organisation_id: int, today: date) -> tuple[RuleLine, ...]:
    """Every rule of the organisation's packs in their order. ``today`` on the practice's clock.

    Raises ``packs.loader.PackInvalid``.
    """
    organisation = accounts.organisation(organisation_id=organisation_id)
    packs = tuple(organisation.pack_keys)
    definitions = gap_definitions(packs)
    call, zone = caller(packs), ZoneInfo(organisation.time_zone)
    counts = read.rule_counts(organisation_id=organisation_id, today=today)
    signed = gap_signatures(organisation_id=organisation_id)
    labels = {one.key: one.words() for one in definitions}
    loaded = loaded_codes(definitions)
    lines = (
        _line(one, call, labels, counts.get(one.key, RuleCount()), signed.get(one.key, ()), today, zone)
        for one in definitions
    )
    return tuple(replace(line, not_loaded=lacking(line.definition, loaded)) for line in lines)


def caller(packs: Sequence[str]) -> words.Call:
    """What the packs call a word of the chart; read as it stands where none says."""
    known = [one for one in packs if one in specialty_keys()]
    labels = {place: word.label.get("en", "") for place, word in declared_words(known).items()}
    labels |= {("visit", one.key): one.label.get("en", "") for one in pack_visit_types(known)}
    return lambda kind, key: labels.get((kind, key)) or words.plainly(kind, key)


def pack_name(key: str) -> str:
    """A pack's English name."""
    return specialty(key).called() if key in specialty_keys() else words.plainly("pack", key).capitalize()


def _line(
    one: GapDefinition,
    call: words.Call,
    labels: Mapping[str, str],
    count: RuleCount,
    signatures: Sequence[Signature],
    today: date,
    zone: ZoneInfo,
) -> RuleLine:
    now = next((line for line in signatures if line.content_hash == one.content_hash), None)
    signed_on = now.at.astimezone(zone).date() if now else None
    return RuleLine(
        definition=one,
        specialty_name=pack_name(one.specialty),
        for_whom=words.for_whom(one, call),
        left_out=words.left_out(one, call),
        how_often=words.how_often(one, call),
        first_time=words.first_time(one, call),
        opening=words.opening(one),
        instead_of=tuple(labels.get(key, key) for key in one.supersedes),
        review=review(one, as_of=today, signed_on=signed_on, was_signed_before=bool(signatures)),
        count=count,
        signature=now,
        past=tuple(line for line in signatures if line is not now),
    )
