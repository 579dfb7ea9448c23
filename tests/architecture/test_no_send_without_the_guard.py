"""No adapter's ``send`` is reachable but through a claim, and nothing is claimed but by the guard's leave.

Campaigns, what staff write, answers, tests and safety answers all go this one way (promise 2).
"""

import ast
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from rebook.core.outreach.values import Decision
from rebook.core.reasons import Reason
from rebook.flow.outreach.claiming import state_of

SOURCE = Path(__file__).parents[2] / "src" / "rebook"
SENDING = "flow/outreach/sending.py"
# An adapter may call what is its own (a mail server's ``send_message``); nobody else calls an adapter.
ADAPTERS = "channels/"


def modules():
    for path in sorted(SOURCE.rglob("*.py")):
        yield path.relative_to(SOURCE).as_posix(), ast.parse(path.read_text(encoding="utf-8"))


def calls(tree, name):
    """Calls of ``something.name(...)`` or ``name(...)``."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = node.func
            if (isinstance(called, ast.Attribute) and called.attr == name) or (
                isinstance(called, ast.Name) and called.id == name
            ):
                yield node


def callers(name, *, leaving_out=()):
    return {module for module, tree in modules() if module not in leaving_out and any(calls(tree, name))}


def test_only_the_sender_calls_an_adapters_send():
    found = {module for module in callers("send") if not module.startswith(ADAPTERS)}
    assert found == {SENDING}


def test_the_sender_is_only_started_on_what_was_claimed():
    """The sender is used in one place, and what it starts is ``Claim.claimed``."""
    users = {
        module
        for module, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        and (node.module or "").endswith("sending")
        and any(one.name == "Sender" for one in node.names)
    }
    assert users == {"flow/outreach/dispatch.py"}
    tree = dict(modules())["flow/outreach/dispatch.py"]
    started = [ast.unparse(one.args[0]) for one in calls(tree, "start")]
    assert started == ["found.claimed"]


def test_only_a_claim_and_a_test_that_the_guard_allowed_are_handed_over():
    """Whoever hands a message over outside the sender judges it in the same module."""
    found = callers("hand_over", leaving_out=(SENDING,))
    assert found == {"flow/outreach/test_sends.py"}
    assert found <= callers("judge_test")
    assert callers("judge_test") == callers("add_sent_test") == found
    assert "flow/outreach/test_sends_guard.py" in callers("decide")


def test_whoever_writes_attempts_asks_the_guard():
    """Planning, manual messages, claims and letters to be printed ask ``judge`` in the same module."""
    for writing in ("add_attempts", "apply_rulings", "write_batch"):
        writers = {one for one in callers(writing) if one.startswith("flow/")}
        assert writers
        assert writers <= callers("judge")


def test_only_flow_and_the_ledger_write_a_claim():
    """The state "claimed" is written by one statement, for rulings that the guard's decision made."""
    written = {
        module
        for module, tree in modules()
        if any(
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and "UPDATE records_attempt" in node.value
            and "claimed_by" in node.value
            and "worker" in node.value
            for node in ast.walk(tree)
        )
    }
    assert written <= {"records/write/attempts.py", "records/write/results.py"}


@given(
    verdict=st.sampled_from(("defer", "refuse")),
    rule=st.text(min_size=1, max_size=8),
    hours=st.integers(0, 99),
)
def test_what_is_not_allowed_is_never_claimed(verdict, rule, hours):
    now = datetime(2026, 12, 1, 15, tzinfo=UTC)
    decision = Decision(
        verdict,
        (Reason(rule),),
        defer_until=now + timedelta(hours=hours) if verdict == "defer" else None,
        refused_by=(rule,) if verdict == "refuse" else (),
    )
    state, _ = state_of(decision, due_at=now, expires_at=now + timedelta(hours=48), now=now)
    assert state in ("deferred", "refused", "expired")
