"""Campaigns: what will happen, to whom, when; what did; what is stuck?"""

from dataclasses import dataclass, field
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.urls import reverse

from rebook.accounts import read as accounts
from rebook.core.reasons import Reason
from rebook.core.segment import FIELDS, Segment
from rebook.core.segment.sentence import Label
from rebook.flow import segments
from rebook.flow.outreach import campaigns as flow
from rebook.flow.outreach.readiness import reasons_against_launch
from rebook.packs import outreach as packs
from rebook.records.read import campaignpages as read
from rebook.records.read import campaigns as campaign_read
from rebook.records.read import segments as segment_reads
from rebook.records.read.segment_files import saved
from rebook.web.access import Staff, staff_page
from rebook.web.render import after, page
from rebook.web.segment_form import labels, read_form

# The first questions about whom; more of them are asked where segments are made.
QUESTIONS = ("gap_kind", "gap_visit_type", "definition", "tier", "location")
ACTS = {
    "launch": (flow.launch, "Launched. The first patients come in with the next daily run."),
    "pause": (flow.pause, "Paused. Nothing new goes out; answers are still handled."),
    "resume": (flow.resume, "Running again. What fell due meanwhile is planned anew."),
    "archive": (flow.archive, "Ended. It stays here with its figures."),
}
LARGEST_DAILY_LIMIT = 10_000
LARGEST_HOLDOUT = 50


@dataclass(slots=True)
class Form:
    """What was typed, and what is wrong with it, by field."""

    name: str = ""
    sequence_key: str = ""
    owner_id: int | None = None
    daily_limit: str = "25"
    holdout_percent: str = "10"
    segment_id: int | None = None
    segment: Segment = field(default_factory=Segment)
    ticked: QueryDict = field(default_factory=QueryDict)
    errors: dict[str, str] = field(default_factory=dict)


@staff_page(may="anything")
def campaigns(request: HttpRequest) -> HttpResponse:
    staff: Staff = request.staff  # type: ignore[attr-defined]
    lines = read.campaign_lines(organisation_id=staff.organisation_id)
    return page(request, "campaigns/list.html", lines=lines)


@staff_page(may="campaigns")
def new(request: HttpRequest) -> HttpResponse:
    """A new campaign, as a draft; nothing goes out before somebody launches it."""
    staff: Staff = request.staff  # type: ignore[attr-defined]
    sequences = _sequences(staff)
    form = _read_form(request, sequences, staff)
    if request.method == "POST" and not form.errors:
        try:
            campaign_id = flow.create_campaign(
                organisation_id=staff.organisation_id,
                name=form.name,
                segment=_segment_of(form, staff),
                sequence_key=form.sequence_key,
                owner_id=form.owner_id,
                daily_limit=int(form.daily_limit),
                holdout_percent=int(form.holdout_percent),
                now=staff.now,
                actor=staff.actor,
            )
        except Exception as error:
            if not getattr(error, "is_for_people", False):
                raise
            form.errors["form"] = str(error)
        else:
            return after(request, reverse("campaign", args=[campaign_id]), say="Saved as a draft.")
    organisation_id = staff.organisation_id
    label = labels(staff)
    found = segment_reads.choices(organisation_id=organisation_id)
    return page(
        request,
        "campaigns/new.html",
        block="size",
        status=422 if request.method == "POST" else 200,
        form=form,
        questions=[(FIELDS[key], found[key]) for key in QUESTIONS if found[key]],
        saved=[one for one in saved(organisation_id=organisation_id) if one.newest.segment.who == "due"],
        counted=_counted(staff, form.segment, label),
        label=label,
        members=accounts.members(organisation_id=organisation_id),
        sequences=sequences,
    )


def _counted(staff: Staff, segment: Segment, label: Label) -> segments.SegmentCount:
    of: dict[str, Any] = {"organisation_id": staff.organisation_id, "as_of": staff.today, "now": staff.now}
    return segments.count(**of, segment=segment, label=label)


def _segment_of(form: Form, staff: Staff) -> dict[str, Any]:
    """What the campaign keeps: the saved segment's newest version, or what was ticked."""
    if form.segment_id is not None:
        return segments.frozen(organisation_id=staff.organisation_id, segment_id=form.segment_id)
    return form.segment.as_json()


def _sequences(staff: Staff) -> dict[str, Any]:
    return {
        key: sequence
        for pack in staff.organisation.pack_keys
        for key, sequence in packs.sequences(pack).items()
    }


