"""Other tools, numbers never to contact, and signatures beside the ordinary approval."""

from collections.abc import Callable
from functools import partial

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from rebook.flow.outreach.circumstances import paid_for, sender_is_neutral
from rebook.flow.outreach.confidential import UnableToKeep, mark_number, unmark_number
from rebook.flow.outreach.guard_settings import UnableToNote, note_payer, set_shown_name
from rebook.flow.outreach.library import library_of
from rebook.flow.outreach.special_approvals import EXCEPTIONS, SIGNS, UnableToSign, sign, take_back
from rebook.packs.sensitivity import telling_words
from rebook.records.read import campaigns
from rebook.records.read.confidential import marks, other_systems
from rebook.records.read.special_approvals import signatures
from rebook.web.access import Staff, staff_page
from rebook.web.render import after, page

MARK_WORDS = {
    "blocked": "Never contact it",
    "reassigned": "A check says somebody else has it",
    "same": "A check says it is still theirs",
    "no_data": "A check knows nothing of it",
}
# What staff may say by hand.
MARK_CHOICES = {key: words for key, words in MARK_WORDS.items() if key != "no_data"}
SIGNATURE_WORDS = {
    "sensitive_clinical": "Sensitive reason: the care (clinician)",
    "sensitive_privacy": "Sensitive reason: privacy (compliance)",
    "offer": "Offer (compliance)",
}


@staff_page(may="patients")
def other_tools(request: HttpRequest) -> HttpResponse:
    """What other tools send, which numbers are never contacted, and who signed what beside the approval."""
    staff: Staff = request.staff  # type: ignore[attr-defined]
    of = {"organisation_id": staff.organisation_id}
    library = library_of(staff.organisation)
    in_use = {text.content_hash for text in library.texts().values()}
    return page(
        request,
        "setup/other_tools.html",
        systems=other_systems(**of),
        marks=marks(**of),
        mark_words=MARK_WORDS,
        mark_choices=MARK_CHOICES,
        signatures=signatures(**of),
        signature_words=SIGNATURE_WORDS,
        mine=[kind for kind, role in SIGNS.items() if role == staff.role],
        in_use=in_use,
        texts=sorted(library.texts()),
        exceptions=EXCEPTIONS,
        campaigns=campaigns.campaigns(**of, states=("draft", "active", "paused")),
        paid=paid_for(staff.organisation),
        is_neutral=sender_is_neutral(staff.organisation),
        telling=telling_words(staff.organisation.public_name),
        own_name_tells=bool(telling_words(staff.organisation.name)),
    )


@require_POST
@staff_page(may="work")
def mark_add(request: HttpRequest) -> HttpResponse:
    """Never contact this number, or keep what a check of it said."""
    staff: Staff = request.staff  # type: ignore[attr-defined]
    here = reverse("setup_other_tools")
    kind = request.POST.get("kind", "")
    if kind not in MARK_CHOICES:
        return after(request, here, say="Choose what is known of the number.", is_problem=True)
    try:
        made = mark_number(
            organisation_id=staff.organisation_id,
            number=request.POST.get("number", "").strip()[:254],
            kind=kind,
            note=request.POST.get("note", "").strip(),
            now=staff.now,
            actor=staff.actor,
        )
    except UnableToKeep as error:
        return after(request, here, say=f"Not kept: {error}.", is_problem=True)
    return after(request, here, say="Kept. It counts from now on.", undo=reverse("mark_end", args=[made]))


@require_POST
@staff_page(may="work")
def mark_end(request: HttpRequest, mark_id: int) -> HttpResponse:
    """A mark on a number was wrong, or is over."""
    ended = partial(unmark_number, mark_id=mark_id)
    return _end(
        request, ended, "Taken away. The number counts like any other.", "That was taken away already."
    )


@require_POST
@staff_page(may="approve")
def special_sign(request: HttpRequest) -> HttpResponse:
    """Sign words for a sensitive reason, or an offer at its value."""
    staff: Staff = request.staff  # type: ignore[attr-defined]
    here = reverse("setup_other_tools")
    posted = {
        name: request.POST.get(name, "").strip() for name in ("kind", "text", "worth", "exception", "why")
    }
    parts = posted["text"].split("|")
    if len(parts) != 3:
        return after(request, here, say="Choose the text.", is_problem=True)
    try:
        cents = round(float(posted["worth"]) * 100) if posted["worth"] else None
        sign(
            organisation_id=staff.organisation_id,
            kind=posted["kind"],
            template_key=parts[0],
            channel=parts[1],
            language=parts[2],
            cents=cents,
            is_cash=request.POST.get("is_cash") == "yes",
            exception=posted["exception"],
            reasoning=posted["why"][:2000],
            role=staff.role,
            now=staff.now,
            actor=staff.actor,
        )
    except (UnableToSign, ValueError, OverflowError) as error:
        text = str(error) if isinstance(error, UnableToSign) else "the value could not be read"
        return after(request, here, say=f"Not signed: {text}.", is_problem=True)
    return after(request, here, say="Signed. Any change of the words voids it.")


@require_POST
@staff_page(may="approve")
def special_end(request: HttpRequest, signature_id: int) -> HttpResponse:
    """A signature no longer stands."""
    ended = partial(take_back, signature_id=signature_id)
    return _end(request, ended, "Taken back. Nothing more goes out on it.", "That was taken back already.")


def _end(request: HttpRequest, end: Callable[..., bool], say: str, was_over: str) -> HttpResponse:
    """Back to the page, saying that something was ended now, or was over already."""
    staff: Staff = request.staff  # type: ignore[attr-defined]
    done = end(organisation_id=staff.organisation_id, now=staff.now, actor=staff.actor)
    return after(request, reverse("setup_other_tools"), say=say if done else was_over, is_problem=not done)


@require_POST
@staff_page(may="approve")
def payer_note(request: HttpRequest) -> HttpResponse:
    """Somebody else pays for a campaign's messages, or no longer does."""
    staff: Staff = request.staff  # type: ignore[attr-defined]
    here = reverse("setup_other_tools")
    campaign, payer = request.POST.get("campaign", ""), request.POST.get("payer", "").strip()
    try:
        note_payer(
            organisation_id=staff.organisation_id,
            campaign_id=int(campaign) if campaign.isdecimal() else 0,
            payer=payer,
            now=staff.now,
            actor=staff.actor,
        )
    except UnableToNote as error:
        return after(request, here, say=f"Not kept: {error}.", is_problem=True)
    said = "Kept. Only patients who authorised it hear from this campaign." if payer else "Taken back."
    return after(request, here, say=said)


@require_POST
@staff_page(may="approve")
def neutral_name(request: HttpRequest) -> HttpResponse:
    """The name that patients see, and whether it tells what kind of care the practice gives."""
    staff: Staff = request.staff  # type: ignore[attr-defined]
    is_neutral = request.POST.get("is_neutral") == "yes"
    here = reverse("setup_other_tools")
    try:
        set_shown_name(
            organisation_id=staff.organisation_id,
            name=request.POST.get("name", "")[:200],
            is_neutral=is_neutral,
            now=staff.now,
            actor=staff.actor,
        )
    except UnableToNote as error:
        return after(request, here, say=f"Not kept: {error}.", is_problem=True)
    said = "Kept: the name says nothing." if is_neutral else "Kept: the name may tell."
    return after(request, here, say=said)
