"""The practice's own texts: drafts, publishing, withdrawing, and a look at them with masked patients."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction

from rebook.accounts import audit
from rebook.accounts import read as accounts
from rebook.accounts.read import OrganisationView
from rebook.core.outreach.message import RenderedMessage, Template, render
from rebook.flow.common.library import FIXED, library_of, own_text, practice_look, texts_changed
from rebook.flow.common.web_hosts import practice_hosts
from rebook.packs.drafting import Draft, DraftCheck, check_draft, fields_in
from rebook.packs.templates import CHANNELS
from rebook.records.read import texts as read
from rebook.records.read.previews import MaskedPatient, masked_patients
from rebook.records.read.texts import TextVersion
from rebook.records.write import texts as write

from .approvals import carry_over
from .wording import primary, site_fields

# As long as a real one, and nobody's.
SAMPLE_TOKEN = "AbCdEfGhIjKlMnOpQrStUv"  # noqa: S105
VARIANTS = ("", "b", "c", "d")


class UnableToChangeText(Exception):
    """The text cannot be changed so; the message says why. Trying again needs other words."""

    permanent = True
    is_for_people = True


@dataclass(frozen=True, slots=True)
class Place:
    """Where a text belongs; ``channel`` is a kind of channel or "postcard", ``variant`` a test arm."""

    key: str
    channel: str
    language: str
    variant: str = ""

    def as_columns(self) -> dict[str, str]:
        return {
            "key": self.key,
            "channel": self.channel,
            "language": self.language,
            "variant": self.variant,
        }


@dataclass(frozen=True, slots=True)
class Shown:
    """A text as one masked patient would get it."""

    patient: MaskedPatient
    message: RenderedMessage


@dataclass(frozen=True, slots=True)
class TextFile:
    """All about one place: the text in use, the one that waits to be approved, the shipped one, the draft,
    and every version, newest first."""

    place: Place
    in_use: Template | None
    waiting: Template | None
    shipped: Template | None
    draft: TextVersion | None
    versions: Sequence[TextVersion]

    @property
    def is_own(self) -> bool:
        return any(one.state == "published" for one in self.versions)


def text_file(*, organisation_id: int, place: Place) -> TextFile:
    """Raises ``UnableToChangeText`` for a place that no text can have."""
    organisation = accounts.organisation(organisation_id=organisation_id)
    library = library_of(organisation)
    _check_place(organisation, place)
    versions = read.text_history(organisation_id=organisation_id, **place.as_columns())
    return TextFile(
        place=place,
        in_use=library.find(place.key, place.channel, place.language, place.variant),
        waiting=library.waiting(place.key, place.channel, place.language, place.variant),
        shipped=library.shipped(place.key, place.channel, place.language) if not place.variant else None,
        draft=next((one for one in versions if one.state == "draft"), None),
        versions=versions,
    )


def begin(file: TextFile) -> Draft:
    """What the editor opens with: the draft, what was published last, or a blank with the place's purpose."""
    if file.draft is not None:
        return draft_of(file.draft)
    known = file.waiting or file.in_use or file.shipped
    place = file.place
    if known is None:
        return Draft(place.key, place.channel, place.language, place.variant)
    return Draft(
        key=place.key,
        channel=place.channel,
        language=place.language,
        variant=place.variant,
        subject=known.subject,
        body=known.body,
        short_body=known.short_body,
        button=known.button,
        purpose=known.purpose,
        role=known.role,
        is_generic=known.is_generic,
    )


def draft_of(version: TextVersion) -> Draft:
    return Draft(
        key=version.key,
        channel=version.channel,
        language=version.language,
        variant=version.variant,
        subject=version.subject,
        body=version.body,
        short_body=version.short_body,
        button=version.button,
        purpose=version.purpose,
        role=version.role,
        is_generic=version.is_generic,
        review=version.review,
    )


def check(*, organisation_id: int, draft: Draft) -> DraftCheck:
    """Everything that speaks against a draft, in the practice's look."""
    organisation = accounts.organisation(organisation_id=organisation_id)
    return check_draft(draft, look=practice_look(organisation), own_hosts=practice_hosts(organisation))


def save_draft(
    *, organisation_id: int, draft: Draft, now: datetime, actor: str, note: str = ""
) -> TextVersion:
    """Keep what was typed, finished or not; it is used for nothing until it is published.

    Raises ``UnableToChangeText`` for a place that no own text can have, and for too long a text.
    """
    organisation = accounts.organisation(organisation_id=organisation_id)
    place = Place(draft.key, draft.channel, draft.language, draft.variant)
    _check_place(organisation, place)
    found = check_draft(draft)
    too_long = [one for one in found.problems if one.startswith("too_long:") and found.template is None]
    if too_long:
        raise UnableToChangeText(too_long[0].partition(": ")[2])
    required, optional = (
        ((), ()) if found.template is None else fields_in((draft.subject, draft.body, draft.short_body))
    )
    content = {
        "subject": draft.subject,
        "body": draft.body,
        "short_body": draft.short_body,
        "button": draft.button,
        "purpose": draft.purpose,
        "role": draft.role,
        "is_generic": draft.is_generic,
        "review": draft.review,
        "required_fields": list(required),
        "optional_fields": list(optional),
        "note": note[:200],
    }
    with transaction.atomic(durable=True):
        write.lock_text(organisation_id=organisation_id, place=place.as_columns())
        write.save_draft(
            organisation_id=organisation_id,
            place=place.as_columns(),
            content=content,
            author=actor,
            now=now,
        )
    return read.text_history(organisation_id=organisation_id, **place.as_columns())[0]


