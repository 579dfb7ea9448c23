"""The channels of a practice, made from the installation's settings."""

import hashlib
import hmac
from collections.abc import Mapping

from django.conf import settings

from rebook.accounts import read as accounts
from rebook.channels.registry import ChannelSettings, channel_for, channels_for
from rebook.core.channel import Channel


def channel_settings() -> ChannelSettings:
    """What the installation says about its channels."""
    # One secret in the house; what others see is derived from it, each for its own use.
    secret = hmac.new(settings.SECRET_KEY.encode(), b"sandbox webhooks", hashlib.sha256).hexdigest()
    return ChannelSettings(
        sandbox_directory=settings.HOME / "sandbox",
        sandbox_secret=secret,
        smtp_url=settings.SMTP_URL,
        smtp_from=settings.SMTP_FROM,
        portal_fhir_url=settings.PORTAL_FHIR_URL,
        portal_fhir_token=settings.PORTAL_FHIR_TOKEN,
    )


def practice_channels(*, organisation_id: int) -> Mapping[str, Channel]:
    """Kind of channel ("sms") -> the adapter that the practice has chosen for it.

    Raises ``channels.registry.UnknownChannel`` when the practice's settings name one that cannot be used.
    """
    return channels_of(accounts.organisation(organisation_id=organisation_id))


def channels_of(organisation: accounts.OrganisationView) -> Mapping[str, Channel]:
    """As ``practice_channels``, where the practice is at hand already."""
    return channels_for(chosen=organisation.settings.get("channels"), settings=channel_settings())


def channel_named(key: str) -> Channel:
    """The adapter of that key ("sandbox"), for its webhooks. Raises ``UnknownChannel``."""
    return channel_for(key, settings=channel_settings())
