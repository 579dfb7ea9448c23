"""What a campaign can show: its holdout, and tests on its wording, with the rule stated before."""

from dataclasses import dataclass, field

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from rebook.core.outreach.experiment import ELEMENTS, METRICS, MOST_LOOKS, TestPlan, plan_test
from rebook.core.segment import Segment
from rebook.flow.outreach import experiments as flow
from rebook.flow.outreach.holdouts import holdout_power
from rebook.records.read import campaignpages
from rebook.records.read import campaigns as read_campaigns
from rebook.records.read import experiments as read
from rebook.records.read.experiments import WordingTestView
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


@dataclass(frozen=True, slots=True)
class Shown:
    """A test with how many were drawn into each arm, and how many of them had their time to answer."""

    test: WordingTestView
    drawn: dict[str, int]
    ripe: dict[str, int]
    next_size: int | None

    @property
    def last(self) -> dict[str, object] | None:
        return self.test.looks[-1] if self.test.looks else None


@staff_page(may="anything")
def wording_tests(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """The holdout's power, the tests so far, and the form that states a new one."""
    staff: Staff = request.staff  # type: ignore[attr-defined]
    file = campaignpages.campaign_file(organisation_id=staff.organisation_id, campaign_id=campaign_id)
    view = read_campaigns.campaign(organisation_id=staff.organisation_id, campaign_id=campaign_id)
    if file is None or view is None:
        raise Http404
    texts = flow.testable_texts(organisation_id=staff.organisation_id)
    rate, rate_is_own = _usual_rate(staff, campaign_id, request)
    form = _read(request, texts, rate)
    if request.method == "POST" and staff.may("campaigns") and not form.errors:
        wrong = _state(staff, campaign_id, form, texts, rate)
        if not wrong:
            here = reverse("wording_tests", args=[campaign_id])
            return after(request, here, say="The rule is stated and the test runs.")
        form.errors["form"] = wrong
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
        tests=_shown(staff, campaign_id),
        texts=texts,
        form=form,
        rate=rate,
        rate_is_own=rate_is_own,
        elements=ELEMENTS,
        metrics=METRICS,
        most_looks=MOST_LOOKS,
    )


def _usual_rate(staff: Staff, campaign_id: int, request: HttpRequest) -> tuple[float, bool]:
    metric = (request.POST or request.GET).get("metric", "booked")
    metric = metric if metric in METRICS else "booked"
    won, cases = read.usual_rate(
        organisation_id=staff.organisation_id, campaign_id=campaign_id, metric=metric
    )
    is_own = cases >= FEWEST_OWN and 0 < won < cases
    return (won / cases if is_own else PRIOR_RATES[metric]), is_own


def _read(request: HttpRequest, texts: tuple[flow.TestableText, ...], rate: float) -> Form:
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
    try:
        effect, looks = float(form.effect.replace(",", ".")) / 100, int(form.looks)
        form.plan = plan_test(
            element=form.element,  # type: ignore[arg-type]
            metric=form.metric,  # type: ignore[arg-type]
            variants=chosen.variants if chosen else ("b",),
            baseline=rate,
            effect=effect,
            looks=looks,
        )
    except ValueError as error:
        form.errors["form"] = f"This cannot be tested: {error}."
    return form


def _state(
    staff: Staff, campaign_id: int, form: Form, texts: tuple[flow.TestableText, ...], rate: float
) -> str:
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


def _shown(staff: Staff, campaign_id: int) -> tuple[Shown, ...]:
    found = []
    for test in read.wording_tests(organisation_id=staff.organisation_id, campaign_id=campaign_id):
        drawn, counts = read.arm_counts(organisation_id=staff.organisation_id, test=test, now=staff.now)
        taken = int(test.looks[-1]["number"]) if test.looks else 0
        sizes = test.plan.look_sizes
        found.append(
            Shown(
                test,
                drawn,
                {one.variant: one.patients for one in counts},
                sizes[taken] if taken < len(sizes) else None,
            )
        )
    return tuple(found)


@staff_page(may="campaigns")
def wording_test_act(request: HttpRequest, test_id: int, act: str) -> HttpResponse:
    """End a running test, or say which text goes out from now on."""
    staff: Staff = request.staff  # type: ignore[attr-defined]
    test = read.wording_test(organisation_id=staff.organisation_id, test_id=test_id)
    if test is None or act not in ("end", "apply"):
        raise Http404
    here = reverse("wording_tests", args=[test.campaign_id])
    if request.method != "POST":
        return after(request, here)
    # A refusal says there why.
    request.back = here  # type: ignore[attr-defined]
    if act == "end":
        flow.end_test(
            organisation_id=staff.organisation_id, test_id=test_id, now=staff.now, actor=staff.actor
        )
        return after(request, here, say="Ended. The main text goes on.")
    flow.apply_variant(
        organisation_id=staff.organisation_id,
        test_id=test_id,
        variant=request.POST.get("variant", ""),
        now=staff.now,
        actor=staff.actor,
    )
    return after(request, here, say="From now on this text goes out in the campaign.")
