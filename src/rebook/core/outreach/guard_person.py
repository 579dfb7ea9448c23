"""Rules about the person: who may be contacted at all, and through whom."""

from collections.abc import Iterator
from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from rebook.core.outreach.guard_laws import majorities
from rebook.core.outreach.guard_rule import RECALL_PURPOSES, Finding, refuse, wait
from rebook.core.outreach.values import GuardPolicy, GuardSubject, HoldView

# Holds that stop even what a person types, until a clinician lets go (R-E35).
HARD_HOLDS = frozenset({"red_flag"})
# Holds that stop automatic answers too; the rest only keep campaigns away.
NO_AUTOMATION_HOLDS = frozenset({"red_flag", "clinical_review", "complaint"})


@lru_cache(maxsize=1024)
def zone_named(name: str) -> ZoneInfo | None:
    """The IANA zone, or None when there is none of that name."""
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def deceased(subject: GuardSubject, policy: GuardPolicy, now: datetime) -> Finding | None:
    return refuse("deceased", "recorded as deceased") if subject.is_deceased else None


def merged(subject: GuardSubject, policy: GuardPolicy, now: datetime) -> Finding | None:
    if subject.is_merged_away:
        return refuse("merged", "this record was merged into another; contact goes through that one")
    return None


def do_not_contact(subject: GuardSubject, policy: GuardPolicy, now: datetime) -> Finding | None:
    return refuse("do_not_contact", "asked for no contact at all") if subject.do_not_contact else None


def left_practice(subject: GuardSubject, policy: GuardPolicy, now: datetime) -> Finding | None:
    return refuse("left_practice", "has left the practice") if subject.has_left_practice else None


def _is_in_force(hold: HoldView, now: datetime) -> bool:
    # A hold that begins later than now counts already: clocks differ, and doubt holds back.
    return hold.until_at is None or hold.until_at > now


def _binding(subject: GuardSubject) -> frozenset[str] | None:
    """The kinds of hold that bind this origin; None means every kind."""
    if subject.origin == "manual":
        return HARD_HOLDS
    if subject.origin == "reply":
        return NO_AUTOMATION_HOLDS
    return None


def hold(subject: GuardSubject, policy: GuardPolicy, now: datetime) -> Finding | None:
    kinds = _binding(subject)
    live = [h for h in subject.holds if _is_in_force(h, now) and (kinds is None or h.kind in kinds)]
    if not live:
        return None
    endless = [h for h in live if h.until_at is None]
    if endless:
        return refuse("hold", f"held back by {endless[0].kind} until a person releases it")
    last = max(live, key=lambda h: h.until_at or now)
    until = last.until_at or now
    return wait("hold", f"held back by {last.kind} until {until:%Y-%m-%d}", until=until)


def excluded(subject: GuardSubject, policy: GuardPolicy, now: datetime) -> Finding | None:
    barring = sorted(policy.barring_exclusions.intersection(subject.exclusions))
    if not barring or subject.purpose not in RECALL_PURPOSES:
        return None
    return refuse("excluded", "excluded from recall: " + ", ".join(barring))


def holdout(subject: GuardSubject, policy: GuardPolicy, now: datetime) -> Finding | None:
    if subject.arm != "holdout" or subject.purpose not in RECALL_PURPOSES:
        return None
    return refuse("holdout", "in the share of patients not contacted, for comparison")


def _ages(subject: GuardSubject, now: datetime) -> Iterator[int]:
    """The person's age on each calendar date that it may be where they are."""
    born = subject.birth_on
    if born is None:
        return
    for name in subject.time_zones:
        zone = zone_named(name)
        if zone is not None:
            yield _age_on(born, now.astimezone(zone).date())


def _age_on(born: date, day: date) -> int:
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def responsible_adult(subject: GuardSubject, policy: GuardPolicy, now: datetime) -> Finding | None:
    """Minors only through their adult, adults only themselves (R-A150 to R-A153); unknown age refuses.

    A person who calls by hand may find out who answers, so an unknown age does not stop a manual call.
    """
    ages = list(_ages(subject, now))
    if not ages:
        if subject.channel_is_manual:
            return None
        if subject.birth_on is None:
            return refuse("age_unknown", "no birth date: may be a minor")
        return refuse("age_unknown", "no time zone to tell the age by")
    youngest, oldest = majorities(subject, policy)
    if min(ages) < 0:
        return refuse("age_unknown", "birth date lies in the future")
    is_adults_contact = subject.contact_is_responsible_adult
    if min(ages) < oldest and not is_adults_contact:
        return refuse("minor_without_adult", f"under {oldest} and the contact is no responsible adult's")
    if max(ages) >= youngest and is_adults_contact and not subject.contact_is_legal_representative:
        return refuse("parent_permission_ended", f"is {youngest} or older: the parent's contact has ended")
    return None


def minor_confidential(subject: GuardSubject, policy: GuardPolicy, now: datetime) -> Finding | None:
    """Care a minor lawfully sought alone never goes to the parent, on any channel (R-A151)."""
    if "minor_confidential" in subject.sensitivity and subject.contact_is_responsible_adult:
        return refuse("minor_confidential", "confidential to the minor; the contact is the parent's")
    return None
