"""Look at an organisation's records: what stands against contacting its patients. Reads only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings as django_settings

from rebook.accounts import read as accounts
from rebook.channels.registry import DEFAULT_CHANNELS, UnknownChannel, channels_for
from rebook.core.doctor import (
    ChannelFacts,
    Counted,
    Facts,
    Finding,
    Profile,
    RuleFacts,
    SourceFacts,
    examine,
)
from rebook.core.gaps import GapDefinition, GapSettings, SettingInvalid, read_settings
from rebook.flow.common.channels import channel_settings
from rebook.flow.common.library import library_of
from rebook.flow.common.value_sets import lacking, loaded_codes
from rebook.packs.gaps import gap_definitions
from rebook.packs.operational import pending_rules
from rebook.records.read import backtests as snapshots
from rebook.records.read import doctor as read
from rebook.records.read import gaps as read_gaps
from rebook.records.read import profile

# A first due date that needs no visit before it: these words make somebody due who never came.
FROM_NOTHING = frozenset({"age", "condition", "medication"})
STALE_AFTER_HOURS = 72


@dataclass(frozen=True, slots=True)
class KnownWords:
    """Languages that texts are written in, and words for visits that rules or visit types know."""

    languages: list[str]
    visit_types: list[str]


def look(*, organisation_id: int, now: datetime, with_rules: bool = True) -> tuple[Finding, ...]:
    """Everything found. Without ``with_rules`` nobody is judged by the rules, which takes the longest."""
    organisation = accounts.organisation(organisation_id=organisation_id)
    zone, is_known = _zone(organisation.time_zone)
    today = now.astimezone(zone).date()
    definitions = gap_definitions(tuple(organisation.pack_keys))
    known = known_words(organisation_id=organisation_id)
    feed = read.feed(organisation_id=organisation_id, now=now, time_zone=zone.key)
    backup_at = read.last_backup_at(organisation_id=organisation_id)
    facts = Facts(
        today=today,
        patients=read.patients(organisation_id=organisation_id),
        counts=_counts(organisation_id, now, known),
        last_event_on=feed.last_event_on,
        furthest_on=feed.furthest_on,
        coming=feed.coming,
        stale_after_hours=STALE_AFTER_HOURS,
        time_zone=organisation.time_zone,
        zone_is_known=is_known,
        sources=_sources(organisation_id, now),
        rules=_rules(organisation_id, definitions, organisation.settings, today, with_rules),
        channels=_channels(organisation.settings.get("channels")),
        has_phone=bool(organisation.phone),
        has_postal_address=bool(organisation.postal_address),
        days_since_backup=(now - backup_at).days if backup_at else None,
    )
    return examine(facts)


def known_words(*, organisation_id: int) -> KnownWords:
    organisation = accounts.organisation(organisation_id=organisation_id)
    definitions = gap_definitions(tuple(organisation.pack_keys))
    types = {word for one in definitions for word in (*one.booked_types, *one.return_types)}
    types |= read.words(organisation_id=organisation_id, on=date.min).visit_types
    return KnownWords(list(library_of(organisation).languages()), sorted(types))


def _zone(name: str) -> tuple[ZoneInfo, bool]:
    try:
        return ZoneInfo(name), True
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC"), False


def _counts(organisation_id: int, now: datetime, known: KnownWords) -> Mapping[str, Counted]:
    return read.counts(
        organisation_id=organisation_id,
        now=now,
        languages=known.languages,
        visit_types=known.visit_types,
    )


def _sources(organisation_id: int, now: datetime) -> tuple[SourceFacts, ...]:
    kept = profile.last_profiles(organisation_id=organisation_id)
    found = []
    for source_id, key, synced_at in read.sources(organisation_id=organisation_id):
        two = [Profile.from_json(one) for one in kept.get(source_id, [])] + [None, None]
        hours = (now - synced_at).total_seconds() / 3600 if synced_at else None
        found.append(SourceFacts(key, hours, now=two[0], before=two[1]))
    return tuple(found)


def _channels(chosen: Mapping[str, str] | None) -> tuple[ChannelFacts, ...]:
    keys = {str(kind): key for kind, key in DEFAULT_CHANNELS.items()} | dict(chosen or {})
    found = []
    for kind, key in sorted(keys.items()):
        if not key:
            continue
        problem = ""
        try:
            channels_for(chosen={**dict.fromkeys(keys, ""), kind: key}, settings=channel_settings())
        except UnknownChannel as error:
            problem = str(error)
        found.append(ChannelFacts(kind, key, is_rehearsal=key.startswith("sandbox"), problem=problem))
    return tuple(found)


def _rules(
    organisation_id: int,
    definitions: tuple[GapDefinition, ...],
    settings: Mapping[str, Any],
    today: date,
    with_rules: bool,
) -> tuple[RuleFacts, ...]:
    signed = read_gaps.signatures(organisation_id=organisation_id)
    try:
        given = read_settings(settings.get("gaps", {}), signed=signed, pending=pending_rules())
    except SettingInvalid:
        # `rebook gaps` says it in full; the records can be looked at all the same.
        given = GapSettings(signed=signed)
    loaded = loaded_codes(definitions)
    given = replace(given, value_sets=loaded.codes)
    words = read.words(organisation_id=organisation_id, on=today)
    listed = _listed(organisation_id, definitions, given, today) if with_rules else None
    return tuple(_rule(one, given, words, listed, today, lacking(one, loaded)) for one in definitions)


def _rule(
    one: GapDefinition,
    settings: GapSettings,
    words: read.Words,
    listed: Mapping[str, int] | None,
    today: date,
    not_loaded: tuple[str, ...],
) -> RuleFacts:
    visits = [word for group in one.qualifying for word in group.visit_types]
    procedures = [word for group in one.qualifying for word in group.procedures]
    known = [*(word for word in visits if word in words.visits)]
    known += [word for word in procedures if word in words.procedures]
    return RuleFacts(
        key=one.key,
        label=one.words(),
        risk_class=one.risk_class,
        is_signed=settings.is_signed(one.key, one.content_hash, one.signed_off_by),
        is_expired=one.is_expired(today),
        starts_from_nothing=one.first_due in FROM_NOTHING or bool(one.at_ages),
        words=tuple(dict.fromkeys((*visits, *procedures))),
        words_known=tuple(dict.fromkeys(known)),
        listed=None if listed is None else listed.get(one.key, 0),
        visit_type=one.visit_type,
        has_room=one.visit_type in words.visit_types
        and (words.has_open_hours or one.visit_type in words.with_room),
        not_loaded=not_loaded,
    )


def _listed(
    organisation_id: int, definitions: Sequence[GapDefinition], settings: GapSettings, today: date
) -> Mapping[str, int] | None:
    """Patients each rule lists: as last found, or before that judged on the newest snapshot; None without."""
    found = read.patients_by_rule(organisation_id=organisation_id)
    if found is not None:
        return found
    # Imported here: launching a campaign looks at the records, but judges nobody.
    from rebook.analytics import gaps as engine
    from rebook.analytics.backtest import is_whole
    from rebook.flow.common.judging import answerable

    newest = snapshots.newest_records(organisation_id=organisation_id)
    root = Path(django_settings.SNAPSHOT_DIRECTORY)
    # Its files may be gone, or an older Rebook wrote fewer of them.
    if newest is None or not is_whole(root / newest.snapshot.path):
        return None
    with engine.connect(spill=root / ".spill") as connection:
        source = engine.read_snapshot(connection, directory=root / newest.snapshot.path)
        plan = engine.compile_plan(tuple(definitions), answerable(settings, source))
        engine.judge_population(source, plan, as_of=today, verdicts=("open",))
        listed = "SELECT definition_key, count(DISTINCT patient_id) FROM findings WHERE kind = 'interval'"
        return dict(connection.execute(f"{listed} GROUP BY 1").fetchall())
