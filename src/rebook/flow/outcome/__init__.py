"""Stage close: every case ends in exactly one outcome, and is a success by its definition or not."""

from .closing import CloseSummary, close_cases
from .succeeding import judge_successes

__all__ = ["CloseSummary", "close_cases", "judge_successes"]
