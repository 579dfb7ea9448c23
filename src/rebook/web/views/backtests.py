"""Backtests: what would rules have done on past dates, and what would other settings have done?"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from json import dumps, loads
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, QueryDict, StreamingHttpResponse
from django.urls import reverse

from rebook.core.backtest import BadQuestion, Question, read_changes
from rebook.core.gaps import TIERS
from rebook.flow import backtest as flow
from rebook.packs.gaps import gap_definitions
from rebook.records.read import backtests as read
from rebook.records.read import campaigns as read_campaigns
from rebook.web.access import Staff, staff_page
from rebook.web.render import after, page
from rebook.work.jobs import defer_backtest

LETTERS = ("A", "B", "C")
# Fields of one setting: name on the page, name of the change.
FIELDS = ("grace_days", "interval_months", "daily_limit")
OUTCOMES = {
    "alone": "came back by themselves",
    "after_contact": "came back after a contact",
    "none": "not back",
}

REASONS = {
    "filtered_out": "Due, but not among the patients chosen",
    "booked": "Already booked",
    "not_due": "Not due yet",
    "not_eligible": "The rule is not for them",
    "excluded": "Excluded from recalls",
    "unknown": "Set aside: a fact is missing",
    "nothing_to_count_from": "Never had the visit that it counts from",
    "deceased": "Deceased",
    "merged": "Duplicate record",
    "left_practice": "Left the practice",
    "superseded": "Another rule takes its place",
    "aged_out": "Past the last age of the schedule",
    "off_season": "Not at this time of the year",
    "lapsed": "Too late to be of use",
    "snoozed": "Left alone for now, as asked",
    "no_recall": "Settled: no recall",
    "seen_since": "Seen since",
    "covered": "Listed for another reason",
}


@dataclass(frozen=True, slots=True)
class Form:
    """What was typed, shown again when something is wrong with it."""

    from_on: str
    to_on: str
    every: str = "week"
    about: str = ""
    values: dict[str, str] = field(default_factory=dict)
    tiers: dict[str, list[str]] = field(default_factory=dict)
    problem: str = ""


@staff_page(may="anything")
def backtests(request: HttpRequest) -> HttpResponse:
    """The form, and what was run before."""
    staff: Staff = request.staff  # type: ignore[attr-defined]
    if request.method != "POST":
        return _form_page(request, staff, _empty_form(staff), status=200)
    form = _typed(request.POST)
    try:
        number = flow.ask(
            organisation_id=staff.organisation_id, question=_question(form), now=staff.now, actor=staff.actor
        )
    except (BadQuestion, flow.UnableToRun) as error:
        text = str(error)
        again = Form(**{**_as_values(form), "problem": f"{text[:1].upper()}{text[1:]}."})
        return _form_page(request, staff, again, status=422)
    defer_backtest(organisation_id=staff.organisation_id, number=number)
    return after(request, reverse("backtest", args=[number]))


def _form_page(request: HttpRequest, staff: Staff, form: Form, *, status: int) -> HttpResponse:
    return page(
        request,
        "backtests/list.html",
        status=status,
        form=form,
        letters=LETTERS,
        tiers=TIERS,
        rules=gap_definitions(tuple(staff.organisation.pack_keys)),
        campaigns=read_campaigns.campaigns(organisation_id=staff.organisation_id),
        runs=read.backtests(organisation_id=staff.organisation_id),
    )


def _empty_form(staff: Staff) -> Form:
    to_on = staff.today - timedelta(days=1)
    return Form(from_on=(to_on - timedelta(days=181)).isoformat(), to_on=to_on.isoformat())


def _as_values(form: Form) -> dict[str, Any]:
    return {name: getattr(form, name) for name in form.__slots__}


def _typed(posted: QueryDict) -> Form:
    names = [f"{letter}_{name}" for letter in LETTERS for name in FIELDS]
    return Form(
        from_on=posted.get("from_on", ""),
        to_on=posted.get("to_on", ""),
        every=posted.get("every", "week"),
        about=posted.get("about", ""),
        values={name: posted.get(name, "").strip() for name in names},
        tiers={letter: posted.getlist(f"{letter}_tiers") for letter in LETTERS},
    )


def _question(form: Form) -> Question:
    texts = []
    for letter in LETTERS:
        texts += [
            f"{letter}:{name}={form.values[f'{letter}_{name}']}"
            for name in FIELDS
            if form.values.get(f"{letter}_{name}")
        ]
        if form.tiers.get(letter):
            texts.append(f"{letter}:tiers={'|'.join(form.tiers[letter])}")
    settings, assumptions = read_changes(texts)
    kind, _, key = form.about.partition(":")
    return Question(
        from_on=_day("from", form.from_on),
        to_on=_day("to", form.to_on),
        every=form.every,  # type: ignore[arg-type]
        definitions=(key,) if kind == "rule" else (),
        campaign_id=int(key) if kind == "campaign" and key.isdecimal() else None,
        settings=settings,
        assumptions=assumptions,
    )


def _day(name: str, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadQuestion(name, "wants a date") from None


@staff_page(may="anything")
def backtest(request: HttpRequest, number: int) -> HttpResponse:
    """The result; how far it is while it runs."""
    staff: Staff = request.staff  # type: ignore[attr-defined]
    found = read.backtest(organisation_id=staff.organisation_id, number=number)
    if found is None:
        raise Http404
    is_polling = bool(getattr(request, "htmx", False))
    if is_polling and found.state in ("done", "failed"):
        # The whole page now, charts and all.
        return HttpResponse(status=204, headers={"HX-Refresh": "true"})
    charts = _charts(dumps(found.result, sort_keys=True)) if found.result else {}
    return page(
        request,
        "backtests/backtest.html",
        block="progress",
        run=found,
        result=found.result,
        charts=charts,
        reasons=REASONS,
        is_slow_to_begin=found.state == "waiting" and (staff.now - found.created_at) > timedelta(seconds=30),
    )


@lru_cache(maxsize=32)
def _charts(result: str) -> dict[str, str]:
    """Drawing costs more than the rest of the page, and the same figures give the same pictures."""
    return {name: svg[svg.index("<svg") :] for name, svg in flow.charts(loads(result)).items()}


@staff_page(may="anything")
def again(request: HttpRequest, number: int) -> HttpResponse:
    """Run it anew, over the newest records."""
    staff: Staff = request.staff  # type: ignore[attr-defined]
    if request.method != "POST":
        return HttpResponse(status=405)
    found = read.backtest(organisation_id=staff.organisation_id, number=number)
    if found is None:
        raise Http404
    question = Question.from_json(found.asked)
    newer = flow.ask(
        organisation_id=staff.organisation_id, question=question, now=staff.now, actor=staff.actor
    )
    defer_backtest(organisation_id=staff.organisation_id, number=newer)
    return after(request, reverse("backtest", args=[newer]))


@staff_page(may="patients")
def listed(request: HttpRequest, number: int) -> HttpResponse:
    """The patients behind one figure of a result."""
    staff: Staff = request.staff  # type: ignore[attr-defined]
    found = read.backtest(organisation_id=staff.organisation_id, number=number)
    if found is None or found.result is None:
        raise Http404
    setting, outcome = request.GET.get("setting", "A"), request.GET.get("outcome", "")
    week = request.GET.get("week", "")
    lines = flow.listed_patients(
        backtest=found,
        setting=setting,
        outcome=outcome if outcome in OUTCOMES else "",
        week_on=date.fromisoformat(week) if week in found.result["weeks"] else None,
        reason=request.GET.get("reason", ""),
    )
    names = read.names(
        organisation_id=staff.organisation_id, patient_ids=[one.patient_id for one in lines.lines]
    )
    return page(
        request,
        "backtests/listed.html",
        run=found,
        setting=setting,
        outcome=OUTCOMES.get(outcome, "listed"),
        lines=lines.lines,
        total=lines.total,
        names=names,
        labels=found.result["labels"],
    )


@staff_page(may="patients")
def listings_csv(request: HttpRequest, number: int) -> Any:
    """Who was listed, when, and when they came: ids and dates, no names."""
    staff: Staff = request.staff  # type: ignore[attr-defined]
    found = read.backtest(organisation_id=staff.organisation_id, number=number)
    if found is None or not found.path:
        raise Http404
    headers = {
        "Content-Disposition": f'attachment; filename="backtest-{number}.csv"',
        "Cache-Control": "no-store",
    }
    return StreamingHttpResponse(flow.csv_of(backtest=found), content_type="text/csv", headers=headers)