def _read_form(request: HttpRequest, sequences: dict[str, Any], staff: Staff) -> Form:
    given = request.POST if request.method == "POST" else request.GET
    form = Form() if request.method == "GET" else _typed(given, sequences)
    _read_segment(form, given, staff)
    return form


def _read_segment(form: Form, given: QueryDict, staff: Staff) -> None:
    """The saved segment that was chosen, else what was ticked."""
    chosen = given.get("segment_id", "")
    known = {str(one.id): one for one in saved(organisation_id=staff.organisation_id)}
    if chosen in known:
        form.segment_id, form.segment = known[chosen].id, known[chosen].newest.segment
        return
    ticks = read_form(given, organisation_id=staff.organisation_id)
    form.segment, form.ticked = ticks.segment, given
    form.errors |= ticks.errors


def _typed(given: QueryDict, sequences: dict[str, Any]) -> Form:
    form = Form(
        name=given.get("name", "").strip(),
        sequence_key=given.get("sequence_key", ""),
        daily_limit=given.get("daily_limit", "").strip(),
        holdout_percent=given.get("holdout_percent", "").strip(),
    )
    owner = given.get("owner_id", "")
    form.owner_id = int(owner) if owner.isdecimal() else None
    if not form.name:
        form.errors["name"] = "Give it a name that staff will recognise."
    if form.sequence_key not in sequences:
        form.errors["sequence_key"] = "Choose how patients are contacted."
    for name, least, most in (
        ("daily_limit", 1, LARGEST_DAILY_LIMIT),
        ("holdout_percent", 0, LARGEST_HOLDOUT),
    ):
        text = getattr(form, name)
        if not text.isdecimal() or not least <= int(text) <= most:
            form.errors[name] = f"A whole number from {least} to {most:,}."
    return form


@staff_page(may="anything")
def campaign(request: HttpRequest, campaign_id: int) -> HttpResponse:
    staff: Staff = request.staff  # type: ignore[attr-defined]
    of = {"organisation_id": staff.organisation_id, "campaign_id": campaign_id}
    file = read.campaign_file(**of)
    if file is None:
        raise Http404
    return page(
        request,
        "campaigns/campaign.html",
        file=file,
        reached=read.reached(**of),
        coming=read.coming(**of, now=staff.now),
        attempts=read.attempt_states(**of),
        reasons=read.not_contacted(**of),
        counted=_counted(staff, Segment.from_json(file.segment), labels(staff)),
        against=_against(staff, campaign_id) if file.state == "draft" else (),
        steps=file.sequence.get("steps") or _steps_of(staff, file.sequence_key),
    )


def _against(staff: Staff, campaign_id: int) -> tuple[Reason, ...]:
    """What stands against launching a draft, so that it can be mended before anybody presses the button."""
    organisation_id = staff.organisation_id
    view = campaign_read.campaign(organisation_id=organisation_id, campaign_id=campaign_id)
    if view is None:
        return ()
    sequence = flow.sequence_of(organisation_id=organisation_id, key=view.sequence_key)
    return reasons_against_launch(
        organisation_id=organisation_id, campaign=view, sequence=sequence, now=staff.now, looks_again=False
    )


def _steps_of(staff: Staff, key: str) -> list[dict[str, Any]]:
    """The steps of a draft, which is not frozen to a sequence yet."""
    sequence = _sequences(staff).get(key)
    return [{"channel": s.channel, "delay_days": s.delay_days} for s in sequence.steps] if sequence else []


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
    """Launch, pause, resume or end a campaign; a refusal says why."""
    staff: Staff = request.staff  # type: ignore[attr-defined]
    if (
        act not in ACTS
        or read.campaign_file(organisation_id=staff.organisation_id, campaign_id=campaign_id) is None
    ):
        raise Http404
    here = reverse("campaign", args=[campaign_id])
    if request.method != "POST":
        return after(request, here)
    do, said = ACTS[act]
    # A refusal says there why.
    request.back = here  # type: ignore[attr-defined]
    do(organisation_id=staff.organisation_id, campaign_id=campaign_id, now=staff.now, actor=staff.actor)
    undo = {"launch": "pause", "pause": "resume", "resume": "pause"}.get(act, "")
    return after(
        request, here, say=said, undo=reverse("campaign_act", args=[campaign_id, undo]) if undo else ""
    )
