"""One patient's consent: what they said and its proof, a stop in two clicks, a permission with evidence."""

from datetime import date, datetime, time
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.text import get_valid_filename
from django.views.decorators.http import require_POST

from rebook.core.outreach import consent_words
from rebook.core.outreach.consent import CARE_PURPOSES, Provenance
from rebook.core.outreach.consent_words import in_words
from rebook.core.words import CONSENT_CHANNELS, CONSENT_PURPOSES, CONSENT_SPEAKERS, CONSENT_WAYS
from rebook.flow import access, response
from rebook.flow.outreach import consent_evidence
from rebook.flow.response import EvidenceFile
from rebook.records.read import consent as read
from rebook.records.read import patientfile
from rebook.web.access import Staff, staff_page
from rebook.web.render import after, page

# Ways that staff hear of a stop (R-A43), the most usual first.
WAYS = ("voice", "in_person", "voicemail", "letter", "email", "portal", "review_site", "form")


@staff_page(may="patients")
def patient_consent(request: HttpRequest, patient_id: int) -> HttpResponse:
    """Every statement about a patient and their numbers, and where each channel stands."""
    staff = _for_patient(request, patient_id)
    head = patientfile.patient_head(organisation_id=staff.organisation_id, patient_id=patient_id)
    access.record_view(
        organisation_id=staff.organisation_id,
        patient_id=patient_id,
        page="consent",
        now=staff.now,
        actor=staff.actor,
    )
    of: dict[str, Any] = {"organisation_id": staff.organisation_id, "patient_id": patient_id}
    return page(
        request,
        "patients/consent.html",
        head=head,
        statements=read.together(read.entries(**of)),
        stands=read.where_it_stands(**of, now=staff.now),
        says=consent_words,
        in_words=in_words,
        ways=WAYS,
        care=CARE_PURPOSES,
    )


@require_POST
@staff_page(may="work")
def opt_out(request: HttpRequest, patient_id: int) -> HttpResponse:
    """The patient said stop, in whatever words and by whatever way; it counts before the next send."""
    staff = _for_patient(request, patient_id)
    channel = request.POST.get("channel", "all")
    wording = request.POST.get("wording", "").strip()[:2000]
    is_list = request.POST.get("do_not_call") == "yes"
    for_whom, numbers = _for_whom(request, staff, patient_id)
    if is_list and not numbers:
        return after(request, _to(patient_id), say="Choose the number to put on the list.", is_problem=True)
    refused = response.record_opt_out(
        organisation_id=staff.organisation_id,
        patient_id=for_whom,
        values=numbers,
        channel="phone" if is_list else channel if channel in CONSENT_CHANNELS else "all",
        purposes=_purposes(request),
        wording=wording,
        origin="staff",
        now=staff.now,
        actor=staff.actor,
        said_at=_said_at(request, staff, is_stop=True),
        proof=Provenance(
            way=_word(request, "way", CONSENT_WAYS),
            speaker=_word(request, "speaker", CONSENT_SPEAKERS) or "patient",
            speaker_name=request.POST.get("speaker_name", "").strip(),
            is_company_list=is_list,
        ),
    )
    taken_back = f" {refused} that waited will not go out." if refused else ""
    return after(
        request, _back(request, patient_id), say=f"Recorded. It counts from this moment.{taken_back}"
    )


@require_POST
@staff_page(may="work")
def opt_in(request: HttpRequest, patient_id: int) -> HttpResponse:
    """The patient allowed contact again; over a stop only with something of theirs that is kept (R-A54)."""
    staff = _for_patient(request, patient_id)
    wording = request.POST.get("wording", "").strip()[:2000]
    channel = request.POST.get("channel", "")
    if not wording or channel not in CONSENT_CHANNELS:
        return after(
            request, _to(patient_id), say="Write down what they said: it is the evidence.", is_problem=True
        )
    number = request.POST.get("number", "").strip()
    number = number if number in _numbers(staff, patient_id) else ""
    response.record_opt_in(
        organisation_id=staff.organisation_id,
        patient_id=patient_id,
        value=number or None,
        channel=channel,
        purposes=CARE_PURPOSES if request.POST.get("offers") != "yes" else ("all",),
        wording=wording,
        origin="staff",
        now=staff.now,
        actor=staff.actor,
        said_at=_said_at(request, staff, is_stop=False),
        file=_file(request),
        asked_by=_word(request, "asked_by", CONSENT_CHANNELS),
        proof=Provenance(
            way=_word(request, "way", CONSENT_WAYS),
            shown_wording=request.POST.get("shown", "").strip()[:2000],
            shown_version=request.POST.get("version", "").strip(),
            permission="written" if request.POST.get("signed") == "yes" else "express",
            named_value=number,
        ),
    )
    standing = read.standing_stop(
        organisation_id=staff.organisation_id,
        patient_id=patient_id,
        value=number,
        channel=channel,
        now=staff.now,
    )
    if standing is not None:
        say = "Recorded, but a stop still stands: of a number that was not named, or of a later day."
        return after(request, _back(request, patient_id), say=say, is_problem=True)
    return after(
        request, _back(request, patient_id), say="Recorded. They may be contacted again by that channel."
    )


