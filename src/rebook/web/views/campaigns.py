"""Campaigns: what will happen, to whom, when; what did; what is stuck?"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from rebook.accounts import read as accounts
from rebook.core.gaps import KINDS
from rebook.core.outcome.success import say
from rebook.core.outreach.campaign_plan import CampaignPlan, read_plan, tiers_of
from rebook.core.outreach.campaign_readiness import ReadinessCheck
from rebook.core.outreach.sequence_words import sentences, step_sentence
from rebook.core.segment import Filter, Segment
from rebook.flow import measure, segments
from rebook.flow.outreach import campaigns as flow
from rebook.flow.outreach.campaign_list import listed_campaigns
from rebook.flow.outreach.readiness import launch_checklist
from rebook.flow.outreach.sequences import sequences_in_use
from rebook.records.read import campaignpages as read
from rebook.records.read import campaigns as campaign_read
from rebook.web.access import Staff, roles_let_in, staff_page
from rebook.web.render import after, page
from rebook.web.segment_form import labels
from rebook.web.views.won import won_picture

# What is done, what is said, and the act that undoes it.
ACTS: dict[str, tuple[Callable[..., Any], str, str]] = {
    "launch": (flow.launch, "Launched. The first patients come in with the next daily run.", "pause"),
    "pause": (flow.pause, "Paused. Nothing new goes out; answers are still handled.", "resume"),
    "resume": (
        flow.resume,
        "Running again. What fell due meanwhile is planned anew, a day's worth at a time.",
        "pause",
    ),
    "archive": (flow.archive, "Ended. It stays here with its figures.", "reopen"),
    "reopen": (flow.reopen, "Taken back: it is paused as it was.", ""),
}
# Where each check of the launch checklist is mended.
MENDED_AT = {
    "ready": ("setup_ready", "Say who answers"),
    "hours": ("setup_hours", "Set the hours"),
    "people": ("setup_people", "See the people"),
    "channels": ("setup_channels", "See the channels"),
    "inbox": ("inbox", "Answer them"),
    "doctor": ("setup_doctor", "Look at the records"),
    "rules": ("setup_catalogue", "Review the rules"),
    "practice": ("setup", "End the stop"),
    "places": ("setup_places", "See the rules of each place"),
}


@staff_page(may="anything")
def campaigns(request: HttpRequest) -> HttpResponse:
    staff: Staff = request.staff  # type: ignore[attr-defined]
    lines = listed_campaigns(organisation_id=staff.organisation_id, now=staff.now)
    return page(request, "campaigns/list.html", lines=lines)


@staff_page(may="anything")
def campaign(request: HttpRequest, campaign_id: int) -> HttpResponse:
    staff: Staff = request.staff  # type: ignore[attr-defined]
    of: dict[str, Any] = {"organisation_id": staff.organisation_id, "campaign_id": campaign_id}
    file = read.campaign_file(**of)
    if file is None:
        raise Http404
    listed = listed_campaigns(organisation_id=staff.organisation_id, now=staff.now)
    me = next(one for one in listed if one.line.id == campaign_id)
    plan = read_plan(file.plan)
    segment = Segment.from_json(file.segment)
    kinds = _kinds(segment)
    won = measure.campaign_won(**of, now=staff.now)
    return page(
        request,
        "campaigns/campaign.html",
        file=file,
        plan=plan,
        stands=me.stands,
        enrols_on=me.enrols_on,
        warnings=me.warnings,
        reached=read.reached(**of),
        won=won,
        won_chart=won_picture(won),
        coming=read.coming(**of, now=staff.now),
        attempts=read.attempt_states(**of),
        reasons=read.not_contacted(**of),
        sites=_sites(staff, segment),
        won_back=_definitions(plan, kinds),
        counted=_counted(staff, segment, file.programme),
        checks=_checklist(staff, campaign_id) if file.state == "draft" else (),
        mended_at=_mended_at(staff, campaign_id),
        steps=sentences(file.sequence.get("steps") or ()) or _steps_of(staff, file.sequence_key),
    )


def _counted(staff: Staff, segment: Segment, programme: str) -> segments.SegmentCount:
    of: dict[str, Any] = {"organisation_id": staff.organisation_id, "as_of": staff.today, "now": staff.now}
    found = segments.count(**of, segment=segment, label=labels(staff))
    if not programme:
        return found
    # The sentence is the segment's; the figures are of those whom the programme takes in.
    own = replace(segment, filters=(*segment.filters, Filter("tier", tiers_of(programme))))
    return replace(found, size=segments.count(**of, segment=own, label=labels(staff)).size)


def _sites(staff: Staff, segment: Segment) -> list[accounts.LocationView]:
    """The sites of a campaign with what patients there are told: all of them unless it names some."""
    wanted = segment.of("location")
    return [
        one
        for one in accounts.locations(organisation_id=staff.organisation_id)
        if wanted is None or (str(one.id) in wanted.values) != wanted.is_not
    ]


def _kinds(segment: Segment) -> tuple[str, ...]:
    """The kinds of reason that a campaign is for: all of them unless it names some."""
    wanted = segment.of("gap_kind")
    return tuple(one for one in KINDS if wanted is None or (one in wanted.values) != wanted.is_not)


def _definitions(plan: CampaignPlan, kinds: Sequence[str]) -> list[tuple[str, list[str]]]:
    """[(what is counted, the kinds of reason it is counted for)], in the order of the kinds."""
    found: dict[str, list[str]] = {}
    for kind in kinds:
        found.setdefault(say(plan.success_of(kind)), []).append(kind)
    return list(found.items())


def _checklist(staff: Staff, campaign_id: int) -> tuple[ReadinessCheck, ...]:
    """The launch checklist of a draft, so that it can be mended before anybody presses the button."""
    organisation_id = staff.organisation_id
    view = campaign_read.campaign(organisation_id=organisation_id, campaign_id=campaign_id)
    if view is None:
        return ()
    sequence = flow.sequence_of(organisation_id=organisation_id, key=view.sequence_key)
    return launch_checklist(
        organisation_id=organisation_id, campaign=view, sequence=sequence, now=staff.now, looks_again=False
    )


def _mended_at(staff: Staff, campaign_id: int) -> Mapping[str, tuple[str, str, tuple[str, ...]]]:
    """(address, words, ()) of the page on which each kind of refusal is mended; for who is not let in there
    ("", words, the roles that are): no link leads to a refusal."""
    own = {
        "campaign": (reverse("campaign_edit", args=[campaign_id]), "Change the draft"),
        "approval": (reverse("campaign_approval", args=[campaign_id]), "Sign the campaign"),
        "send_tests": (reverse("campaign_send_tests", args=[campaign_id]), "Send them to yourself"),
        "templates": (reverse("campaign_texts", args=[campaign_id]), "Read and sign the texts"),
    }
    places = own | {key: (reverse(name), label) for key, (name, label) in MENDED_AT.items()}
    return {
        key: (address, label, ())
        if staff.may_open(address)
        else ("", label, tuple(sorted(roles_let_in(address))))
        for key, (address, label) in places.items()
    }


def _steps_of(staff: Staff, key: str) -> list[str]:
    """The steps of a draft, which is not frozen to a sequence yet, each in a sentence."""
    sequence = sequences_in_use(organisation_id=staff.organisation_id).get(key)
    return [step_sentence(step) for step in sequence.steps] if sequence else []


@staff_page(may="patients")
def cases(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """The patients behind a number of the campaign's page."""
    staff: Staff = request.staff  # type: ignore[attr-defined]
    file = read.campaign_file(organisation_id=staff.organisation_id, campaign_id=campaign_id)
    if file is None:
        raise Http404
    asked = {name: request.GET.get(name, "") for name in ("stage", "outcome", "rule")}
    found = read.case_lines(
        organisation_id=staff.organisation_id,
        campaign_id=campaign_id,
        arm="holdout" if request.GET.get("arm") == "holdout" else "contact",
        stage=asked["stage"],
        outcome=asked["outcome"],
        rule=asked["rule"],
    )
    return page(
        request,
        "campaigns/cases.html",
        title=file.name,
        back=reverse("campaign", args=[campaign_id]),
        found=found,
        asked=asked,
        arm=request.GET.get("arm", ""),
    )


