"""Sequences: what will a patient get, when and by which way, and how does the practice change it?"""

from dataclasses import replace
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from rebook.core.outreach.sequence import Sequence, Step
from rebook.core.outreach.sequence_edit import add_step, change_step, move_step, remove_step
from rebook.core.outreach.sequence_timeline import timeline
from rebook.core.outreach.sequence_words import sequence_name, step_sentence, who_words
from rebook.flow.outreach import sequences as flow
from rebook.flow.outreach.library import template_library
from rebook.flow.outreach.sequences import SequenceFile
from rebook.flow.outreach.sequences_running import days_off
from rebook.flow.outreach.subject import House
from rebook.packs.specialties import specialty
from rebook.records.read import sequences as read
from rebook.web.access import Staff, staff_page
from rebook.web.render import after, page
from rebook.web.words import words

from .sequences_drawing import drawing
from .sequences_form import as_given, choices, read_settings, read_step, settings_of

NEW_STEP = Step(1, "email", 3, fallbacks=("sms", "phone"))


@staff_page(may="anything")
def sequences(request: HttpRequest) -> HttpResponse:
    """Every plan by pack, the practice's own first."""
    staff: Staff = request.staff  # type: ignore[attr-defined]
    files = flow.sequence_files(organisation_id=staff.organisation_id)
    packs = [pack for pack in staff.organisation.pack_keys if any(one.pack == pack for one in files)]
    groups = [("Your own", [one for one in files if one.is_own])]
    groups += [(_pack_name(pack), [one for one in files if one.pack == pack]) for pack in packs]
    return page(
        request,
        "sequences/list.html",
        groups=[(heading, [_line(one) for one in some]) for heading, some in groups if some],
        has_own=any(one.is_own for one in files),
    )


def _pack_name(pack: str) -> str:
    return specialty(pack).called()


def _who(plan: Sequence) -> str:
    """The classes in the clinic's words, with their numbers: "Routine care (class 1)"."""
    low, high = (words(str(min(one, 4)), "risk") for one in (plan.min_class, plan.max_class))
    span = low if low == high else f"{low} to {high[:1].lower()}{high[1:]}"
    return f"{span} ({who_words(plan)})"


def _line(file: SequenceFile) -> dict[str, Any]:
    """What the list says of one plan."""
    steps = file.sequence.steps
    return {
        "file": file,
        "name": sequence_name(file.sequence),
        "who": _who(file.sequence),
        "channels": list(dict.fromkeys(step.channel for step in steps)),
        "steps": len(steps),
        "days": sum(step.delay_days for step in steps),
        "branches": sum(not step.when.is_always for step in steps),
    }


@staff_page(may="anything")
def sequence(request: HttpRequest, key: str) -> HttpResponse:
    """One plan: its timeline, each step in a sentence, and for the practice's own the ways to change it."""
    staff: Staff = request.staff  # type: ignore[attr-defined]
    return _sequence_page(request, staff, _file(staff, key))


def _sequence_page(
    request: HttpRequest, staff: Staff, file: SequenceFile, *, status: int = 200, **more: Any
) -> HttpResponse:
    house = House(organisation_id=staff.organisation_id)
    laid = timeline(
        file.sequence,
        starts_at=staff.now,
        zone=staff.organisation.time_zone,
        holidays=days_off(house, None, now=staff.now),
    )
    placed = {one.index: one for one in laid.placed}
    problems = {one.step: one for one in reversed(file.problems) if one.step is not None}
    return page(
        request,
        "sequences/sequence.html",
        status=status,
        file=file,
        name=sequence_name(file.sequence),
        who=_who(file.sequence),
        picture=drawing(file.sequence, laid),
        steps=[
            (step, step_sentence(step), placed[step.index], problems.get(step.index))
            for step in file.sequence.steps
        ],
        whole=[one for one in file.problems if one.step is None],
        using=read.campaigns_using(organisation_id=staff.organisation_id, key=file.key),
        **{"settings": settings_of(file.sequence), "classes": choices([])["classes"], **more},
    )


@require_POST
@staff_page(may="campaigns")
def sequence_clone(request: HttpRequest, key: str) -> HttpResponse:
    """One's own, made from a shipped or another own plan."""
    staff: Staff = request.staff  # type: ignore[attr-defined]
    request.back = reverse("sequence", args=[_file(staff, key).key])  # type: ignore[attr-defined]
    own = flow.clone_sequence(
        organisation_id=staff.organisation_id,
        key=key,
        title=request.POST.get("title", ""),
        now=staff.now,
        actor=staff.actor,
    )
    return after(
        request, reverse("sequence", args=[own]), say="A draft of your own. Change it, then publish."
    )


