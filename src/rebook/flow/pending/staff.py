"""Gaps that are staff's own become tasks: never a message, and nobody forgotten (R-C120, R-C127, R-C133)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from rebook.accounts import read as accounts
from rebook.core.gaps.pending import PendingRule
from rebook.packs.gaps import gap_definitions
from rebook.packs.operational import pending_rules
from rebook.records.write import pending as write
from rebook.records.write.pending import GapTask, StaffGap

# By risk class: how urgent a task is (0 is the safety lane's own), and when it should be done.
URGENCY = {4: 1, 3: 2, 2: 3, 1: 3, 0: 4}
DONE_WITHIN = {
    4: timedelta(hours=4),
    3: timedelta(days=1),
    2: timedelta(days=3),
    1: timedelta(days=7),
    0: timedelta(days=14),
}
# Days after which what is still open comes back to staff, by risk class from 0 on. Never longer than
# `records.read.attention` calls a finished task work lately done.
COMES_AGAIN = (14, 14, 14, 7, 2)


@dataclass(frozen=True, slots=True)
class StaffSummary:
    opened: int
    cancelled: int


def tell_staff(*, organisation_id: int, now: datetime) -> StaffSummary:
    """One open task per open gap that is staff's own; tasks whose gap closed are taken away.

    What staff looked at and is still open comes again: a finished task settles nothing by itself.
    """
    organisation = accounts.organisation(organisation_id=organisation_id)
    roles = {one.key: (one.owner_role, one.words()) for one in gap_definitions(tuple(organisation.pack_keys))}
    with transaction.atomic(durable=True):
        cancelled = write.cancel_pointless_tasks(organisation_id=organisation_id, now=now)
        tasks = []
        for gap in write.staff_gaps_without_task(
            organisation_id=organisation_id, comes_again=COMES_AGAIN, now=now
        ):
            rule = _rule(gap)
            usual = roles.get(gap.definition_key, ("coordinator", gap.kind.replace("_", " ")))
            role, what = (rule.owner_role, rule.words()) if rule is not None else usual
            critical = gap.priority == "critical" and gap.risk_class == 4
            within = timedelta(hours=1) if critical else DONE_WITHIN[gap.risk_class]
            tasks.append(
                GapTask(gap.gap_id, gap.patient_id, role, URGENCY[gap.risk_class], now + within, what)
            )
        opened = write.open_gap_tasks(organisation_id=organisation_id, tasks=tasks, now=now)
    return StaffSummary(opened=opened, cancelled=cancelled)


def _rule(gap: StaffGap) -> PendingRule | None:
    """The rule behind a gap of something begun."""
    _, _, named = gap.definition_key.partition(":")
    for one in pending_rules():
        by_name = one.kind == gap.kind and named in one.medications
        if by_name or one.fits(
            kind=gap.kind, priority=gap.priority or "routine", visits_per_week=gap.visits_per_week
        ):
            return one
    return None
