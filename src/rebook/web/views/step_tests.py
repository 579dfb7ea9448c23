"""The form that states the rule of a test of a step: time of day, days it waits, channel first."""

import re
from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from rebook.core.outreach.experiment import METRICS, MOST_LOOKS, STEP_ELEMENTS, TestPlan
from rebook.core.outreach.experiment_pace import smallest_shown, weeks_to_answer
from rebook.core.outreach.experiment_words import can_show
from rebook.core.outreach.sequence_words import PART_WORDS
from rebook.flow.outreach import experiment_steps as flow
from rebook.flow.outreach.experiments import UnableToTest
from rebook.records.read import campaignpages
from rebook.records.read.experiment_pace import ComesBy, pace_of
from rebook.web.access import Staff, staff_page
from rebook.web.render import after, page

from .wording_tests import rate_now, rule_from


@dataclass(slots=True)
class StepForm:
    """What was asked; ``step`` is the step's number from 1, ``chosen`` what to compare the step with."""

    step: int = 1
    element: str = "day_part"
    chosen: tuple[str, ...] = ()
    days: str = ""
    metric: str = "booked"
    effect: str = "5"
    looks: str = "3"
    error: str = ""
    plan: TestPlan | None = None
    shows: str = ""


@staff_page(may="campaigns")
def step_test(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """Say which step, what varies and the rule; the page says what the test could show, and when."""
    staff: Staff = request.staff  # type: ignore[attr-defined]
    file = campaignpages.campaign_file(organisation_id=staff.organisation_id, campaign_id=campaign_id)
    if file is None:
        raise Http404
    steps = flow.testable_steps(organisation_id=staff.organisation_id, campaign_id=campaign_id)
    what = ComesBy(campaign_id, position=_asked_step(request, len(steps)) - 1)
    rate, rate_is_own = rate_now(staff, what, request)
    form = _read(request, steps, rate)
    if request.method == "POST" and not form.error:
        form.error = _state(staff, campaign_id, form, rate)
        if not form.error:
            here = reverse("wording_tests", args=[campaign_id])
            return after(request, here, say="The rule is stated and the test runs.")
    if form.plan:
        pace = pace_of(organisation_id=staff.organisation_id, what=what, now=staff.now)
        form.shows = can_show(
            form.plan, weeks_to_answer(form.plan, pace), within=smallest_shown(form.plan, pace)
        )
    return page(
        request,
        "campaigns/step_test.html",
        block="asked",
        status=422 if request.method == "POST" else 200,
        file=file,
        steps=steps,
        form=form,
        rate=rate,
        rate_is_own=rate_is_own,
        elements=STEP_ELEMENTS,
        metrics=METRICS,
        most_looks=MOST_LOOKS,
        part_words={part: words.capitalize() for part, words in PART_WORDS.items()},
    )


def _read(request: HttpRequest, steps: tuple[flow.TestableStep, ...], rate: float) -> StepForm:
    given = request.POST if request.method == "POST" else request.GET
    form = StepForm(metric=given.get("metric", "booked"))
    for name in ("element", "effect", "looks", "days"):
        setattr(form, name, given.get(name, getattr(form, name)).strip())
    form.step = _asked_step(request, len(steps))
    if not steps:
        form.error = "Launch the campaign first: its steps are fixed then."
        return form
    form.chosen = _chosen(form, given.getlist("variant"), steps[form.step - 1])
    if not form.chosen:
        if request.method == "POST":
            form.error = "Choose what to compare the step with."
        return form
    asked = {"metric": form.metric, "effect": form.effect, "looks": form.looks}
    form.plan, form.error = rule_from(asked, element=form.element, variants=form.chosen, rate=rate)
    return form


def _asked_step(request: HttpRequest, count: int) -> int:
    """The step's number from 1; the first where none of the plan's was asked for."""
    asked = (request.POST or request.GET).get("step", "1")
    number = int(asked) if asked.isascii() and asked.isdigit() else 1
    return number if 1 <= number <= count else 1


def _chosen(form: StepForm, ticked: list[str], step: flow.TestableStep) -> tuple[str, ...]:
    if form.element == "delay":
        return tuple(dict.fromkeys(str(int(one)) for one in re.findall(r"[0-9]{1,3}", form.days)))
    offered = step.day_parts if form.element == "day_part" else step.channels
    return tuple(one for one in offered if one in ticked)


def _state(staff: Staff, campaign_id: int, form: StepForm, rate: float) -> str:
    assert form.plan
    try:
        flow.state_step_test(
            organisation_id=staff.organisation_id,
            campaign_id=campaign_id,
            position=form.step - 1,
            element=form.plan.element,
            metric=form.plan.metric,
            variants=form.plan.variants,
            baseline=rate,
            effect=form.plan.effect,
            looks=form.plan.looks,
            now=staff.now,
            actor=staff.actor,
        )
    except UnableToTest as error:
        return str(error)
    return ""