@staff_page(may="campaigns")
def step(request: HttpRequest, key: str, index: int) -> HttpResponse:
    """Change one step."""
    staff: Staff = request.staff  # type: ignore[attr-defined]
    file = _own(staff, key)
    if index >= len(file.sequence.steps):
        raise Http404
    return _step_page(request, staff, file, file.sequence.steps[index], place=index, is_new=False)


@staff_page(may="campaigns")
def step_new(request: HttpRequest, key: str) -> HttpResponse:
    """Add a step, at the end or after the one named by ``after``."""
    staff: Staff = request.staff  # type: ignore[attr-defined]
    file = _own(staff, key)
    text = request.GET.get("after", "")
    last = len(file.sequence.steps)
    place = min(int(text), last) if text.isascii() and text.isdecimal() and len(text) < 4 else last
    return _step_page(request, staff, file, NEW_STEP, place=place, is_new=True)


def _step_page(
    request: HttpRequest, staff: Staff, file: SequenceFile, shown: Step, *, place: int, is_new: bool
) -> HttpResponse:
    given, errors = as_given(shown), {}
    if request.method == "POST":
        form = read_step(request.POST, before=None if is_new else shown)
        given, errors = form.given, form.errors
        if form.step is not None:
            made = form.step

            def change(plan: Sequence) -> Sequence:
                if is_new:
                    return add_step(plan, place=place, step=made)
                return change_step(plan, index=place, step=made)

            _change(staff, file.key, change)
            return after(request, _at(file.key, place), say="Step added." if is_new else "Step changed.")
    texts = sorted({key for key, _, _ in template_library(organisation_id=staff.organisation_id).texts()})
    return page(
        request,
        "sequences/step.html",
        status=422 if errors else 200,
        file=file,
        name=sequence_name(file.sequence),
        place=place,
        is_new=is_new,
        given=given,
        errors=errors,
        **choices(texts),
    )


@require_POST
@staff_page(may="campaigns")
def step_act(request: HttpRequest, key: str, index: int, act: str) -> HttpResponse:
    """Move a step up or down, or take it out."""
    staff: Staff = request.staff  # type: ignore[attr-defined]
    file = _own(staff, key)
    acts = {
        "up": lambda plan: move_step(plan, index=index, by=-1),
        "down": lambda plan: move_step(plan, index=index, by=1),
        "remove": lambda plan: remove_step(plan, index=index),
    }
    if act not in acts:
        raise Http404
    request.back = reverse("sequence", args=[key])  # type: ignore[attr-defined]
    _change(staff, file.key, acts[act])
    place = {"up": max(index - 1, 0), "down": index + 1, "remove": max(index - 1, 0)}[act]
    return after(request, _at(key, place), say="Step taken out." if act == "remove" else "Step moved.")


@require_POST
@staff_page(may="campaigns")
def sequence_settings(request: HttpRequest, key: str) -> HttpResponse:
    """Its name, the classes it is offered for, the rest after it."""
    staff: Staff = request.staff  # type: ignore[attr-defined]
    file = _own(staff, key)
    form = read_settings(request.POST)
    if form.errors:
        return _sequence_page(request, staff, file, status=422, settings=form)
    _change(
        staff,
        key,
        lambda plan: replace(
            plan,
            title=form.title,
            min_class=form.min_class,
            max_class=form.max_class,
            rest_days=int(form.rest_days),
        ),
    )
    return after(request, reverse("sequence", args=[key]), say="Saved in the draft.")


@require_POST
@staff_page(may="campaigns")
def sequence_act(request: HttpRequest, key: str, act: str) -> HttpResponse:
    """Publish the draft, or throw it away."""
    staff: Staff = request.staff  # type: ignore[attr-defined]
    file = _own(staff, key)
    of: dict[str, Any] = {
        "organisation_id": staff.organisation_id,
        "key": key,
        "now": staff.now,
        "actor": staff.actor,
    }
    here = reverse("sequence", args=[key])
    request.back = here  # type: ignore[attr-defined]
    if act == "publish":
        number = flow.publish_sequence(**of)
        return after(request, here, say=f"Version {number} is published. New campaigns run by it.")
    if act != "discard":
        raise Http404
    flow.discard_draft(**of)
    return after(request, here if file.published else reverse("sequences"), say="The draft is thrown away.")


def _change(staff: Staff, key: str, change: Any) -> None:
    flow.change_sequence(
        organisation_id=staff.organisation_id, key=key, change=change, now=staff.now, actor=staff.actor
    )


def _at(key: str, place: int) -> str:
    return f"{reverse('sequence', args=[key])}#step-{place + 1}"


def _file(staff: Staff, key: str) -> SequenceFile:
    file = flow.sequence_file(organisation_id=staff.organisation_id, key=key)
    if file is None:
        raise Http404
    return file


def _own(staff: Staff, key: str) -> SequenceFile:
    file = _file(staff, key)
    if not file.is_own:
        raise Http404
    return file
