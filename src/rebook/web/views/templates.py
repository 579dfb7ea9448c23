"""The text library: which reason has words for which channel and language, and what is missing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse

from rebook.core.outreach.sequence import TEMPLATE_OF_GAP_KIND
from rebook.flow.outreach.library import FIXED, TemplateLibrary, library_of
from rebook.packs.script_numbers import numbers_at
from rebook.packs.scripts import LANGUAGES, spoken_script
from rebook.packs.templates import CHANNELS
from rebook.records.read import texts as read
from rebook.records.read.previews import languages_read
from rebook.web.access import Staff, staff_page
from rebook.web.render import page

# In the order in which a practice thinks of them.
SHOWN = ("sms", "email", "phone", "letter", "postcard", "portal")
assert set(SHOWN) == set(CHANNELS)


@dataclass(frozen=True, slots=True)
class Cell:
    """One text: ``state`` is "own", "shipped" or "missing"; arms are its test wordings."""

    language: str
    state: str
    has_draft: bool
    is_waiting: bool
    is_machine: bool
    arms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """The texts for one reason, by channel; ``gap_kinds`` are what it is used for."""

    key: str
    gap_kinds: tuple[str, ...]
    is_fixed: bool
    cells: Mapping[str, Sequence[Cell]]

    @property
    def missing(self) -> int:
        return sum(one.state == "missing" for cells in self.cells.values() for one in cells)


@staff_page(may="anything")
def library(request: HttpRequest) -> HttpResponse:
    staff: Staff = request.staff  # type: ignore[attr-defined]
    texts = library_of(staff.organisation)
    readers = languages_read(organisation_id=staff.organisation_id)
    languages = _languages(staff, texts, readers)
    asked = request.GET.get("language", "")
    lines = _lines(staff, texts, [asked] if asked in languages else languages)
    return page(
        request,
        "templates/library.html",
        lines=[line for line in lines if not request.GET.get("missing") or line.missing],
        channels=SHOWN,
        languages=languages,
        asked=asked,
        only_missing=bool(request.GET.get("missing")),
        missing=sum(line.missing for line in lines),
        unread=[(one, count) for one, count in readers.items() if one and one not in texts.languages()],
        packs=staff.organisation.pack_keys,
    )


def _languages(staff: Staff, texts: TemplateLibrary, readers: Mapping[str, int]) -> list[str]:
    """Those with any text or draft, and those that at least one in a hundred patients reads."""
    own = {one.language for one in read.drafts(organisation_id=staff.organisation_id)}
    many = {one for one, count in readers.items() if one and count * 100 >= sum(readers.values())}
    return sorted({*texts.languages(), *own, *many})


def _lines(staff: Staff, texts: TemplateLibrary, languages: Sequence[str]) -> list[Line]:
    drafts = {
        (one.key, one.channel, one.language) for one in read.drafts(organisation_id=staff.organisation_id)
    }
    used: dict[str, list[str]] = {}
    for kind, key in TEMPLATE_OF_GAP_KIND.items():
        used.setdefault(key, []).append(kind)
    places = {(key, channel) for key, channel, _language, _arm in texts.every()}
    lines = []
    for key in sorted({key for key, _channel in places}, key=lambda one: (one not in used, one)):
        cells = {
            channel: [_cell(texts, drafts, key, channel, language) for language in languages]
            for channel in SHOWN
            if (key, channel) in places
        }
        lines.append(Line(key, tuple(used.get(key, ())), key in FIXED, cells))
    return lines


def _cell(
    texts: TemplateLibrary, drafts: set[tuple[str, str, str]], key: str, channel: str, language: str
) -> Cell:
    found = texts.find(key, channel, language)
    shipped = texts.shipped(key, channel, language)
    is_shipped = bool(found and shipped and found.body == shipped.body and found.subject == shipped.subject)
    return Cell(
        language=language,
        state="missing" if found is None else "shipped" if is_shipped else "own",
        has_draft=(key, channel, language) in drafts,
        is_waiting=texts.waiting(key, channel, language) is not None,
        is_machine=bool(found and found.status == "machine"),
        arms=texts.variants(key, channel, language),
    )


@staff_page(may="anything")
def scripts(request: HttpRequest) -> HttpResponse:
    """What is said on the telephone: the opening by reason, and the branches of each pack."""
    staff: Staff = request.staff  # type: ignore[attr-defined]
    asked = request.GET.get("language", "")
    language = asked if asked in LANGUAGES else LANGUAGES[0]
    numbers = numbers_at(staff.organisation.jurisdiction)
    return page(
        request,
        "templates/scripts.html",
        scripts=[spoken_script(key, numbers=numbers) for key in staff.organisation.pack_keys],
        language=language,
        languages=LANGUAGES,
    )
