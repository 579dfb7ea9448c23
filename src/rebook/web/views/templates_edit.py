"""The text editor: words on the left; what speaks against them, and how patients get them, on the right."""

import base64
import secrets
from dataclasses import dataclass, replace

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.views.decorators.http import require_POST

from rebook.core.outreach.approved_content import Piece, word_diff
from rebook.core.outreach.message import Template
from rebook.core.outreach.message_html import direction
from rebook.core.outreach.own_contact import OwnContact
from rebook.core.outreach.segments import segments
from rebook.flow.outreach import approvals, sample_letters, texts
from rebook.flow.outreach.own_contacts import own_contacts
from rebook.flow.outreach.texts import Place, Shown, TextFile, UnableToChangeText
from rebook.packs.drafting import LONGEST, Draft, DraftCheck, fields_for
from rebook.records.read.texts import TextVersion
from rebook.web.access import Staff, staff_page
from rebook.web.render import after, page
from rebook.web.views.setup import names_of
from rebook.web.views.templates_told import told_of

WITH_SUBJECT = frozenset({"email", "portal"})
REVIEWS = frozenset({"draft", "machine", "human_reviewed"})


@dataclass(frozen=True, slots=True)
class Version:
    """One line of the history: what changed against the version before it."""

    text: TextVersion
    before: tuple[Piece, ...]
    after: tuple[Piece, ...]


def _place(key: str, channel: str, language: str, variant: str) -> Place:
    return Place(key, channel, language, variant)


def _file(staff: Staff, place: Place) -> TextFile:
    try:
        return texts.text_file(organisation_id=staff.organisation_id, place=place)
    except UnableToChangeText:
        raise Http404 from None


def address(place: Place) -> str:
    """Where a text is edited."""
    path = reverse("text", args=[place.key, place.channel, place.language])
    return f"{path}?variant={place.variant}" if place.variant else path


@staff_page(may="anything")
def text(request: HttpRequest, key: str, channel: str, language: str) -> HttpResponse:
    """See a text, its checks and its history; with the right role, write its next version."""
    staff: Staff = request.staff  # type: ignore[attr-defined]
    place = _place(key, channel, language, request.GET.get("variant", ""))
    file = _file(staff, place)
    draft = _taken_again(file, request.GET.get("version", "")) or texts.begin(file)
    if request.method == "POST":
        draft = read_draft(request.POST, draft)
        if request.POST.get("act") in ("save", "publish"):
            return _keep(request, staff, place, draft)
    found = texts.check(organisation_id=staff.organisation_id, draft=draft)
    shown = (
        texts.shown_to_patients(organisation_id=staff.organisation_id, template=found.template)
        if (found.template)
        else ()
    )
    return page(
        request,
        "templates/text.html",
        block="checked",
        file=file,
        place=place,
        draft=draft,
        found=found,
        **told_of(found),
        size=_size(draft, found, shown),
        shown=shown,
        direction=direction(language),
        goes_out=_goes_out(staff, file),
        picture=_picture(staff, found, shown),
        may_write=staff.may("wording"),
        with_subject=channel in WITH_SUBJECT,
        fields=fields_for(channel),
        longest=LONGEST,
        arms=texts.VARIANTS,
        address=address(place),
        names=names_of(staff),
        compared=_compared(file, draft),
        history=_history(file),
        own=_own(staff, channel),
        press=secrets.token_hex(12),
    )


def _taken_again(file: TextFile, version: str) -> Draft | None:
    """The words of an earlier version, to be published once more; None for one there is not."""
    found = next((one for one in file.versions if str(one.version) == version), None)
    return texts.draft_of(found) if found else None


def _own(staff: Staff, channel: str) -> OwnContact | None:
    """Where "send it to me" would go; None where nothing is confirmed."""
    own = own_contacts(organisation_id=staff.organisation_id, user_id=staff.user_id).get(channel)
    return own if own and own.is_confirmed(now=staff.now) else None


def _goes_out(staff: Staff, file: TextFile) -> bool:
    """Whether the text in use is signed by all who must."""
    text = file.in_use
    signed = approvals.approved_texts(organisation_id=staff.organisation_id, now=staff.now)
    return text is not None and (text.key, text.language, text.content_hash) in signed


def _size(draft: Draft, found: DraftCheck, shown: tuple[Shown, ...]) -> dict[str, object] | None:
    """How an SMS is counted with long values; None for what is no SMS or cannot be read."""
    if draft.channel != "sms" or found.longest is None:
        return None
    size = segments(found.longest.body or draft.body)
    return {
        "units": size.units,
        "count": size.count,
        "encoding": size.encoding,
        # A language without Latin letters has no cheaper ones.
        "replaceable": [(sign, plain) for sign, plain in size.offending if plain],
        "length": found.longest.length,
    }


