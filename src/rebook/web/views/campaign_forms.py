"""Campaigns made and changed: the whole plan as a draft, the safe part of it while it runs."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.urls import reverse

from rebook.accounts import read as accounts
from rebook.core.outcome.success import choices
from rebook.core.segment import FIELDS
from rebook.flow import segments
from rebook.flow.outreach import campaigns as flow
from rebook.flow.outreach.sequences import sequences_in_use
from rebook.records.read import campaigns as campaign_read
from rebook.records.read import segments as segment_reads
from rebook.records.read.campaigns import CampaignView
from rebook.records.read.segment_files import saved
from rebook.web.access import Staff, staff_page
from rebook.web.campaign_form import SUCCESS_KINDS, CampaignForm, asked, form_of, running, typed
from rebook.web.render import after, page
from rebook.web.segment_form import labels, read_form

# The first questions about whom; more of them are asked where segments are made.
QUESTIONS = ("gap_kind", "gap_visit_type", "definition", "tier", "location")
RUNNING = ("active", "paused")


@staff_page(may="campaigns")
def new(request: HttpRequest) -> HttpResponse:
    """A new campaign, as a draft; nothing goes out before somebody launches it."""
    staff: Staff = request.staff  # type: ignore[attr-defined]
    form = _sent(request, staff) if request.method == "POST" else CampaignForm(owner_id=staff.user_id)
    _read_segment(form, request.POST if request.method == "POST" else request.GET, staff)
    if request.method == "POST" and not form.errors:
        try:
            campaign_id = flow.create_campaign(
                organisation_id=staff.organisation_id,
                now=staff.now,
                actor=staff.actor,
                **asked(form, segment=_segment_of(form, staff)),
            )
        except Exception as error:
            _keep(form, error)
        else:
            return after(request, reverse("campaign", args=[campaign_id]), say="Saved as a draft.")
    return _shown(request, form, staff)


@staff_page(may="campaigns")
def edit(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """A draft written anew; of a campaign that runs only what is safe to change."""
    staff: Staff = request.staff  # type: ignore[attr-defined]
    view = campaign_read.campaign(organisation_id=staff.organisation_id, campaign_id=campaign_id)
    if view is None:
        raise Http404
    here = reverse("campaign", args=[campaign_id])
    if view.state == "archived":
        return after(request, here, say="It has ended: clone it to change it.", is_problem=True)
    if view.state in RUNNING:
        return _edit_running(request, view, staff)
    form = form_of(view)
    if request.method == "POST":
        form = _sent(request, staff)
        _read_segment(form, request.POST, staff)
        if not form.errors:
            try:
                flow.change_draft(
                    organisation_id=staff.organisation_id,
                    campaign_id=campaign_id,
                    asked=flow.CampaignAsked(**asked(form, segment=_segment_of(form, staff))),
                    now=staff.now,
                    actor=staff.actor,
                )
            except Exception as error:
                _keep(form, error)
            else:
                return after(request, here, say="The draft is changed.")
    elif "has_weekdays" in request.GET:
        # A tick changed: only the count is asked for.
        _read_segment(form, request.GET, staff)
    return _shown(request, form, staff, view=view)


def _edit_running(request: HttpRequest, view: CampaignView, staff: Staff) -> HttpResponse:
    form = form_of(view)
    if request.method == "POST":
        given = QueryDict(mutable=True)
        given.update(request.POST)
        given["name"], given["sequence_key"] = view.name, view.sequence_key
        form = typed(given, {view.sequence_key: None})
        if not form.errors:
            try:
                flow.change_running(
                    organisation_id=staff.organisation_id,
                    campaign_id=view.id,
                    changes=running(form),
                    now=staff.now,
                    actor=staff.actor,
                )
            except Exception as error:
                _keep(form, error)
            else:
                return after(request, reverse("campaign", args=[view.id]), say="Changed.")
    return page(
        request,
        "campaigns/running.html",
        status=422 if request.method == "POST" else 200,
        form=form,
        file=view,
        members=accounts.members(organisation_id=staff.organisation_id),
    )


def _sent(request: HttpRequest, staff: Staff) -> CampaignForm:
    return typed(request.POST, sequences_in_use(organisation_id=staff.organisation_id))


def _keep(form: CampaignForm, error: Exception) -> None:
    """Say on the form what the use case refused; a bug rises."""
    if not getattr(error, "is_for_people", False):
        raise error
    text = str(error)
    form.errors["form"] = f"{text[:1].upper()}{text[1:]}"


def _read_segment(form: CampaignForm, given: QueryDict, staff: Staff) -> None:
    """The saved segment that was chosen, else what was ticked."""
    chosen = given.get("segment_id", "")
    known = {str(one.id): one for one in saved(organisation_id=staff.organisation_id)}
    if chosen in known:
        form.segment_id, form.segment = known[chosen].id, known[chosen].newest.segment
        return
    ticks = read_form(given, organisation_id=staff.organisation_id)
    form.segment_id, form.segment, form.ticked = None, ticks.segment, given
    form.errors |= ticks.errors


def _segment_of(form: CampaignForm, staff: Staff) -> dict[str, Any]:
    """What the campaign keeps: the saved segment's newest version, or what was ticked."""
    if form.segment_id is not None:
        return segments.frozen(organisation_id=staff.organisation_id, segment_id=form.segment_id)
    return form.segment.as_json()


def _shown(
    request: HttpRequest, form: CampaignForm, staff: Staff, *, view: CampaignView | None = None
) -> HttpResponse:
    organisation_id = staff.organisation_id
    label = labels(staff)
    found = segment_reads.choices(organisation_id=organisation_id)
    questions = [(FIELDS[key], found[key]) for key in QUESTIONS if found[key]]
    shown = {one.key for one, _ in questions}
    return page(
        request,
        "campaigns/new.html",
        block="size",
        status=422 if request.method == "POST" else 200,
        form=form,
        file=view,
        questions=questions,
        # Filters that this page does not ask about are carried along unchanged.
        carried=[
            (key, value)
            for key in form.ticked
            if key.partition(".")[0] in FIELDS and key not in shown
            for value in form.ticked.getlist(key)
        ],
        saved=[one for one in saved(organisation_id=organisation_id) if one.newest.segment.who == "due"],
        counted=segments.count(
            organisation_id=organisation_id,
            segment=form.segment,
            as_of=staff.today,
            now=staff.now,
            label=label,
        ),
        label=label,
        members=accounts.members(organisation_id=organisation_id),
        sequences=sequences_in_use(organisation_id=organisation_id),
        success_choices=[(kind, choices(kind)) for kind in SUCCESS_KINDS],
    )
