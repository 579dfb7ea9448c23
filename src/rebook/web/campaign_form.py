"""A campaign as its form sends it: what was typed, what is wrong with it, and what it asks for."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.http import QueryDict

from rebook.core.outcome.success import LEAST_DAYS, USUAL, USUAL_DAYS, choices
from rebook.core.outreach.campaign_plan import MOST_ENTRIES, CampaignPlan, Reentry, read_plan
from rebook.core.segment import Segment
from rebook.core.words import PENDING_KINDS
from rebook.records.read.campaigns import CampaignView
from rebook.web.segment_form import as_query

LARGEST_DAILY_LIMIT = 10_000
LARGEST_HOLDOUT = 50
# The kinds of reason whose success a campaign is asked about; the others have one that fits.
SUCCESS_KINDS = tuple(kind for kind in USUAL if kind not in PENDING_KINDS)
# (field, least, most, may be left empty)
NUMBERS = (
    ("daily_limit", 1, LARGEST_DAILY_LIMIT, False),
    ("holdout_percent", 0, LARGEST_HOLDOUT, False),
    ("goal_visits", 1, 1_000_000, True),
    ("rest_days", 7, 730, True),
    ("trigger_days", -365, 1_100, True),
    ("reentry_limit", 0, MOST_ENTRIES, False),
    ("reentry_wait", 0, 60, False),
    ("success_days", LEAST_DAYS, USUAL_DAYS, False),
)
DATES = ("goal_on", "starts_on", "ends_on")


@dataclass(slots=True)
class CampaignForm:
    """What was typed, as text, and what is wrong with it, by field."""

    name: str = ""
    sequence_key: str = ""
    owner_id: int | None = None
    backup_id: int | None = None
    daily_limit: str = "25"
    holdout_percent: str = "10"
    programme: str = ""
    goal_visits: str = ""
    goal_on: str = ""
    budget: str = ""
    weekdays: list[int] = field(default_factory=lambda: list(range(7)))
    starts_on: str = ""
    ends_on: str = ""
    season_from: str = ""
    season_to: str = ""
    trigger_field: str = ""
    trigger_days: str = "0"
    rest_days: str = ""
    reentry_limit: str = str(Reentry().limit)
    reentry_wait: str = str(Reentry().wait_days)
    success: dict[str, str] = field(default_factory=lambda: {one: USUAL[one].what for one in SUCCESS_KINDS})
    success_days: str = str(USUAL_DAYS)
    segment_id: int | None = None
    segment: Segment = field(default_factory=Segment)
    ticked: QueryDict = field(default_factory=QueryDict)
    errors: dict[str, str] = field(default_factory=dict)

    def number(self, name: str) -> int | None:
        text = str(getattr(self, name))
        return int(text) if text.removeprefix("-").isdecimal() else None

    def day(self, name: str) -> date | None:
        try:
            return date.fromisoformat(getattr(self, name))
        except ValueError:
            return None

    @property
    def has_more(self) -> bool:
        """Whether anything beside the first questions differs from what is usual."""
        usual, first = CampaignForm(), {"name", "sequence_key", "owner_id", "daily_limit", "holdout_percent"}
        about = {"segment_id", "segment", "ticked", "errors"}
        return any(
            getattr(self, one) != getattr(usual, one) for one in self.__slots__ if one not in first | about
        )


def typed(given: QueryDict, sequences: Mapping[str, Any]) -> CampaignForm:
    """The form as it was sent, with what is wrong named by field; the segment is read apart."""
    form = CampaignForm()
    texts = [one for one, value in vars_of(form) if isinstance(value, str)]
    for one in (*texts, *(name for name, *_ in NUMBERS), *DATES):
        setattr(form, one, given.get(one, getattr(form, one)).strip())
    form.owner_id, form.backup_id = (_id(given.get(one, "")) for one in ("owner_id", "backup_id"))
    if "weekdays" in given or given.get("has_weekdays"):
        form.weekdays = [int(one) for one in given.getlist("weekdays") if one in "0123456" and one]
    form.success = {
        kind: chosen if (chosen := given.get(f"success_{kind}", "")) in choices(kind) else USUAL[kind].what
        for kind in SUCCESS_KINDS
    }
    _check(form, sequences)
    return form


def vars_of(form: CampaignForm) -> list[tuple[str, Any]]:
    """[(field, value)] of a form."""
    return [(one, getattr(form, one)) for one in form.__slots__]


def _id(text: str) -> int | None:
    return int(text) if text.isdecimal() else None


def _check(form: CampaignForm, sequences: Mapping[str, Any]) -> None:
    if not form.name:
        form.errors["name"] = "Give it a name that staff will recognise."
    if form.sequence_key not in sequences:
        form.errors["sequence_key"] = "Choose how patients are contacted."
    for name, least, most, may_be_empty in NUMBERS:
        number = form.number(name)
        if getattr(form, name) == "" and may_be_empty:
            continue
        if number is None or not least <= number <= most:
            form.errors[name] = f"A whole number from {least} to {most:,}."
    for name in DATES:
        if getattr(form, name) and form.day(name) is None:
            form.errors[name] = "A day like 2026-03-31."
    if form.budget and cents(form.budget) is None:
        form.errors["budget"] = "An amount like 250 or 99.50."
    if bool(form.season_from) != bool(form.season_to):
        form.errors["season_from"] = "A season has a first and a last day, like 09-01 and 11-30."
    elif form.season_from and (_month_day(form.season_from) is None or _month_day(form.season_to) is None):
        form.errors["season_from"] = "Days of the year like 09-01 and 11-30."
    if not form.weekdays:
        form.errors["weekdays"] = "Choose at least one day."


def cents(text: str) -> int | None:
    """ "99.50" as 9950; None when it is no amount."""
    try:
        amount = Decimal(text.replace(",", "").removeprefix("$"))
    except InvalidOperation:
        return None
    if not amount.is_finite() or amount < 0 or amount * 100 != int(amount * 100):
        return None
    return int(amount * 100)


def _month_day(text: str) -> list[int] | None:
    try:
        day = date.fromisoformat(f"2024-{text}")
    except ValueError:
        return None
    return [day.month, day.day]


def asked(form: CampaignForm, *, segment: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of ``flow.outreach.campaigns.CampaignAsked`` that a form without errors asks for."""
    season = [_month_day(form.season_from), _month_day(form.season_to)] if form.season_from else None
    trigger = {"field": form.trigger_field, "offset_days": form.number("trigger_days") or 0}
    return {
        "name": form.name,
        "segment": segment,
        "sequence_key": form.sequence_key,
        **running(form),
        "holdout_percent": form.number("holdout_percent"),
        "programme": form.programme,
        "rest_days": form.number("rest_days"),
        "plan": {
            "calendar": {
                "weekdays": form.weekdays,
                "season": season,
                "starts_on": form.starts_on or None,
                "ends_on": form.ends_on or None,
            },
            "trigger": trigger if form.trigger_field else {},
            "success": _success(form),
            "reentry": {"limit": form.number("reentry_limit"), "wait_days": form.number("reentry_wait")},
        },
    }


