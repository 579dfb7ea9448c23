"""Who falls due in the days looked at: the rules asked about later days, and what events usually bring."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from django.conf import settings as django_settings

from rebook.analytics import gaps as engine
from rebook.analytics.snapshot_files import SnapshotIncomplete
from rebook.core.gaps.definition import SIGNED_FROM_CLASS
from rebook.flow.common import judging
from rebook.flow.common.rules import rules_of
from rebook.records.read import gaps as read_gaps
from rebook.records.read import inflow as read
from rebook.records.read.inflow import Coming

# Kinds that begin with an event: nobody knows yet whose. The others fall due by the calendar.
EVENT_KINDS = ("no_show_not_rebooked", "cancelled_not_rebooked", "follow_up_not_booked", "waiting_list_match",
               "high_intent", "intake_unfinished", "referral_in_not_scheduled")  # fmt: skip
# So far back events are counted, whole weeks so that weekdays fall on weekdays.
LIKE_THE_LAST = timedelta(days=28)
FILES_GONE = "Who falls due by the rules is not counted: the snapshot's files are gone."


@dataclass(frozen=True, slots=True)
class Inflow:
    """``by_rule``: who falls due by the calendar. ``by_event``: as many as lately, standing for others.

    ``says``: what is left out, "" when nothing is.
    """

    by_rule: tuple[Coming, ...] = ()
    by_event: tuple[Coming, ...] = ()
    says: str = ""


def falling_due(*, organisation_id: int, start_on: date, days: int) -> Inflow:
    """Reasons expected to open from the day after ``start_on`` on, within ``days``."""
    until = start_on + timedelta(days=days - 1)
    by_event = tuple(_repeated(organisation_id, start_on, until))
    snapshot = read_gaps.last_snapshot(organisation_id=organisation_id)
    if snapshot is None or (start_on - snapshot.as_of).days > LIKE_THE_LAST.days:
        return Inflow(
            (), by_event, "Who falls due by the rules is not counted: there is no snapshot of late."
        )
    again = read.looked_at_again(organisation_id=organisation_id, after=start_on, until=until)
    if not again:
        return Inflow((), by_event)
    directory = Path(django_settings.SNAPSHOT_DIRECTORY) / snapshot.path
    try:
        found = _judged(organisation_id, directory, sorted(again), until) if directory.is_dir() else None
    except SnapshotIncomplete:
        found = None
    if found is None:
        return Inflow((), by_event, FILES_GONE)
    known = read.with_open_gaps(organisation_id=organisation_id, patient_ids=again)
    new = [one for one in found if (one.patient_id, one.definition_key) not in known]
    return Inflow(
        tuple(
            one._replace(from_on=max(again[one.patient_id], min(_opens_on(one), until)))
            for one in new
            if one.kind not in EVENT_KINDS
        ),
        by_event,
    )


def _opens_on(one: Coming) -> date:
    """The first day on which the rules list it: what is graver when it is due, the rest when overdue."""
    return one.overdue_on if one.kind == "interval" and one.risk_class < SIGNED_FROM_CLASS else one.due_on


def _repeated(organisation_id: int, start_on: date, until: date) -> Iterator[Coming]:
    """The last four weeks over again, as often as fits."""
    lately = read.lately_brought(
        organisation_id=organisation_id, kinds=EVENT_KINDS, since=start_on - LIKE_THE_LAST, until=start_on
    )
    for one in lately:
        on = one.from_on + LIKE_THE_LAST
        while on <= until:
            if on > start_on:
                yield one._replace(from_on=on, due_on=on, overdue_on=on)
            on += LIKE_THE_LAST


def _judged(organisation_id: int, directory: Path, patients: list[int], as_of: date) -> list[Coming]:
    """What the rules say of these patients on a later day, if nothing happens until then."""
    definitions, settings = rules_of(organisation_id=organisation_id)
    with judging.population_engine() as (connection, folder):
        whole = engine.read_snapshot(connection, directory=directory)
        settings = judging.answerable(settings, whole)
        connection.execute("CREATE TEMP TABLE falling_due (patient_id BIGINT)")
        connection.execute("INSERT INTO falling_due SELECT unnest($ids)", {"ids": patients})
        judging.judge_all(
            whole.narrowed("falling_due"), definitions, settings, as_of=as_of, folder=folder,
            verdicts=("open",), preferred=whole.preferred(),
        )  # fmt: skip
        rows = connection.execute(
            "SELECT patient_id, definition_key, kind, visit_type, risk_class, tier, due_on, overdue_on,"
            " location_id, due_on FROM findings WHERE verdict = 'open' AND outreach = 'yes'"
            " ORDER BY patient_id, definition_key"
        ).fetchall()
    return list(map(Coming._make, rows))
