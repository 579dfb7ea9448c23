"""The words of one planned contact: template, language, fields, and the patient's link."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from babel.core import Locale, UnknownLocaleError
from babel.dates import format_date
from django.conf import settings

from rebook.accounts.read import LocationView, OrganisationView
from rebook.core.booking import TOKEN_BYTES, new_token
from rebook.core.channel import ChannelKind
from rebook.core.contacts import written_phone
from rebook.core.outreach.message import LINK_FIELDS, RenderedMessage, Template, render
from rebook.core.outreach.phone_words import phone_among
from rebook.packs.script_numbers import numbers_at

from .library import TemplateLibrary, library_of

# organisation.settings["letters"]["form"]: what goes by post where there is a text for it.
LETTERS = "letters"


@dataclass(frozen=True, slots=True)
class Words:
    """A rendered message. ``link_hash`` is empty when the text holds no link."""

    template: Template | None
    message: RenderedMessage
    language: str
    link_hash: str = ""
    unsubscribe_url: str = ""


def primary(language: str) -> str:
    """ "es" of "es-US"."""
    return language.lower().partition("-")[0]


def write_message(
    *,
    organisation: OrganisationView,
    template_key: str,
    channel: ChannelKind,
    channel_is_open: bool,
    language: str,
    first_name: str,
    visit_on: date | None,
    variant: str = "",
    site: LocationView | None = None,
    details: Mapping[str, str] | None = None,
    in_envelope: bool = False,
) -> Words:
    """The message for one patient in their language; one without a text there has a problem that refuses.

    ``variant`` is a test arm, taken where it has words of its own in that language. ``site`` fills the local
    details, ``details`` further fields by name ("practitioner_name"). What goes by post is a postcard where
    the practice chose so, there is a text for it, and nobody asked for an envelope (R-A101).
    """
    template = _template(organisation, template_key, channel, language, variant, in_envelope=in_envelope)
    if template is None:
        problem = f"no_wording: no {channel} text '{template_key}' in '{language}'"
        return Words(None, RenderedMessage("", "", "", 0, "", (problem,)), language)
    values = {
        **(details or {}),
        **site_fields(organisation, site, language=language),
        "first_name": first_name,
        "visit_on": day_in_words(visit_on, language),
    }
    link_hash = ""
    if any(field.name in LINK_FIELDS for field in template.fields):
        token, link_hash = new_token(secrets.token_bytes(TOKEN_BYTES))
        values["link"] = f"{settings.PUBLIC_URL}/p/{token}"
        values["unsubscribe_url"] = f"{values['link']}/unsubscribe"
    message = render(template, values, channel=channel, language=language, channel_is_open=channel_is_open)
    return Words(
        template=template,
        message=message,
        language=language,
        link_hash=link_hash,
        unsubscribe_url=values.get("unsubscribe_url", "") if channel == "email" else "",
    )


def _template(
    organisation: OrganisationView,
    key: str,
    channel: str,
    language: str,
    variant: str,
    *,
    in_envelope: bool,
) -> Template | None:
    library = library_of(organisation)
    if channel == "letter" and not in_envelope:
        chosen = organisation.settings.get(LETTERS) or {}
        card = library.find(key, "postcard", language) if chosen.get("form") == "postcard" else None
        if card is not None:
            return card
    arm = library.find(key, channel, language, variant) if variant else None
    return arm or library.find(key, channel, language)


def site_fields(
    organisation: OrganisationView, site: LocationView | None, *, language: str = "en"
) -> dict[str, str]:
    """What every text may say of the practice and of the site nearest to the patient.

    A practice that goes by a neutral name does not give itself away by the name of a site (R-A142).
    """
    is_neutral = organisation.public_name != organisation.name
    return {
        "practice_name": organisation.public_name,
        **numbers_at(organisation.jurisdiction),
        "practice_phone": phone_among(written_phone(organisation.phone), language),
        "postal_address": organisation.postal_address,
        "site_name": (site.name if site and not is_neutral else "") or organisation.public_name,
        "site_phone": phone_among(
            written_phone((site.phone if site else "") or organisation.phone), language
        ),
    }


def day_in_words(day: date | None, language: str) -> str:
    """A day in words; in a language that has no calendar words here as numbers that read everywhere."""
    if day is None:
        return ""
    try:
        return format_date(day, format="long", locale=Locale.parse(language, sep="-"))
    except (UnknownLocaleError, ValueError):
        return day.isoformat()


def has_wording(*, template_key: str, channel: str, language: str, library: TemplateLibrary) -> bool:
    return library.find(template_key, channel, language) is not None
