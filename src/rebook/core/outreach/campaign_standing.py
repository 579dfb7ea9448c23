"""How a campaign stands: what somebody has to look at, and when it takes patients in next."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from rebook.core.reasons import Reason

from .campaign_calendar import EnrolmentCalendar, against_enrolment, next_enrolment_on

PAUSED_LONG = timedelta(days=14)
# A standing plan may have nobody to take in for a while; for so long it is worth asking why.
TOOK_NOBODY = timedelta(days=28)
# So much of the budget spent is worth a word.
NEARLY = 0.8


@dataclass(frozen=True, slots=True)
class CampaignStanding:
    """What is known of a campaign on a day; dates on the practice's clock, money in cents."""

    state: str
    has_owner: bool
    calendar: EnrolmentCalendar
    launched_on: date | None = None
    paused_on: date | None = None
    last_opened_on: date | None = None
    goal_visits: int | None = None
    goal_on: date | None = None
    # Cases won back by the campaign's own definition of success.
    won: int = 0
    budget_cents: int | None = None
    spent_cents: int = 0

    @property
    def is_over_budget(self) -> bool:
        return self.budget_cents is not None and self.spent_cents >= self.budget_cents


def enrols_next_on(standing: CampaignStanding, *, today: date) -> date | None:
    """The day on which patients come in next; None when nobody does any more, or not as it stands."""
    if standing.state != "active" or standing.is_over_budget:
        return None
    # Today's have come in already.
    start = today + timedelta(days=standing.last_opened_on == today)
    return next_enrolment_on(standing.calendar, today=start)


def warnings(standing: CampaignStanding, *, today: date) -> tuple[Reason, ...]:
    """What somebody has to look at, gravest first; drafts and ended campaigns have none."""
    if standing.state not in ("active", "paused"):
        return ()
    return tuple(_warnings(standing, today))


def _warnings(one: CampaignStanding, today: date) -> Iterator[Reason]:
    if not one.has_owner:
        yield Reason("no_owner", "nobody who works here looks after it")
    if one.is_over_budget:
        yield Reason("budget_spent", "its budget is spent: nobody new comes in")
    elif one.budget_cents and one.spent_cents >= NEARLY * one.budget_cents:
        share = int(100 * one.spent_cents / one.budget_cents)
        yield Reason("budget_nearly_spent", f"{share}% of its budget is spent")
    if one.goal_visits and one.goal_on and one.goal_on < today and one.won < one.goal_visits:
        yield Reason(
            "goal_missed", f"its goal was {one.goal_visits} won back by {one.goal_on}, {one.won} were"
        )
    if one.paused_on and today - one.paused_on > PAUSED_LONG:
        yield Reason("paused_long", f"it is paused since {one.paused_on}")
    if one.calendar.ends_on and one.calendar.ends_on < today:
        yield Reason("is_over", f"it took patients in until {one.calendar.ends_on}: end it, or clone it")
    elif one.state == "active" and not one.is_over_budget and _took_nobody(one, today):
        yield Reason("took_nobody", "nobody came in for over four weeks: see whom it is for")


def _took_nobody(one: CampaignStanding, today: date) -> bool:
    """Whether nobody came in for weeks although it had days to take somebody in."""
    since = max(filter(None, (one.last_opened_on, one.launched_on)), default=None)
    if since is None or today - since <= TOOK_NOBODY:
        return False
    days = (today - timedelta(days=back) for back in range(1, TOOK_NOBODY.days + 1))
    return any(against_enrolment(one.calendar, today=day) is None for day in days)