@staff_page(may="campaigns")
def act(request: HttpRequest, campaign_id: int, act: str) -> HttpResponse:
    """Launch, pause, resume, end or reopen a campaign, clone it, discard a draft; a refusal says why."""
    staff: Staff = request.staff  # type: ignore[attr-defined]
    of: dict[str, Any] = {"organisation_id": staff.organisation_id, "campaign_id": campaign_id}
    if act not in (*ACTS, "clone", "discard") or read.campaign_file(**of) is None:
        raise Http404
    here = reverse("campaign", args=[campaign_id])
    if request.method != "POST":
        return after(request, here)
    # A refusal says there why.
    request.back = here  # type: ignore[attr-defined]
    by: dict[str, Any] = {"now": staff.now, "actor": staff.actor}
    if act == "clone":
        made = flow.clone(**of, **by)
        return after(
            request,
            reverse("campaign_edit", args=[made]),
            say="A draft like it. Nothing goes out before it is launched.",
            undo=reverse("campaign_act", args=[made, "discard"]),
        )
    if act == "discard":
        flow.discard(**of, **by)
        return after(request, reverse("campaigns"), say="The draft is gone.")
    do, said, undo = ACTS[act]
    do(**of, **by)
    return after(
        request, here, say=said, undo=reverse("campaign_act", args=[campaign_id, undo]) if undo else ""
    )
