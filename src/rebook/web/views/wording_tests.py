"""What a campaign can show: its holdout, its tests, and the form that states a test on wording."""

from dataclasses import dataclass, field

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from rebook.core.outreach.experiment import METRICS, MOST_LOOKS, TEXT_ELEMENTS, Metric, TestPlan, plan_test
from rebook.core.outreach.experiment_pace import smallest_shown, weeks_to_answer
from rebook.core.outreach.experiment_words import can_show
from rebook.core.segment import Segment
from rebook.flow.outreach import experiments as flow
from rebook.flow.outreach.experiment_results import results_of_campaign
from rebook.flow.outreach.experiment_texts import TestableText, testable_texts
from rebook.flow.outreach.holdouts import holdout_power
from rebook.records.read import campaignpages
from rebook.records.read import campaigns as read_campaigns
from rebook.records.read.experiment_pace import ComesBy, pace_of, usual_rate
from rebook.web.access import Staff, staff_page
from rebook.web.render import after, page

# Before a campaign has enough of its own: shares of contacted patients (vendor-reported, R-F67, R-F68).
PRIOR_RATES = {"booked": 0.10, "responded": 0.20}
FEWEST_OWN = 100


@dataclass(slots=True)
class Form:
    """What was asked, in points of a hundred, and what is wrong with it."""

    text: str = ""
    element: str = "subject"
    metric: str = "booked"
    effect: str = "5"
    looks: str = "3"
    errors: dict[str, str] = field(default_factory=dict)
    plan: TestPlan | None = None
    # What the test could show and when, in words.
    shows: str = ""


@staff_page(may="anything")
def wording_tests(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """The holdout's power, the tests so far, and the form that states a new one."""
    staff: Staff = request.staff  # type: ignore[attr-defined]
    file = campaignpages.campaign_file(organisation_id=staff.organisation_id, campaign_id=campaign_id)
    view = read_campaigns.campaign(organisation_id=staff.organisation_id, campaign_id=campaign_id)
    if file is None or view is None:
        raise Http404
    texts = testable_texts(organisation_id=staff.organisation_id)
    what = ComesBy(campaign_id, *_place(request, texts))
    rate, rate_is_own = rate_now(staff, what, request)
    form = _read(request, texts, rate)
    if request.method == "POST" and staff.may("campaigns") and not form.errors:
        wrong = _state(staff, campaign_id, form, rate)
        if not wrong:
            here = reverse("wording_tests", args=[campaign_id])
            return after(request, here, say="The rule is stated and the test runs.")
        form.errors["form"] = wrong
    if form.plan:
        pace = pace_of(organisation_id=staff.organisation_id, what=what, now=staff.now)
        form.shows = can_show(
            form.plan, weeks_to_answer(form.plan, pace), within=smallest_shown(form.plan, pace)
        )
    return page(
        request,
        "campaigns/tests.html",
        block="statement",
        status=422 if form.errors else 200,
        file=file,
        power=holdout_power(
            organisation_id=staff.organisation_id,
            segment=Segment.from_json(view.segment),
            percent=view.holdout_percent,
            purpose=view.purpose,
            today=staff.today,
            now=staff.now,
        ),
        tests=results_of_campaign(
            organisation_id=staff.organisation_id, campaign_id=campaign_id, now=staff.now
        ),
        texts=texts,
        form=form,
        rate=rate,
        rate_is_own=rate_is_own,
        elements=TEXT_ELEMENTS,
        metrics=METRICS,
        most_looks=MOST_LOOKS,
    )


def _place(request: HttpRequest, texts: tuple[TestableText, ...]) -> tuple[str, str]:
    """(key, channel) of the text that the form is about."""
    key, _, channel = (request.POST or request.GET).get("text", "").partition("|")
    first = [(one.template_key, one.channel) for one in texts[:1]]
    return (key, channel) if channel else next(iter(first), ("", ""))


def rate_now(staff: Staff, what: ComesBy, request: HttpRequest) -> tuple[float, bool]:
    """(share of those contacted who do what decides, whether it is the campaign's own)."""
    asked = (request.POST or request.GET).get("metric", "booked")
    metric: Metric = "responded" if asked == "responded" else "booked"
    won, cases = usual_rate(organisation_id=staff.organisation_id, what=what, metric=metric, now=staff.now)
    is_own = cases >= FEWEST_OWN and 0 < won < cases
    return (won / cases if is_own else PRIOR_RATES[metric]), is_own


def rule_from(
    given: dict[str, str], *, element: str, variants: tuple[str, ...], rate: float
) -> tuple[TestPlan | None, str]:
    """(the rule as asked for, "") or (None, what is wrong with it)."""
    try:
        plan = plan_test(
            element=element,  # type: ignore[arg-type]
            metric=given["metric"],  # type: ignore[arg-type]
            variants=variants,
            baseline=rate,
            effect=float(given["effect"].replace(",", ".")) / 100,
            looks=int(given["looks"]),
        )
    except ValueError as error:
        return None, f"This cannot be tested: {error}."
    return plan, ""


def _read(request: HttpRequest, texts: tuple[TestableText, ...], rate: float) -> Form:
    given = request.POST if request.method == "POST" else request.GET
    form = Form()
    for name in ("text", "element", "metric", "effect", "looks"):
        setattr(form, name, given.get(name, getattr(form, name)).strip())
    known = {f"{one.template_key}|{one.channel}": one for one in texts}
    if not form.text and texts:
        form.text = next(iter(known))
    chosen = known.get(form.text)
    if "element" not in given and chosen and chosen.channel != "email":
        # Only e-mails have a subject.
        form.element = "call_to_action"
    if request.method == "POST" and chosen is None:
        form.errors["text"] = "Choose a text that has a second wording."
    asked = {"metric": form.metric, "effect": form.effect, "looks": form.looks}
    variants = chosen.variants if chosen else ("b",)
    form.plan, wrong = rule_from(asked, element=form.element, variants=variants, rate=rate)
    if wrong:
        form.errors["form"] = wrong
    return form


def _state(staff: Staff, campaign_id: int, form: Form, rate: float) -> str:
    assert form.plan
    key, _, channel = form.text.partition("|")
    try:
        flow.state_test(
            organisation_id=staff.organisation_id,
            campaign_id=campaign_id,
            template_key=key,
            channel=channel,
            element=form.plan.element,
            metric=form.plan.metric,
            variants=form.plan.variants,
            baseline=rate,
            effect=form.plan.effect,
            looks=form.plan.looks,
            now=staff.now,
            actor=staff.actor,
        )
    except flow.UnableToTest as error:
        return str(error)
    return ""
