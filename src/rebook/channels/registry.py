"""Every channel there is, in one table: adding one is a folder and a line here."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from rebook.core.channel import Channel, ChannelKind

from .email_smtp import EmailSmtp, SmtpServer
from .letter import Letters
from .phone_task import PhoneTask
from .portal_fhir import FhirServer, PortalFhir
from .sandbox import Behaviour, Sandbox


@dataclass(frozen=True, slots=True)
class ChannelSettings:
    """What the installation says about its channels; an empty value leaves a channel switched off."""

    sandbox_directory: Path
    # Signs the sandbox's webhooks.
    sandbox_secret: str = field(default="", repr=False)
    sandbox_behaviour: Behaviour = field(default_factory=Behaviour)
    smtp_url: str = field(default="", repr=False)
    smtp_from: str = ""
    # Base address of the FHIR server behind the patient portal.
    portal_fhir_url: str = ""
    portal_fhir_token: str = field(default="", repr=False)


class UnknownChannel(Exception):
    """A practice's settings name a channel that does not exist, is switched off, or serves another kind."""

    permanent = True


def _sandbox(settings: ChannelSettings) -> Channel:
    return Sandbox(
        key="sandbox",
        kind="sms",
        directory=settings.sandbox_directory,
        secret=settings.sandbox_secret,
        behaviour=settings.sandbox_behaviour,
    )


def _sandbox_email(settings: ChannelSettings) -> Channel:
    return Sandbox(
        key="sandbox_email",
        kind="email",
        directory=settings.sandbox_directory,
        secret=settings.sandbox_secret,
        behaviour=settings.sandbox_behaviour,
    )


def _email_smtp(settings: ChannelSettings) -> Channel | None:
    if not settings.smtp_url or not settings.smtp_from:
        return None
    return EmailSmtp(server=SmtpServer.from_url(settings.smtp_url), sender=settings.smtp_from)


def _phone_task(settings: ChannelSettings) -> Channel:
    return PhoneTask()


def _letter(settings: ChannelSettings) -> Channel:
    return Letters()


def _portal_fhir(settings: ChannelSettings) -> Channel | None:
    if not settings.portal_fhir_url:
        return None
    server = FhirServer.from_url(settings.portal_fhir_url, token=settings.portal_fhir_token)
    return PortalFhir(server=server)


# Key of the channel -> how it is made; None when the installation has not switched it on.
REGISTRY: Mapping[str, Callable[[ChannelSettings], Channel | None]] = {
    "sandbox": _sandbox,
    "sandbox_email": _sandbox_email,
    "email_smtp": _email_smtp,
    "phone_task": _phone_task,
    "letter": _letter,
    "portal_fhir": _portal_fhir,
}

# Which adapter serves a kind where the practice has chosen none.
DEFAULT_CHANNELS: Mapping[ChannelKind, str] = {
    "sms": "sandbox",
    "email": "sandbox_email",
    "phone": "phone_task",
}


def channel_for(key: str, *, settings: ChannelSettings) -> Channel:
    """The channel of that key. Raises ``UnknownChannel``."""
    make = REGISTRY.get(key)
    if make is None:
        raise UnknownChannel(f"there is no channel '{key}'; there are {', '.join(REGISTRY)}")
    channel = make(settings)
    if channel is None:
        raise UnknownChannel(f"the channel '{key}' is not switched on")
    return channel


def channels_for(*, chosen: Mapping[str, str] | None, settings: ChannelSettings) -> dict[str, Channel]:
    """Kind of channel -> the adapter that serves it for a practice.

    ``chosen`` is ``organisation.settings["channels"]``, kind to key; kinds it leaves out get the default, an
    empty key switches a kind off. Raises ``UnknownChannel``.
    """
    keys: dict[str, str] = {str(kind): key for kind, key in DEFAULT_CHANNELS.items()} | dict(chosen or {})
    found: dict[str, Channel] = {}
    for kind, key in keys.items():
        if not key:
            continue
        channel = channel_for(key, settings=settings)
        if channel.capabilities.kind != kind:
            raise UnknownChannel(f"the channel '{key}' does not serve {kind}")
        found[kind] = channel
    return found
