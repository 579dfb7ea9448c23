"""Find who has reason to come back: open what is due, close what is satisfied, say why for anybody."""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.conf import settings as django_settings
from django.db import transaction

from rebook.analytics import gaps as engine
from rebook.analytics import snapshot as files
from rebook.core.expected_gain import Gains, Stratum
from rebook.core.gaps import KINDS, VERDICTS, GapDefinition, GapFinding, GapSettings, judge
from rebook.core.priority import Ranked, rank_reasons
from rebook.core.reasons import Reason
from rebook.flow.common import judging
from rebook.flow.common.rules import rules_of
from rebook.records.read import chart as charts
from rebook.records.read import gaps as read
from rebook.records.read import likelihood as learned
from rebook.records.read import outlook
from rebook.records.write import gaps as write
from rebook.records.write import outlook as noted


class NoSnapshot(Exception):
    """There is no snapshot for that day: take one first."""

    permanent = True


class NoDefinition(Exception):
    """The practice's packs have no such rule."""

    permanent = True
    is_for_people = True


class NoPatient(Exception):
    """The organisation has no such patient."""

    permanent = True


# From here on the planner is told: a first find turns an empty table into a large one.
MANY_GAPS = 5_000


@dataclass(frozen=True, slots=True)
class GapSummary:
    """``tiers`` counts all patients; ``booked`` what a coming appointment closes.

    ``judged``: patients looked at this time; of the others nothing had changed.
    """

    as_of: date
    snapshot_number: int
    patients: int
    judged: int
    found: int
    booked: int
    opened: int
    updated: int
    closed: int
    tiers: dict[str, int]


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a patient is on the list, or not: every rule's finding with its steps.

    ``reasons`` gives for each open finding, by its key, why it stands where it stands; what the patient did
    of late is left out of it.
    """

    patient_id: int
    as_of: date
    tier: str
    findings: tuple[GapFinding, ...]
    reasons: dict[str, tuple[Reason, ...]]
    labels: dict[str, str]

    @property
    def open(self) -> tuple[GapFinding, ...]:
        return tuple(one for one in self.findings if one.is_open)


@dataclass(frozen=True, slots=True)
class GapList:
    as_of: date
    patients: int
    found: int
    gaps: tuple[write.ListedGap, ...]


def find_gaps(
    *,
    organisation_id: int,
    as_of: date,
    now: datetime,
    everybody: bool = False,
    on_progress: engine.OnProgress = engine.no_progress,
) -> GapSummary:
    """Compare the newest snapshot of ``as_of`` with the ledger: open, update and close gaps as sets.

    Most days only the patients who changed since the last find are judged, and those whose answer may be
    another one by itself; ``everybody`` judges all. Both leave the same gaps. Running it again on the same
    snapshot changes nothing, and stopped half way it has changed nothing. Raises ``NoSnapshot``.
    """
    snapshot = read.newest_snapshot(organisation_id=organisation_id, as_of=as_of)
    if snapshot is None:
        raise NoSnapshot(f"there is no snapshot for {as_of}")
    definitions, settings = rules_of(organisation_id=organisation_id)
    asked: dict[str, Any] = {"as_of": as_of, "rules_hash": judging.hash_of_rules(definitions, settings)}
    last = outlook.last_round(organisation_id=organisation_id)
    is_full = everybody or judging.needs_everybody(last=last, snapshot=snapshot, **asked)
    with judging.population_engine() as (connection, folder):
        directory = Path(django_settings.SNAPSHOT_DIRECTORY) / snapshot.path
        source = engine.read_snapshot(connection, directory=directory)
        preferred, settings = source.preferred(), judging.answerable(settings, source)
        if last is not None and not is_full:
            source = judging.changed_since(connection, directory=directory, number=last.snapshot_number)
        population = judging.judge_all(
            source,
            definitions,
            settings,
            as_of=as_of,
            folder=folder,
            preferred=preferred,
            on_progress=on_progress,
        )
        with transaction.atomic(durable=True):
            write.wait_for_turn(organisation_id=organisation_id)
            write.stage_findings(blocks=population.csv("FROM findings WHERE verdict = 'open'"))
            noted.stage_judged(blocks=population.csv(judging.OUTLOOK))
            changed = _merge(organisation_id, source, definitions, settings, as_of, snapshot.id)
            noted.keep_outlook(organisation_id=organisation_id)
            full_on = as_of if last is None or is_full else last.full_on
            noted.keep_round(
                organisation_id=organisation_id, snapshot_number=snapshot.number, full_on=full_on, **asked
            )
            standing = outlook.standing(organisation_id=organisation_id)
    if changed["opened"] >= MANY_GAPS:
        write.refresh_statistics()
    return GapSummary(
        as_of=as_of,
        snapshot_number=snapshot.number,
        patients=sum(standing.tiers.values()),
        judged=population.patients,
        found=standing.found,
        booked=standing.booked,
        **changed,
        tiers=standing.tiers,
    )


def _merge(
    organisation_id: int,
    source: engine.Source,
    definitions: tuple[GapDefinition, ...],
    settings: GapSettings,
    as_of: date,
    snapshot_id: int,
) -> dict[str, int]:
    """Bring the ledger in line with what is staged; how many gaps were opened, updated and closed."""
    hashes = {one.key: one.content_hash[:12] for one in definitions}
    closed = _close(organisation_id, source, definitions, settings, as_of)
    updated = write.change_found(organisation_id=organisation_id, hashes=hashes)
    opened = write.open_found(
        organisation_id=organisation_id, as_of=as_of, snapshot_id=snapshot_id, hashes=hashes
    )
    return {"opened": opened, "updated": updated, "closed": closed}


def explain(*, organisation_id: int, patient_id: int, as_of: date) -> Explanation:
    """Judge one patient by every rule of the organisation, with every step. Reads only.

    Raises ``NoPatient``.
    """
    chart = charts.chart(organisation_id=organisation_id, patient_id=patient_id)
    if chart is None:
        raise NoPatient(f"there is no patient {patient_id}")
    definitions, settings = rules_of(organisation_id=organisation_id)
    found = judge(chart, definitions, as_of=as_of, settings=settings)
    gains = learned.gains(organisation_id=organisation_id, as_of=as_of)
    return Explanation(
        patient_id=patient_id,
        as_of=as_of,
        tier=found[0].tier if found else "never",
        findings=found,
        reasons={
            one.definition_key: rank_reasons(_ranked(one, chart.patient.value_cents, gains), as_of=as_of)
            for one in found
            if one.is_open
        },
        labels={one.key: one.words() for one in definitions},
    )


def list_gaps(
    *, organisation_id: int, as_of: date, now: datetime, limit: int, definition: str = ""
) -> GapList:
    """Who would be on the list on ``as_of`` and in which order, judged afresh. Writes nothing that stays.

    ``definition``: only this rule, or this kind of event. Raises ``NoDefinition``.
    """
    definitions, settings = rules_of(organisation_id=organisation_id)
    if definition and definition not in {one.key for one in definitions} | set(KINDS) - {"interval"}:
        raise NoDefinition(f"the practice's packs have no rule '{definition}'")
    with tempfile.TemporaryDirectory(prefix="rebook-") as folder, engine.connect() as connection:
        directory = Path(folder) / "snapshot"
        tables = {
            name: charts.snapshot_rows(organisation_id=organisation_id, table=name)
            for name in charts.SNAPSHOT_TABLES
        }
        files.write(directory=directory, tables=tables)
        source = engine.read_snapshot(connection, directory=directory)
        plan = engine.compile_plan(definitions, settings, preferred=source.preferred())
        population = engine.judge_population(source, plan, as_of=as_of, verdicts=("open",))
        if definition:
            # Checked above: nothing but a known word gets into the statement.
            connection.execute(f"DELETE FROM findings WHERE '{definition}' NOT IN (definition_key, kind)")
        found = connection.execute("SELECT count(*) FROM findings").fetchall()[0][0]
        with transaction.atomic(durable=True):
            write.stage_findings(blocks=population.csv("FROM findings"))
            gains = learned.gains(organisation_id=organisation_id, as_of=as_of)
            listed = write.listed(
                organisation_id=organisation_id, as_of=as_of, now=now, limit=limit, gains=gains
            )
    return GapList(as_of=as_of, patients=population.patients, found=found, gaps=tuple(listed))


def _close(
    organisation_id: int,
    source: engine.Source,
    definitions: tuple[GapDefinition, ...],
    settings: GapSettings,
    as_of: date,
) -> int:
    """Close what ended, asking the engine about just these patients why."""
    patients = write.patients_with_ending_gaps(organisation_id=organisation_id)
    if not patients:
        return 0
    connection = source.engine
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE ending AS SELECT unnest($ids::BIGINT[]) AS patient_id",
        {"ids": patients},
    )
    plan = engine.compile_plan(definitions, settings, is_brief=False, preferred=source.preferred())
    why = engine.judge_population(
        source.narrowed("ending"), plan, as_of=as_of, verdicts=VERDICTS, name="verdicts"
    )
    write.stage_findings(blocks=why.csv("FROM verdicts"), table="gap_verdict")
    write.stage_standing(blocks=why.csv("SELECT patient_id, standing, last_attended_on FROM verdicts_people"))
    return write.close_ended(organisation_id=organisation_id, as_of=as_of)


def _ranked(finding: GapFinding, value_cents: int, gains: Gains | None) -> Ranked:
    assert finding.overdue_on is not None
    return Ranked(
        gap_id=0,
        risk_class=finding.risk_class,
        overdue_on=finding.overdue_on,
        interval_days=finding.interval_days,
        value_cents=value_cents,
        is_first=finding.anchor_on is None,
        gain=gains.of(Stratum(finding.tier, finding.risk_class)) if gains else None,
    )


def as_rows(findings: Sequence[GapFinding]) -> list[dict[str, Any]]:
    """Findings as JSON for the doors: keys, dates, verdicts and steps."""
    return [
        {
            "definition_key": one.definition_key,
            "kind": one.kind,
            "verdict": one.verdict,
            "risk_class": one.risk_class,
            "programme": one.programme,
            "outreach": one.outreach,
            "anchor_on": one.anchor_on,
            "due_on": one.due_on,
            "overdue_on": one.overdue_on,
            "steps": [step.as_json() for step in one.steps],
        }
        for one in findings
    ]
