"""Rules about the number or address beside its state: blocked, given to somebody else, long unseen."""

from datetime import datetime, timedelta

from rebook.core.outreach.guard_laws import laws_of
from rebook.core.outreach.guard_rule import Finding, refuse, within_months
from rebook.core.outreach.values import GuardPolicy, GuardSubject

# What an open text must not say to a number that may belong to somebody else by now (R-A63).
NAMING_FIELDS = frozenset({"first_name", "last_name", "full_name"})


def blocked_number(subject: GuardSubject, policy: GuardPolicy, now: datetime) -> Finding | None:
    """Emergency lines, hospital rooms and what else the practice lists are never contacted (R-A14)."""
    if subject.number.is_blocked:
        return refuse("blocked_number", "the number is on the practice's list of numbers never to contact")
    value = subject.contact.value.lstrip("+") if subject.contact else ""
    if value and any(value in law.emergency_numbers for law in laws_of(subject, policy)):
        return refuse("blocked_number", "an emergency line")
    return None


def quarantined(subject: GuardSubject, policy: GuardPolicy, now: datetime) -> Finding | None:
    """A number that somebody else has by now waits for the front desk (R-A60, R-A61)."""
    if subject.channel not in ("sms", "phone"):
        return None
    number = subject.number
    if number.check == "reassigned" and not (
        number.seen_at and number.checked_at and number.seen_at > number.checked_at
    ):
        return refuse("quarantined", "a check says that the number has another owner")
    days = policy.unchecked_number_days
    if not days or subject.channel_is_manual:
        return None
    since = now - timedelta(days=days)
    signs = [at for at in (number.seen_at, number.checked_at) if at is not None]
    if signs and max(signs) > since:
        return None
    return refuse("quarantined", f"no sign of the patient on this number for {days} days: check it first")


def unseen_number(subject: GuardSubject, policy: GuardPolicy, now: datetime) -> Finding | None:
    """Without a sign for long, the words name nobody (R-A63)."""
    if subject.channel != "sms" or not subject.template_fields & NAMING_FIELDS:
        return None
    if within_months(subject.number.seen_at, policy.unseen_number_months, now):
        return None
    return refuse(
        "unseen_number", f"no sign from the number for {policy.unseen_number_months} months: name nobody"
    )
