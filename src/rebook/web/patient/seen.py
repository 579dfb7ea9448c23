"""What is kept of a visitor who presses a button: words shown, network, kind of browser (R-A7)."""

import ipaddress
from functools import cache
from importlib.metadata import version

from rebook.core.outreach.consent import Provenance
from rebook.flow.booking.steps import Step, note_step
from rebook.web.patient.page import PatientPage

# First match wins; enough to tell a phone from a mail program's machine, too little to tell people apart.
_KINDS = (
    (("bot", "crawl", "spider", "preview", "scan"), "machine"),
    (("ipad", "tablet"), "tablet"),
    (("iphone", "android", "mobile"), "phone"),
    (("windows", "macintosh", "linux", "cros"), "computer"),
)


def seen_on(page: PatientPage, shown: str) -> Provenance:
    """What proves a press: never the whole address, only its network."""
    return Provenance(
        shown_wording=shown,
        shown_version=f"{page.language} {_version()}",
        network=network_of(page.request.META.get("REMOTE_ADDR", "")),
        agent=agent_of(page.request.headers.get("User-Agent", "")),
    )


def note(page: PatientPage, step: Step) -> None:
    """Keep that a person got so far. Scanners of links and mail programs look, too; they are nobody."""
    is_person = (
        page.request.method != "HEAD" and agent_of(page.request.headers.get("User-Agent", "")) != "machine"
    )
    if is_person:
        note_step(organisation_id=page.link.organisation_id, link_id=page.link.id, step=step, now=page.now)


@cache
def _version() -> str:
    return version("rebook")


def network_of(address: str) -> str:
    """ "203.0.113.0/24" of an address, a /48 of IPv6; "" when it is none."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return ""
    return str(ipaddress.ip_network(f"{found}/{24 if found.version == 4 else 48}", strict=False))


def agent_of(header: str) -> str:
    """ "phone", "tablet", "computer", "machine" (a scanner or mail program), or "" when it does not say."""
    text = header.lower()
    return next((kind for words, kind in _KINDS if any(word in text for word in words)), "")
