"""The single decision before every attempt, on every path: allow, defer until, or refuse (promise 2)."""

from datetime import datetime

from rebook.core.outreach.values import Decision, GuardPolicy, GuardSubject


def decide(subject: GuardSubject, policy: GuardPolicy, *, now: datetime) -> Decision:
    """The guard's answer, with every reason. Pure, total, and never guesses in favour of sending."""
    raise NotImplementedError