def _success(form: CampaignForm) -> dict[str, Any]:
    days = form.number("success_days")
    whats = {kind: rule.what for kind, rule in USUAL.items()} | form.success
    return {kind: {"what": what, "within_days": days} for kind, what in whats.items()}


def running(form: CampaignForm) -> dict[str, Any]:
    """What may also change while a campaign runs."""
    return {
        "owner_id": form.owner_id,
        "backup_id": form.backup_id,
        "goal_visits": form.number("goal_visits"),
        "goal_on": form.day("goal_on"),
        "budget_cents": cents(form.budget) if form.budget else None,
        "daily_limit": form.number("daily_limit"),
    }


def form_of(view: CampaignView) -> CampaignForm:
    """The form that a campaign would have been typed with."""
    plan = read_plan(view.plan)
    calendar, trigger, season = plan.calendar, plan.trigger, plan.calendar.season
    segment = Segment.from_json(view.segment)
    return CampaignForm(
        name=view.name,
        sequence_key=view.sequence_key,
        owner_id=view.owner_id,
        backup_id=view.backup_id,
        daily_limit=str(view.daily_limit),
        holdout_percent=str(view.holdout_percent),
        programme=view.programme,
        goal_visits=_text(view.goal_visits),
        goal_on=_text(view.goal_on),
        budget="" if view.budget_cents is None else f"{Decimal(view.budget_cents) / 100:.2f}",
        weekdays=list(calendar.weekdays),
        starts_on=_text(calendar.starts_on),
        ends_on=_text(calendar.ends_on),
        season_from="{:02}-{:02}".format(*season.begins) if season else "",
        season_to="{:02}-{:02}".format(*season.ends) if season else "",
        trigger_field=trigger.field if trigger else "",
        trigger_days=str(trigger.offset_days if trigger else 0),
        rest_days=_text(view.rest_days),
        reentry_limit=str(plan.reentry.limit),
        reentry_wait=str(plan.reentry.wait_days),
        success={kind: _chosen(plan, kind) for kind in SUCCESS_KINDS},
        success_days=str(
            min((one.within_days or USUAL_DAYS for one in plan.success.values()), default=USUAL_DAYS)
        ),
        segment_id=(view.segment.get("saved") or {}).get("id"),
        segment=segment,
        ticked=as_query(segment),
    )


def _chosen(plan: CampaignPlan, kind: str) -> str:
    """What a plan counts; the usual where one from before asked for less."""
    what = plan.success_of(kind).what
    return what if what in choices(kind) else USUAL[kind].what


def _text(value: object) -> str:
    return "" if value is None else str(value)
