"""What a decision makes of a due attempt: a stop puts it off, whatever else would only have waited."""

from datetime import UTC, datetime, timedelta

import pytest

from rebook.core.outreach.values import Decision
from rebook.core.reasons import Reason
from rebook.flow.outreach.claiming import STOP_WAIT, state_of

NOW = datetime(2026, 3, 16, 15, tzinfo=UTC)
TOMORROW = NOW + timedelta(days=1)


def refusal(*by: str, beside: tuple[str, ...] = ()) -> Decision:
    return Decision("refuse", tuple(Reason(rule) for rule in (*by, *beside)), refused_by=by)


@pytest.mark.parametrize(
    ("decision", "expires_at", "state"),
    [
        (refusal("stopped"), TOMORROW, "deferred"),
        (refusal("stopped", beside=("cap_per_day",)), TOMORROW, "deferred"),
        (refusal("stopped", "opt_out"), TOMORROW, "refused"),
        (refusal("opt_out"), TOMORROW, "refused"),
        (refusal("expired"), TOMORROW, "expired"),
        (refusal("stopped"), NOW + STOP_WAIT, "refused"),
        (Decision("allow", (Reason("allowed"),)), TOMORROW, "planned"),
    ],
)
def test_state_of(decision: Decision, expires_at: datetime, state: str) -> None:
    assert state_of(decision, due_at=NOW, expires_at=expires_at, now=NOW)[0] == state
