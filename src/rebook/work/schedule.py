"""The day in order: the whole product on one screen (DESIGN §3)."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from rebook.accounts.scope import organisation_scope
from rebook.flow.attention import look_for_forgotten
from rebook.flow.clean import clean_records
from rebook.flow.doctor import examine_before_enrolling
from rebook.flow.gaps import find_gaps
from rebook.flow.likelihood import learn
from rebook.flow.lookahead.keeping import keep_forecast
from rebook.flow.outcome import close_cases
from rebook.flow.outreach.capacity import count_room_again, measure_capacity
from rebook.flow.outreach.capacity_budget import check_budgets, check_budgets_hourly
from rebook.flow.outreach.dispatch import send_due, settle_in_the_air
from rebook.flow.outreach.enrol import enrol
from rebook.flow.outreach.experiments import take_looks
from rebook.flow.outreach.plan import plan_attempts
from rebook.flow.outreach.portal_reading import ask_about_reading, ask_hourly
from rebook.flow.outreach.readiness_watch import watch_readiness
from rebook.flow.outreach.stop_watch import watch_stops
from rebook.flow.outreach.test_sends_later import settle_tests
from rebook.flow.pending import note_signs, tell_staff
from rebook.flow.priority import rank_gaps
from rebook.flow.snapshot import prune_snapshots, take_snapshot
from rebook.work.passes import only_pass


@dataclass(frozen=True, slots=True)
class StageResult:
    stage: str
    summary: dict[str, Any]


def run_day(
    *,
    organisation_id: int,
    as_of: date,
    now: datetime,
    worker: str,
    on_stage: Callable[[StageResult], None] = lambda result: None,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
) -> list[StageResult]:
    """One pass of the day for one organisation; each stage reads what the one before wrote.

    ``on_progress`` hears how many of how many patients are judged, after each range of them.

    Raises ``rebook.work.passes.PassIsRunning`` when somebody else is at it.
    """
    one: dict[str, Any] = {"organisation_id": organisation_id}
    stages: list[tuple[str, Callable[[], Any]]] = [
        ("clean", lambda: clean_records(**one, now=now)),
        ("signs", lambda: note_signs(**one, as_of=as_of, now=now)),
        ("snapshot", lambda: take_snapshot(**one, as_of=as_of, now=now)),
        ("close", lambda: close_cases(**one, as_of=as_of, now=now)),
        ("find gaps", lambda: find_gaps(**one, as_of=as_of, now=now, on_progress=on_progress)),
        ("learn", lambda: learn(**one, as_of=as_of, now=now)),
        ("rank", lambda: rank_gaps(**one, as_of=as_of, now=now)),
        ("tell staff", lambda: tell_staff(**one, now=now)),
        ("examine", lambda: examine_before_enrolling(**one, now=now)),
        ("portal", lambda: ask_about_reading(**one, now=now)),
        ("complaint budget", lambda: check_budgets(**one, now=now)),
        ("room", lambda: measure_capacity(**one, as_of=as_of, now=now)),
        ("look ahead", lambda: keep_forecast(**one, as_of=as_of, now=now)),
        ("enrol", lambda: enrol(**one, as_of=as_of, now=now)),
        ("plan", lambda: plan_attempts(**one, now=now)),
        ("send", lambda: send_due(**one, now=now, worker=worker)),
        ("settle", lambda: settle_in_the_air(**one, now=now)),
        ("tests", lambda: settle_tests(**one, now=now)),
        ("still ready", lambda: watch_readiness(**one, now=now)),
        ("stops kept", lambda: watch_stops(**one, now=now)),
        ("wording tests", lambda: take_looks(**one, now=now)),
        ("nobody forgotten", lambda: look_for_forgotten(**one, as_of=as_of, now=now)),
        ("prune", lambda: prune_snapshots(**one, as_of=as_of, now=now)),
    ]
    results = []
    with only_pass(organisation_id=organisation_id), organisation_scope(organisation_id):
        for name, stage in stages:
            result = StageResult(name, asdict(stage()))
            on_stage(result)
            results.append(result)
    return results


def run_continuous(*, organisation_id: int, now: datetime, worker: str) -> list[StageResult]:
    """What goes on all day between two passes: plan what fell due, send it, settle what hangs."""
    one: dict[str, Any] = {"organisation_id": organisation_id, "now": now}
    with organisation_scope(organisation_id):
        return [
            StageResult("portal", asdict(ask_hourly(**one))),
            StageResult("complaint budget", asdict(check_budgets_hourly(**one))),
            StageResult("room", asdict(count_room_again(**one))),
            StageResult("plan", asdict(plan_attempts(**one))),
            StageResult("send", asdict(send_due(**one, worker=worker))),
            StageResult("settle", asdict(settle_in_the_air(**one))),
            StageResult("tests", asdict(settle_tests(**one))),
        ]
