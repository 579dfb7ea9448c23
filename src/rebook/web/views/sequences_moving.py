"""What another version of a plan would do to the cases that are under way, said before it is done."""

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from rebook.core.outreach.sequence_words import sequence_name
from rebook.flow.outreach import sequences as flow
from rebook.flow.outreach.sequences_moving import change_plan, preview_move
from rebook.web.access import Staff, staff_page
from rebook.web.render import after, page

# What becomes of a case, in the clinic's words.
KIND_WORDS = {
    "same": "go on at the same step",
    "changed": "go on with another step",
    "skips": "go on and skip steps that are new before it",
    "gains": "had come to the end and get another step",
    "ends": "would have no step left",
    "over": "are at the end and stay there",
}


@staff_page(may="campaigns")
def move(request: HttpRequest, key: str, campaign_id: int) -> HttpResponse:
    """The stated effect; then the plan is exchanged, with its cases or for new patients only."""
    staff: Staff = request.staff  # type: ignore[attr-defined]
    organisation_id = staff.organisation_id
    file = flow.sequence_file(organisation_id=organisation_id, key=key)
    if file is None:
        raise Http404
    here = reverse("sequence_move", args=[key, campaign_id])
    request.back = here  # type: ignore[attr-defined]
    if request.method == "POST":
        moves = request.POST.get("cases") == "move"
        effect = change_plan(
            organisation_id=organisation_id,
            campaign_id=campaign_id,
            key=key,
            moves_open_cases=moves,
            expected=request.POST.get("stamp", ""),
            now=staff.now,
            actor=staff.actor,
        )
        say = (
            f"{effect.cases} cases moved."
            if moves
            else "New patients get the new plan; the others stay on theirs."
        )
        return after(request, reverse("campaign", args=[campaign_id]), say=say)
    try:
        preview = preview_move(organisation_id=organisation_id, campaign_id=campaign_id, key=key)
    except flow.UnableToSave as error:
        raise Http404 from error
    return page(
        request,
        "sequences/move.html",
        file=file,
        name=sequence_name(file.sequence),
        preview=preview,
        kind_words=KIND_WORDS,
    )
