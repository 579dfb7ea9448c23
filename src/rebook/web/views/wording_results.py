"""One test: how it stands, what each look said, what patients got; and the person who applies its winner."""

from functools import lru_cache

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from rebook.core.measure.arms import ArmsWon, won_by_arm
from rebook.flow.outreach import experiments as flow
from rebook.flow.outreach.experiment_applying import apply_winner, preview_winner
from rebook.flow.outreach.experiment_results import look_chart, results_of_test
from rebook.records.read import campaignpages
from rebook.records.read import experiments as read
from rebook.records.read.arms import arm_cells
from rebook.records.read.experiments import WordingTestView
from rebook.web.access import Staff, staff_page
from rebook.web.render import after, page

from .sequences_moving import KIND_WORDS


@staff_page(may="anything")
def wording_test(request: HttpRequest, test_id: int) -> HttpResponse:
    """The result page. Rates stand on it only as its looks gave them."""
    staff: Staff = request.staff  # type: ignore[attr-defined]
    seen = results_of_test(organisation_id=staff.organisation_id, test_id=test_id, now=staff.now)
    if seen is None:
        raise Http404
    return page(
        request,
        "campaigns/test.html",
        seen=seen,
        test=seen.test,
        file=campaignpages.campaign_file(
            organisation_id=staff.organisation_id, campaign_id=seen.test.campaign_id
        ),
        chart=_chart(staff.organisation_id, test_id, int(seen.last["number"])) if seen.last else "",
        arms_won=_arms_won(staff, seen.test),
    )


def _arms_won(staff: Staff, test: WordingTestView) -> ArmsWon | None:
    """What each arm won back in the end; None while nothing may be seen between looks."""
    if test.state == "running":
        return None
    cells = arm_cells(organisation_id=staff.organisation_id, test_id=test.id, now=staff.now)
    return won_by_arm(cells, arms=test.plan.arms)


@lru_cache(maxsize=64)
def _chart(organisation_id: int, test_id: int, number: int) -> str:
    """A look never changes once it was taken, so its picture is drawn once."""
    test = read.wording_test(organisation_id=organisation_id, test_id=test_id)
    assert test
    look = next(one for one in test.looks if one["number"] == number)
    svg = look_chart(test, look)
    return svg[svg.index("<svg") :]


@staff_page(may="campaigns")
def wording_test_act(request: HttpRequest, test_id: int, act: str) -> HttpResponse:
    """End a running test, or say which text goes out from now on."""
    staff: Staff = request.staff  # type: ignore[attr-defined]
    _found(staff, test_id)
    if act not in ("end", "apply"):
        raise Http404
    here = reverse("wording_test", args=[test_id])
    if request.method != "POST":
        return after(request, here)
    # A refusal says there why.
    request.back = here  # type: ignore[attr-defined]
    if act == "end":
        flow.end_test(
            organisation_id=staff.organisation_id, test_id=test_id, now=staff.now, actor=staff.actor
        )
        return after(request, here, say="Ended. What went on before goes on.")
    flow.apply_variant(
        organisation_id=staff.organisation_id,
        test_id=test_id,
        variant=request.POST.get("variant", ""),
        now=staff.now,
        actor=staff.actor,
    )
    return after(request, here, say="From now on this text goes out in the campaign.")


@staff_page(may="campaigns")
def winner(request: HttpRequest, test_id: int) -> HttpResponse:
    """What the arm of a step would do to the plan and its open cases; then it is done."""
    staff: Staff = request.staff  # type: ignore[attr-defined]
    _found(staff, test_id)
    given = request.POST if request.method == "POST" else request.GET
    variant = given.get("variant", "")
    # A refusal says there why.
    here = reverse("wording_test", args=[test_id])
    request.back = here  # type: ignore[attr-defined]
    if request.method == "POST":
        moves = request.POST.get("cases") == "move"
        effect = apply_winner(
            organisation_id=staff.organisation_id,
            test_id=test_id,
            variant=variant,
            moves_open_cases=moves,
            expected=request.POST.get("stamp", ""),
            now=staff.now,
            actor=staff.actor,
        )
        say = "The plan stays as it is."
        if variant:
            moved = f"{effect.cases} open cases moved." if moves else "open cases stay on their plan."
            say = f"The campaign runs by the new version; {moved}"
        return after(request, here, say=say)
    try:
        seen = preview_winner(organisation_id=staff.organisation_id, test_id=test_id, variant=variant)
    except flow.UnableToTest as error:
        why = str(error)
        return after(request, here, say=f"{why[:1].upper()}{why[1:]}.", is_problem=True)
    return page(request, "campaigns/winner.html", seen=seen, kind_words=KIND_WORDS)


def _found(staff: Staff, test_id: int) -> WordingTestView:
    test = read.wording_test(organisation_id=staff.organisation_id, test_id=test_id)
    if test is None:
        raise Http404
    return test
