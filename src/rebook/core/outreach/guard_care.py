"""Rules about the reason: is the visit still needed, still unbooked, and do we know enough to say so?"""

from datetime import datetime, timedelta

from rebook.core.outreach.guard_rule import RECALL_PURPOSES, Finding, refuse, wait
from rebook.core.outreach.values import GuardPolicy, GuardSubject

# Statuses in which somebody expects the patient.
EXPECTED_STATUSES = frozenset({"proposed", "pending", "booked", "arrived", "checked-in"})
# An appointment that began so lately may still be going on, or be written up.
_STILL_TODAY = timedelta(hours=24)


def gap_closed(subject: GuardSubject, policy: GuardPolicy, now: datetime) -> Finding | None:
    return refuse("gap_closed", "the visit is no longer due") if subject.gap_is_open is False else None


def not_for_messages(subject: GuardSubject, policy: GuardPolicy, now: datetime) -> Finding | None:
    if subject.gap_is_not_for_messages:
        return refuse("not_for_messages", "staff look after it, or speak of it when the patient comes")
    return None


def appointment_booked(subject: GuardSubject, policy: GuardPolicy, now: datetime) -> Finding | None:
    if subject.purpose not in RECALL_PURPOSES:
        return None
    wanted = subject.satisfying_visit_types
    for booked in subject.future_appointments:
        if booked.status not in EXPECTED_STATUSES or booked.starts_at < now - _STILL_TODAY:
            continue
        if not wanted or booked.visit_type in wanted:
            return refuse("appointment_booked", f"an appointment is booked for {booked.starts_at:%Y-%m-%d}")
    return None


def recently_seen(subject: GuardSubject, policy: GuardPolicy, now: datetime) -> Finding | None:
    seen_at = subject.last_visit_at
    if seen_at is None or subject.purpose not in RECALL_PURPOSES:
        return None
    if subject.gap_arose_at is not None and seen_at <= subject.gap_arose_at:
        return None
    if seen_at <= now - timedelta(days=policy.recent_visit_days):
        return None
    return refuse(
        "recently_seen", f"seen on {seen_at:%Y-%m-%d}, less than {policy.recent_visit_days} days ago"
    )


def stale_data(subject: GuardSubject, policy: GuardPolicy, now: datetime) -> Finding | None:
    """Without fresh records nobody knows whether the patient came, moved or died: ask again after a sync."""
    if subject.purpose not in RECALL_PURPOSES:
        return None
    if subject.data_as_of is None:
        return refuse("stale_data", "the practice's records were never read to the end")
    if now - subject.data_as_of <= timedelta(hours=policy.stale_after_hours):
        return None
    until = now + timedelta(minutes=policy.recheck_minutes)
    return wait("stale_data", f"records were last read on {subject.data_as_of:%Y-%m-%d}", until=until)
