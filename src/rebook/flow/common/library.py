"""The texts of a practice: its own published ones, and the shipped ones where it has none.

A published text takes the place of the one before as soon as it is approved: until then the one before goes
on. Kept in memory per practice and looked up again only when its stamp changes, which every publishing,
withdrawing and approving does: planning reads no text from the database.
"""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache

from rebook.accounts import read as accounts
from rebook.accounts import write as write_accounts
from rebook.accounts.read import OrganisationView
from rebook.core.outreach.message import Template
from rebook.core.outreach.message_html import Look
from rebook.packs.looks import default_look, look_named, looks
from rebook.packs.templates import templates
from rebook.packs.written import template_of
from rebook.records.read.texts import TextVersion, approved_hashes, published_texts

from .web_hosts import practice_hosts

# The law's and the clinicians' words: the same for every practice, no own text takes their place.
FIXED = frozenset({"safety", "safety_crisis", "opt_out_confirmation"})
# organisation.settings: changes with every published or withdrawn text; how e-mails look.
STAMP, LOOK = "texts_stamp", "look"


@dataclass(frozen=True, slots=True, eq=False)
class TemplateLibrary:
    """Texts by (key, channel, language, variant); a channel is a kind of channel or "postcard"."""

    _texts: Mapping[tuple[str, str, str, str], Template]
    _by_hash: Mapping[str, Template]
    # The newest published ones, approved or not; only places where they differ from those in use.
    _waiting: Mapping[tuple[str, str, str, str], Template] = field(default_factory=dict)
    # Every field that some text asks for.
    fields_used: frozenset[str] = frozenset()

    def find(self, key: str, channel: str, language: str, variant: str = "") -> Template | None:
        """The text in use; None where there is none, also for a test arm without words of its own."""
        return self._texts.get((key, channel, language, variant))

    def texts(self) -> Mapping[tuple[str, str, str], Template]:
        """Every main text by (key, channel, language)."""
        return {place[:3]: text for place, text in self._texts.items() if not place[3]}

    def newest(self) -> Mapping[tuple[str, str, str, str], Template]:
        """As ``every``, but with what was published last where that still waits to be approved."""
        return {**self._texts, **self._waiting}

    def waiting(self, key: str, channel: str, language: str, variant: str = "") -> Template | None:
        """What was published and waits to be approved, while another text is in use."""
        return self._waiting.get((key, channel, language, variant))

    def every(self) -> Mapping[tuple[str, str, str, str], Template]:
        """Every text with its test arms, by (key, channel, language, variant)."""
        return self._texts

    def variants(self, key: str, channel: str, language: str) -> tuple[str, ...]:
        """The test arms beside the main text, in order."""
        place = (key, channel, language)
        return tuple(sorted(one[3] for one in self._texts if one[:3] == place and one[3]))

    def with_hash(self, content_hash: str) -> Template | None:
        """The text in use with this content, whatever its place."""
        return self._by_hash.get(content_hash)

    def shipped(self, key: str, channel: str, language: str) -> Template | None:
        """The text that comes with Rebook, whatever the practice made of it."""
        return templates().get((key, channel, language))

    def languages(self) -> tuple[str, ...]:
        """Languages in which there is any text, in order."""
        return tuple(sorted({place[2] for place in self._texts}))


def template_library(*, organisation_id: int) -> TemplateLibrary:
    """The texts of a practice as they stand now. One query; none more while nothing changes."""
    return library_of(accounts.organisation(organisation_id=organisation_id))


def library_of(organisation: OrganisationView) -> TemplateLibrary:
    """The texts of a practice as ``organisation`` was read: no query while nothing changes."""
    stamp = str(organisation.settings.get(STAMP) or "")
    look = practice_look(organisation)
    hosts = practice_hosts(organisation)
    if not stamp and not hosts and look == default_look():
        return _shipped()
    return _library(organisation.id if stamp else 0, stamp, look, hosts)


def practice_look(organisation: OrganisationView) -> Look:
    """The practice's layout, colour and logo; the default where its settings say nothing that can be used."""
    chosen = organisation.settings.get(LOOK) or {}
    if not isinstance(chosen, dict) or not chosen:
        return default_look()
    layout = str(chosen.get("layout") or "")
    look = look_named(layout) if layout in looks() else default_look()
    return replace(look, colour=str(chosen.get("colour") or look.colour), logo=str(chosen.get("logo") or ""))


@cache
def _shipped() -> TemplateLibrary:
    return _made({(*place, ""): text for place, text in templates().items()})


@lru_cache(maxsize=64)
def _library(organisation_id: int, stamp: str, look: Look, hosts: frozenset[str]) -> TemplateLibrary:
    found = {(*place, ""): _in_house(text, look, hosts) for place, text in templates().items()}
    own: dict[tuple[str, str, str, str], list[Template]] = {}
    for version in published_texts(organisation_id=organisation_id) if stamp else ():
        if version.key not in FIXED:
            place = (version.key, version.channel, version.language, version.variant)
            own.setdefault(place, []).append(own_text(version, look=look, own_hosts=hosts))
    approved = approved_hashes(organisation_id=organisation_id) if own else frozenset()
    waiting = {}
    for place, newest_first in own.items():
        tried = [*newest_first, *([found[place]] if place in found else [])]
        found[place] = next((one for one in tried if one.content_hash in approved), tried[0])
        if found[place] is not tried[0]:
            waiting[place] = tried[0]
    return _made(found, waiting)


def _made(
    texts: Mapping[tuple[str, str, str, str], Template],
    waiting: Mapping[tuple[str, str, str, str], Template] | None = None,
) -> TemplateLibrary:
    by_hash = {text.content_hash: text for text in _last_first(texts.values())}
    fields = frozenset(f.name for t in texts.values() for f in t.fields)
    return TemplateLibrary(texts, by_hash, waiting or {}, fields)


def texts_changed(*, organisation_id: int) -> None:
    """Let every process read the texts anew; inside the caller's transaction."""
    write_accounts.change_settings(organisation_id=organisation_id, changes={STAMP: secrets.token_hex(8)})


def approvals_changed(*, organisation_id: int) -> None:
    """The same after signatures, where the practice has texts of its own at all."""
    if accounts.organisation(organisation_id=organisation_id).settings.get(STAMP):
        texts_changed(organisation_id=organisation_id)


def _last_first(texts: Iterable[Template]) -> list[Template]:
    return list(texts)[::-1]


def _in_house(text: Template, look: Look, hosts: frozenset[str]) -> Template:
    return replace(text, look=look if text.channel == "email" else text.look, own_hosts=hosts)


def own_text(version: TextVersion, *, look: Look | None = None, own_hosts: Iterable[str] = ()) -> Template:
    """The template that a version of an own text is."""
    return template_of(
        version, required=version.required, optional=version.optional, look=look, own_hosts=own_hosts
    )