@require_POST
@staff_page(may="audit")
def patient_evidence(request: HttpRequest, patient_id: int) -> HttpResponse:
    """The evidence pack of a patient as PDF."""
    staff = _for_patient(request, patient_id)
    made = consent_evidence.evidence_pdf(
        organisation_id=staff.organisation_id, patient_id=patient_id, now=staff.now, actor=staff.actor
    )
    return download(made, f"consent-{patient_id}-{staff.today}.pdf", "application/pdf")


@require_POST
@staff_page(may="audit")
def patient_record(request: HttpRequest, patient_id: int) -> HttpResponse:
    """The patient's own record of outreach, for a patient who asks for it (R-A109)."""
    staff = _for_patient(request, patient_id)
    is_csv = request.POST.get("format") == "csv"
    made = consent_evidence.own_record(
        organisation_id=staff.organisation_id,
        patient_id=patient_id,
        format="csv" if is_csv else "json",
        now=staff.now,
        actor=staff.actor,
    )
    kind = "csv" if is_csv else "json"
    return download(made, f"record-{patient_id}-{staff.today}.{kind}", f"text/{kind}; charset=utf-8")


@require_POST
@staff_page(may="patients")
def evidence_file(request: HttpRequest, evidence_id: int) -> HttpResponse:
    """A file that proves a consent, opened again."""
    staff: Staff = request.staff  # type: ignore[attr-defined]
    found = consent_evidence.kept_file(
        organisation_id=staff.organisation_id, evidence_id=evidence_id, now=staff.now, actor=staff.actor
    )
    if found is None:
        raise Http404
    return download(found.content, get_valid_filename(found.name), "application/octet-stream")


def download(content: bytes, name: str, media_type: str) -> HttpResponse:
    """A file to keep: never shown inside our pages, never cached."""
    answer = HttpResponse(content, content_type=media_type)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer


def _for_patient(request: HttpRequest, patient_id: int) -> Staff:
    """The member of staff, once it is sure that the patient is one of their practice's."""
    staff: Staff = request.staff  # type: ignore[attr-defined]
    if not read.is_patient(organisation_id=staff.organisation_id, patient_id=patient_id):
        raise Http404
    request.back = _to(patient_id)  # type: ignore[attr-defined]
    return staff


def _to(patient_id: int) -> str:
    return reverse("patient", args=[patient_id])


def _back(request: HttpRequest, patient_id: int) -> str:
    return request.POST.get("back") or _to(patient_id)


def _numbers(staff: Staff, patient_id: int) -> list[str]:
    return read.values_of(organisation_id=staff.organisation_id, patient_ids=[patient_id])


def _for_whom(request: HttpRequest, staff: Staff, patient_id: int) -> tuple[int | None, tuple[str, ...]]:
    """Whom a stop binds: the person and their numbers unless less was chosen, or one number."""
    chosen = request.POST.get("whom", "all")
    channel = "phone" if request.POST.get("do_not_call") == "yes" else request.POST.get("channel", "all")
    known = tuple(
        one
        for one in _numbers(staff, patient_id)
        if channel == "all" or read.SYSTEMS.get(channel) == ("email" if "@" in one else "phone")
    )
    if chosen == "person":
        return patient_id, ()
    if chosen in known:
        return None, (chosen,)
    return patient_id, known


def _purposes(request: HttpRequest) -> tuple[str, ...]:
    chosen = request.POST.get("purpose", "all")
    return (chosen,) if chosen in CONSENT_PURPOSES else ("all",)


def _word(request: HttpRequest, name: str, known: tuple[str, ...]) -> str:
    word = request.POST.get(name, "")
    return word if word in known else ""


def _said_at(request: HttpRequest, staff: Staff, *, is_stop: bool) -> datetime | None:
    """When it was said, if that was on an earlier day: of a stop the end of that day, of a permission its
    beginning, so that doubt stops. None: now, or a day nobody can read."""
    try:
        day = date.fromisoformat(request.POST.get("said_on", ""))
    except ValueError:
        return None
    if day == staff.today:
        return None
    return datetime.combine(day, time(23, 59, 59) if is_stop else time(), tzinfo=staff.zone)


def _file(request: HttpRequest) -> EvidenceFile | None:
    given = request.FILES.get("file")
    if given is None:
        return None
    if (given.size or 0) > response.LARGEST_FILE:
        raise response.NotPossible("the file is larger than 10 MB")
    return EvidenceFile(given.name or "file", given.read(), given.content_type or "")
