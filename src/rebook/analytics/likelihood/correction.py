"""Chances set right by two numbers learned from how earlier ones came true (Platt); no order changes."""

from dataclasses import dataclass

import numpy as np

from rebook.analytics.likelihood.histories import Floats
from rebook.analytics.likelihood.logistic import maximise

# Fewer who came, or did not, than this teach no correction.
_ENOUGH_EACH = 50
# A slope beyond these says that the earlier chances were worth nothing; correcting them would hide it.
_SLOPES = (0.2, 5.0)


@dataclass(frozen=True, slots=True)
class Correction:
    """New log-odds are ``shift`` plus ``slope`` times the old; the default changes nothing."""

    shift: float = 0.0
    slope: float = 1.0

    def applied(self, chances: Floats) -> Floats:
        """(n,) chances set right, in the same order."""
        if self == NO_CORRECTION:
            return chances
        return np.asarray(1 / (1 + np.exp(-(self.shift + self.slope * _log_odds(chances)))))


NO_CORRECTION = Correction()


def measured(*, chances: Floats, came: Floats) -> Correction:
    """The correction that (n,) ``chances`` would have needed; none where the outcomes teach too little."""
    if min(came.sum(), len(came) - came.sum()) < _ENOUGH_EACH:
        return NO_CORRECTION
    odds = _log_odds(chances)
    shift, slope = maximise(np.column_stack([np.ones(len(odds)), odds]), came, ridge=1e-9)
    if not _SLOPES[0] < slope < _SLOPES[1]:
        return NO_CORRECTION
    return Correction(float(shift), float(slope))


def _log_odds(chances: Floats) -> Floats:
    p = np.clip(chances, 1e-6, 1 - 1e-6)
    return np.asarray(np.log(p / (1 - p)))
