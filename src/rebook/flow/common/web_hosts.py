"""The practice's own web addresses: where links in its messages may lead (R-A91)."""

from urllib.parse import urlsplit

from django.conf import settings

from rebook.accounts.read import OrganisationView

# organisation.settings: names of hosts, in small letters.
WEB_HOSTS = "web_hosts"


def practice_hosts(organisation: OrganisationView) -> frozenset[str]:
    """What the practice said in Setup, each with and without "www."; empty where it said nothing."""
    said = chosen_hosts(organisation)
    return frozenset((*said, *(one.removeprefix("www.") for one in said), *(f"www.{one}" for one in said)))


def chosen_hosts(organisation: OrganisationView) -> tuple[str, ...]:
    """As they were written in Setup, in order."""
    found = organisation.settings.get(WEB_HOSTS) or []
    return tuple(str(one) for one in found) if isinstance(found, list) else ()


def reply_hosts(organisation: OrganisationView) -> frozenset[str]:
    """Where links in a message that staff type may lead: there, and to the patients' own pages."""
    ours = urlsplit(settings.PUBLIC_URL).hostname or ""
    return practice_hosts(organisation) | ({ours} if ours else frozenset())