def discard_draft(*, organisation_id: int, place: Place) -> bool:
    """Throw a draft away; False when there is none."""
    with transaction.atomic(durable=True):
        return write.discard_draft(organisation_id=organisation_id, place=place.as_columns())


def publish(*, organisation_id: int, place: Place, now: datetime, actor: str) -> Template:
    """Let the draft take the place of the text in use as soon as it is approved.

    Raises ``UnableToChangeText``: no draft, or something still speaks against it.
    """
    organisation = accounts.organisation(organisation_id=organisation_id)
    with transaction.atomic(durable=True):
        write.lock_text(organisation_id=organisation_id, place=place.as_columns())
        versions = read.text_history(organisation_id=organisation_id, **place.as_columns())
        draft = next((one for one in versions if one.state == "draft"), None)
        if draft is None:
            raise UnableToChangeText("there is no draft to publish: save one first")
        found = check_draft(
            draft_of(draft), look=practice_look(organisation), own_hosts=practice_hosts(organisation)
        )
        if not found.may_be_published:
            raise UnableToChangeText(f"this cannot go out yet: {found.problems[0].partition(': ')[2]}")
        write.publish(organisation_id=organisation_id, text_id=draft.id, now=now, actor=actor)
        _changed(organisation_id, "text.published", place, draft.version, now=now, actor=actor)
    template = own_text(draft, look=practice_look(organisation), own_hosts=practice_hosts(organisation))
    # Where only pre-approved phrases took each other's place, the signatures given before stand (R-E56).
    carry_over(organisation_id=organisation_id, template=template, now=now, actor=actor)
    return template


def withdraw(*, organisation_id: int, place: Place, now: datetime, actor: str) -> int:
    """Go back to the shipped text; how many versions were taken out of use.

    Raises ``UnableToChangeText`` where none is in use.
    """
    with transaction.atomic(durable=True):
        write.lock_text(organisation_id=organisation_id, place=place.as_columns())
        count = write.withdraw(
            organisation_id=organisation_id, place=place.as_columns(), now=now, actor=actor
        )
        if not count:
            raise UnableToChangeText("no text of your own is in use here")
        _changed(organisation_id, "text.withdrawn", place, count, now=now, actor=actor)
    return count


def shown_to_patients(*, organisation_id: int, template: Template) -> tuple[Shown, ...]:
    """The text for up to three of the practice's own patients of its language, with masked names."""
    organisation = accounts.organisation(organisation_id=organisation_id)
    sites = {one.id: one for one in accounts.locations(organisation_id=organisation_id)}
    language = primary(template.language)
    found = masked_patients(
        organisation_id=organisation_id,
        language=language,
        is_default=language == primary(organisation.default_language),
    )
    longest = {one.name: one.longest for one in template.fields}
    shown = []
    for patient in found:
        values = {
            **longest,
            **_links(),
            **site_fields(organisation, sites.get(patient.location_id or 0), language=language),
            "first_name": patient.first_name,
        }
        shown.append(Shown(patient, render(template, values)))
    return tuple(shown)


def _links() -> dict[str, str]:
    link = f"{settings.PUBLIC_URL}/p/{SAMPLE_TOKEN}"
    return {"link": link, "unsubscribe_url": f"{link}/unsubscribe"}


def _check_place(organisation: OrganisationView, place: Place) -> None:
    known = {key for key, _channel, _language, _variant in library_of(organisation).every()}
    if place.key not in known or place.channel not in CHANNELS or place.variant not in VARIANTS:
        raise UnableToChangeText("there is no such text")
    if place.key in FIXED:
        raise UnableToChangeText("these words are the same for every practice and cannot be changed")
    code = place.language
    if not (2 <= len(code) <= 3 and code.isascii() and code.isalpha() and code.islower()):
        raise UnableToChangeText("a language is written in two or three small letters, like es")


def _changed(
    organisation_id: int, action: str, place: Place, version: int, *, now: datetime, actor: str
) -> None:
    """Every process reads the texts anew, and the trail says who did it."""
    texts_changed(organisation_id=organisation_id)
    audit.append(
        organisation_id=organisation_id,
        now=now,
        actor=actor,
        action=action,
        subject_kind="template",
        subject_id=place.key[:64],
        detail={**place.as_columns(), "version": version},
    )
