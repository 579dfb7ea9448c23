"""The population engine: the same gap definitions as ``core.gaps``, for everybody at once.

Definitions are compiled to Ibis expressions over a snapshot's tables. No Python runs per row. All engines
must agree on every finding that is open or booked; the spec tables and generated charts see to it.
"""

from .engine import OnProgress, Population, judge_population, no_progress
from .plan import Plan, compile_plan
from .settled import Preferred
from .spark import UnableToUseSpark, judge_on_spark, spark_session
from .tables import Source, connect, from_arrow, parquet, read_changed, read_snapshot

__all__ = [
    "OnProgress",
    "Plan",
    "Population",
    "Preferred",
    "Source",
    "UnableToUseSpark",
    "compile_plan",
    "connect",
    "from_arrow",
    "judge_on_spark",
    "judge_population",
    "no_progress",
    "parquet",
    "read_changed",
    "read_snapshot",
    "spark_session",
]
