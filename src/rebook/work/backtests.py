"""A backtest from question to result: freeze the records when they have changed, then run the rules."""

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from rebook.accounts import read as accounts
from rebook.flow import backtest
from rebook.flow.snapshot import take_snapshot
from rebook.records.read.backtests import BacktestView


def complete_backtest(
    *,
    organisation_id: int,
    number: int,
    now: datetime,
    on_day: Callable[[int, int], None] = lambda done, total: None,
) -> BacktestView:
    """Run the backtest of that number. Safe to repeat.

    Raises what ``flow.backtest.run_backtest`` and ``flow.snapshot.take_snapshot`` raise.
    """
    if backtest.needs_snapshot(organisation_id=organisation_id, number=number):
        zone = ZoneInfo(accounts.organisation(organisation_id=organisation_id).time_zone)
        take_snapshot(organisation_id=organisation_id, as_of=now.astimezone(zone).date(), now=now)
    return backtest.run_backtest(organisation_id=organisation_id, number=number, now=now, on_day=on_day)
