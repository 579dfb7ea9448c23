"""The words of one planned contact: template, language, fields, and the patient's link."""

import secrets
from dataclasses import dataclass
from datetime import date

from babel.dates import format_date
from django.conf import settings

from rebook.accounts.read import OrganisationView
from rebook.core.booking import TOKEN_BYTES, new_token
from rebook.core.channel import ChannelKind
from rebook.core.outreach.message import LINK_FIELDS, RenderedMessage, Template, render
from rebook.packs.outreach import templates


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
) -> Words:
    """The message for one patient in their language; one without a text there has a problem that refuses."""
    template = templates().get((template_key, channel, language))
    if template is None:
        problem = f"no_wording: no {channel} text '{template_key}' in '{language}'"
        return Words(None, RenderedMessage("", "", "", 0, "", (problem,)), language)
    values = {
        "practice_name": organisation.public_name,
        "practice_phone": organisation.phone,
        "postal_address": organisation.postal_address,
        "first_name": first_name,
        "visit_on": format_date(visit_on, format="long", locale=language) if visit_on else "",
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


def has_wording(*, template_key: str, channel: str, language: str) -> bool:
    return (template_key, channel, language) in templates()
