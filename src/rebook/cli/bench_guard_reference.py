"""The reference of the bench "guard": the rules that its subjects meet, said plainly and slowly.

Nothing is taken from the guard: windows are read minute by minute, opt-outs are walked through in order.
"""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from rebook.core.outreach.values import GuardPolicy, GuardSubject, PastContact

DAY, WEEK = timedelta(hours=24), timedelta(days=7)


def objections(subject: GuardSubject, policy: GuardPolicy, *, now: datetime) -> set[str]:
    """Keys of the rules that speak against a contact of a campaign, as this bench makes them."""
    found = set()
    if subject.is_deceased:
        found.add("deceased")
    if any(stop.scope == "organisation" for stop in subject.stops):
        found.add("stopped")
    if any(hold.until_at is None or hold.until_at > now for hold in subject.holds):
        found.add("hold")
    if any(_asks_otherwise(wish, subject) for wish in subject.confidential):
        found.add("confidential")
    if subject.sensitivity and subject.channel != "phone" and not subject.template_is_generic:
        found.add("sensitive")
    if any(one.status == "booked" and one.starts_at > now - DAY for one in subject.future_appointments):
        found.add("appointment_booked")
    if subject.last_visit_at and now - subject.last_visit_at < timedelta(days=policy.recent_visit_days):
        found.add("recently_seen")
    if _has_stopped(subject):
        found.add("opted_out")
    found |= _too_many(subject, policy, now)
    if _is_quiet(subject, policy, now):
        found.add("quiet_hours")
    return found


def _asks_otherwise(wish: object, subject: GuardSubject) -> bool:
    channels: frozenset[str] = getattr(wish, "channels", frozenset())
    return bool(channels) and subject.channel not in channels


def _has_stopped(subject: GuardSubject) -> bool:
    standing: dict[bool, list[datetime]] = {True: [], False: []}
    for said in sorted(subject.consents, key=lambda one: one.at):
        if said.channel not in ("all", subject.channel):
            continue
        if said.state == "revoked":
            standing[said.binds_number].append(said.at)
        elif said.from_patient:
            kept = [at for at in standing[said.binds_number] if at >= said.at]
            standing[said.binds_number] = kept
    return any(standing.values())


def _too_many(subject: GuardSubject, policy: GuardPolicy, now: datetime) -> set[str]:
    found = set()
    circles: tuple[list[PastContact], ...] = (
        [one for one in subject.history if one.same_person],
        [one for one in subject.history if one.same_household],
        [one for one in subject.history if one.same_number],
    )
    for circle in circles:
        if sum(now - one.at < DAY for one in circle) >= policy.max_per_day:
            found.add("cap_reached")
        if sum(now - one.at < WEEK for one in circle) >= policy.max_per_week:
            found.add("cap_reached")
    if any(now - one.at < timedelta(hours=policy.min_hours_between) for one in circles[0]):
        found.add("too_soon")
    return found


def _is_quiet(subject: GuardSubject, policy: GuardPolicy, now: datetime) -> bool:
    for name in subject.time_zones:
        wall = now.astimezone(ZoneInfo(name))
        last = (wall + timedelta(minutes=policy.closing_margin_minutes)).time()
        for row in policy.windows:
            if not (row.always or row.key in subject.jurisdictions or row.key == "us"):
                continue
            if row.kinds and "sms" not in row.kinds:
                continue
            windows = [row.days[wall.weekday()]]
            windows += [row.holiday] if wall.date() in row.holidays else []
            for window in windows:
                if window.opens is None or window.closes is None:
                    return True
                if not window.opens <= wall.time() or not last < window.closes or last < wall.time():
                    return True
    return False
