"""What success is, said plainly and slowly, one sentence a definition, to hold the code against."""

from datetime import timedelta

SHOWN = ("arrived", "fulfilled", "checked-in")
GONE = ("cancelled", "noshow", "entered-in-error")


def plainly(facts, *, now):
    """The instant at which a case met its definition (version 2), or None."""
    end = facts.opened_at + timedelta(days=facts.rule.within_days)
    last = end if end < now else now

    def is_ours(kind):
        return len(facts.satisfying) == 0 or kind == "" or kind in facts.satisfying

    came = []
    for visit in facts.visits:
        if is_ours(visit.visit_type):
            came.append((visit.started_at, None))
    for booked in facts.appointments:
        if booked.status in SHOWN and is_ours(booked.visit_type):
            came.append((booked.starts_at, booked))
    came = [(at, booked) for at, booked in came if at > facts.opened_at and at <= last]
    instants = sorted(at for at, _ in came)
    why = facts.gap_close_reason

    if facts.rule.what == "visit":
        return instants[0] if instants else None
    if facts.rule.what == "rebooked_and_kept":
        met = []
        for booked in facts.appointments:
            if not is_ours(booked.visit_type):
                continue
            if booked.made_at is not None and booked.made_at < facts.opened_at:
                continue
            if booked.status in SHOWN and facts.opened_at < booked.starts_at <= last:
                met.append(booked.starts_at)
            elif booked.status not in GONE:
                # The source says what became of it by a visit of the same day.
                met += [at for at in instants if abs((at - booked.starts_at).total_seconds()) < 86400]
        return min(met) if met else None
    if facts.rule.what == "visit_and_closed":
        settled = why in ("satisfied_by_visit", "done_at_source", "appointment_booked")
        return instants[0] if instants and settled else None
    if facts.rule.what == "visit_and_follow_up":
        if why not in ("satisfied_by_visit", "done_at_source", "appointment_booked"):
            return None
        met = []
        for first in instants:
            for booked in facts.appointments:
                if booked.status in GONE or booked.starts_at <= first + timedelta(days=1):
                    continue
                made = booked.made_at if booked.made_at is not None and booked.made_at > first else first
                if made <= last:
                    met.append(made)
            for visit in facts.visits:
                if first + timedelta(days=1) < visit.started_at <= last:
                    met.append(visit.started_at)
        return min(met) if met else None
    if facts.rule.what == "item_done":
        if why in ("satisfied_by_visit", "done_at_source"):
            at = facts.gap_closed_at
            return None if at is None or at > last else max(at, facts.opened_at)
        if why == "appointment_booked":
            return instants[0] if instants else None
        return None
    raise AssertionError(facts.rule.what)