def _picture(staff: Staff, found: DraftCheck, shown: tuple[Shown, ...]) -> str:
    """The first page of a letter as a data: address; empty for what is no letter or cannot go out."""
    template = found.template
    body = shown[0].message.body if shown else found.longest.body if found.longest else ""
    if template is None or template.channel != "letter" or not body:
        return ""
    png = sample_letters.picture_of(
        organisation=staff.organisation,
        template=template,
        name=shown[0].patient.first_name if shown else "Sample",
        body=body,
        today=staff.today,
    )
    return f"data:image/png;base64,{base64.b64encode(png).decode()}"


def read_draft(posted: QueryDict, known: Draft) -> Draft:
    """The draft as typed; line ends as the checks expect them."""

    def typed(name: str) -> str:
        return posted.get(name, "").replace("\r\n", "\n").replace("\x00", "").strip()

    review = posted.get("review", "draft")
    return replace(
        known,
        subject=" ".join(typed("subject").split()),
        body=typed("body"),
        short_body=typed("short_body"),
        button=" ".join(typed("button").split()),
        is_generic=posted.get("is_generic") == "on",
        review=review if review in REVIEWS else "draft",
    )


def _keep(request: HttpRequest, staff: Staff, place: Place, draft: Draft) -> HttpResponse:
    if not staff.may("wording"):
        return HttpResponse(status=403)
    request.back = address(place)  # type: ignore[attr-defined]
    org, now, actor = staff.organisation_id, staff.now, staff.actor
    note = request.POST.get("note", "")
    texts.save_draft(organisation_id=org, draft=draft, now=now, actor=actor, note=note)
    if request.POST.get("act") == "save":
        return after(request, address(place), say="Saved as a draft. Nothing goes out by it.")
    before = _file(staff, place).in_use
    texts.publish(organisation_id=org, place=place, now=now, actor=actor)
    said = "Published. It takes its place once it is approved; until then the text before goes on."
    if before is None:
        said = "Published. It goes out once it is approved."
    return after(request, address(place), say=said)


@require_POST
@staff_page(may="wording")
def discard(request: HttpRequest, key: str, channel: str, language: str) -> HttpResponse:
    staff: Staff = request.staff  # type: ignore[attr-defined]
    place = _place(key, channel, language, request.POST.get("variant", ""))
    there = texts.discard_draft(organisation_id=staff.organisation_id, place=place)
    return after(request, address(place), say="Draft thrown away." if there else "There was no draft.")


@require_POST
@staff_page(may="wording")
def withdraw(request: HttpRequest, key: str, channel: str, language: str) -> HttpResponse:
    """Go back to the words that came with Rebook."""
    staff: Staff = request.staff  # type: ignore[attr-defined]
    place = _place(key, channel, language, request.POST.get("variant", ""))
    request.back = address(place)  # type: ignore[attr-defined]
    texts.withdraw(organisation_id=staff.organisation_id, place=place, now=staff.now, actor=staff.actor)
    return after(request, address(place), say="Withdrawn. The text that came with Rebook is in use again.")


@require_POST
@staff_page(may="wording")
def begin(request: HttpRequest) -> HttpResponse:
    """Open the editor for a language or a test arm that has no words yet."""
    asked = [request.POST.get(name, "") for name in ("key", "channel", "language")]
    variant = request.POST.get("variant", "")
    staff: Staff = request.staff  # type: ignore[attr-defined]
    place = Place(asked[0], asked[1], asked[2].strip().lower(), variant)
    request.back = reverse("texts")  # type: ignore[attr-defined]
    texts.text_file(organisation_id=staff.organisation_id, place=place)
    return HttpResponseRedirect(address(place))


@staff_page(may="anything")
def sample(request: HttpRequest, key: str, channel: str, language: str) -> HttpResponse:
    """A letter or postcard in use, as it is printed, to a person who does not exist."""
    staff: Staff = request.staff  # type: ignore[attr-defined]
    file = _file(staff, _place(key, channel, language, request.GET.get("variant", "")))
    template: Template | None = file.in_use
    if template is None or template.channel != "letter":
        raise Http404
    pdf = sample_letters.sample_pdf(organisation=staff.organisation, template=template, today=staff.today)
    return HttpResponse(
        pdf,
        content_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="{key}-{channel}-{language}.pdf"'},
    )


def _whole(subject: str, body: str, short_body: str) -> str:
    return "\n\n".join(one for one in (subject, body, short_body) if one)


def _compared(file: TextFile, draft: Draft) -> tuple[tuple[Piece, ...], tuple[Piece, ...]] | None:
    """The shipped words beside the draft's; None where they are the same or there are none."""
    if file.shipped is None:
        return None
    old = _whole(file.shipped.subject, file.shipped.body, file.shipped.short_body)
    new = _whole(draft.subject, draft.body, draft.short_body)
    return word_diff(old, new) if old != new else None


def _history(file: TextFile) -> list[Version]:
    shipped = file.shipped
    found = []
    for number, one in enumerate(file.versions):
        older = file.versions[number + 1] if number + 1 < len(file.versions) else None
        source = older or shipped
        was = _whole(source.subject, source.body, source.short_body) if source else ""
        before, now = word_diff(was, _whole(one.subject, one.body, one.short_body))
        found.append(Version(one, before, now))
    return found
