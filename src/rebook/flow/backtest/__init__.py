"""Backtest: run rules as if on past dates, keep what came of it, and open it again."""

from .asking import UnableToRun, ask, needs_snapshot
from .charts import charts
from .listings import csv_of, listed_patients
from .running import run_backtest

__all__ = ["UnableToRun", "ask", "charts", "csv_of", "listed_patients", "needs_snapshot", "run_backtest"]
