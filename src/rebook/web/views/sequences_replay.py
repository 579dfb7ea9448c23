"""What would happen to this patient if…: a story under an imagined clock. Only who looked is written."""

from dataclasses import dataclass, field
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, QueryDict

from rebook.core.outreach.replay import Replay, ReplayLine
from rebook.core.outreach.replay_script import EVENTS, BadScript, read_script
from rebook.core.outreach.sequence import Sequence, choose_sequence
from rebook.core.outreach.sequence_words import ROLE_WORDS, sequence_name, step_sentence
from rebook.core.response.dispositions import BARRIERS
from rebook.flow import access
from rebook.flow.outreach import sequences as flow
from rebook.flow.outreach.replay import replay
from rebook.records.read import patientfile
from rebook.web.access import Staff, staff_page
from rebook.web.render import page
from rebook.web.words import words

SHOWN = 20
KIND_WORDS = {
    "event": "Happens",
    "planned": "Planned",
    "deferred": "Put off",
    "refused": "Refused",
    "expired": "Came too late",
    "sent": "Goes out",
    "failed": "Failed",
    "passed_over": "Passed over",
    "paused": "Pauses",
    "goes_on": "Goes on",
    "booked": "Booked",
    "closed": "Ends",
    "task": "Work for staff",
    "test": "Under test",
    "unread": "Not opened",
}


@dataclass(slots=True)
class ReplayForm:
    """What was asked, and what is wrong with it."""

    key: str
    script: str = ""
    texts_are_signed: bool = False
    errors: dict[str, str] = field(default_factory=dict)


@staff_page(may="patients")
def patient_replay(request: HttpRequest, patient_id: int) -> HttpResponse:
    """One patient, one plan, what is imagined to happen, and what would come of it."""
    staff: Staff = request.staff  # type: ignore[attr-defined]
    head = patientfile.patient_head(organisation_id=staff.organisation_id, patient_id=patient_id)
    if head is None:
        raise Http404
    plans = _plans(staff)
    given = request.POST if request.method == "POST" else request.GET
    form = _read(given, plans, staff, patient_id)
    told = None
    if request.method == "POST" and not form.errors:
        told = _told(staff, patient_id, plans[form.key], form, zone=_zone(staff))
        access.record_view(
            organisation_id=staff.organisation_id,
            patient_id=patient_id,
            page="replay",
            now=staff.now,
            actor=staff.actor,
        )
    plan = plans.get(form.key)
    return page(
        request,
        "sequences/replay.html",
        status=422 if form.errors else 200,
        head=head,
        form=form,
        told=told,
        lines=[(line, _says(line)) for line in told.lines if line.kind != "planned"] if told else [],
        unsigned=told is not None and _has_unsigned(told),
        plans=[(key, sequence_name(one)) for key, one in plans.items()],
        sentences=[step_sentence(step) for step in plan.steps] if plan else [],
        events=EVENTS,
        barriers=list(BARRIERS),
        kind_words=KIND_WORDS,
    )


def _plans(staff: Staff) -> dict[str, Sequence]:
    """Everything that can be tried: what is in use, and drafts of the practice's own in its place."""
    files = flow.sequence_files(organisation_id=staff.organisation_id)
    return {file.key: file.sequence for file in files}


def _read(given: QueryDict, plans: dict[str, Sequence], staff: Staff, patient_id: int) -> ReplayForm:
    gaps = patientfile.gaps_of(organisation_id=staff.organisation_id, patient_id=patient_id)
    usual = None
    if gaps:
        usual = choose_sequence(plans.values(), gap_kind=gaps[0].kind, risk_class=gaps[0].risk_class)
    form = ReplayForm(
        key=given.get("sequence", "") or (usual.key if usual else next(iter(plans), "")),
        script=given.get("script", ""),
        texts_are_signed=bool(given.get("signed")),
    )
    if form.key not in plans:
        form.errors["sequence"] = "Choose a sequence."
    return form


def _zone(staff: Staff) -> str:
    return staff.organisation.time_zone


def _told(staff: Staff, patient_id: int, plan: Sequence, form: ReplayForm, *, zone: str) -> Replay | None:
    try:
        events = read_script(form.script.splitlines(), starts_at=staff.now, zone=zone)
    except BadScript as error:
        text = str(error)
        form.errors["script"] = f"{text[:1].upper()}{text[1:]}."
        return None
    return replay(
        organisation_id=staff.organisation_id,
        patient_id=patient_id,
        sequence=plan,
        events=events,
        starts_at=staff.now,
        texts_are_signed=form.texts_are_signed,
    )


def _has_unsigned(told: Replay) -> bool:
    return any(one.rule == "not_approved" for line in told.lines for one in line.reasons)


def _says(line: ReplayLine) -> str:
    """What a line says, in the clinic's words."""
    if line.kind == "closed":
        return str(words(line.says, "outcome")).lower()
    if line.kind == "task":
        kind, _, role = line.says.partition(" for ")
        return f"{words(kind, 'task')}, for {ROLE_WORDS.get(role, role)}"
    return line.says


@staff_page(may="patients")
def sequence_replay(request: HttpRequest, key: str) -> HttpResponse:
    """From a plan: choose the patient to try it on."""
    staff: Staff = request.staff  # type: ignore[attr-defined]
    file = flow.sequence_file(organisation_id=staff.organisation_id, key=key)
    if file is None:
        raise Http404
    text = request.GET.get("q", "").strip()
    of: dict[str, Any] = {"organisation_id": staff.organisation_id, "limit": SHOWN}
    found = patientfile.search(**of, text=text) if text else patientfile.overdue(**of)
    access.record_search(
        organisation_id=staff.organisation_id,
        found=len(found.lines),
        page="replay",
        now=staff.now,
        actor=staff.actor,
    )
    return page(
        request,
        "sequences/replay_whom.html",
        file=file,
        name=sequence_name(file.sequence),
        # A patient with several reasons stands once in the list.
        lines=list({line.id: line for line in found.lines}.values()),
        text=text,
    )
