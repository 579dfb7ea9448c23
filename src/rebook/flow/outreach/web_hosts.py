"""Say in Setup which web addresses are the practice's own: links in messages lead nowhere else (R-A91)."""

import re
from datetime import datetime
from urllib.parse import urlsplit

from django.db import transaction

from rebook.accounts import audit
from rebook.accounts import write as write_accounts
from rebook.flow.common.library import texts_changed
from rebook.flow.common.web_hosts import WEB_HOSTS
from rebook.packs.templates import wording

MOST_HOSTS = 10
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
# At least two parts, the last with a letter: numbers alone are a machine, not a practice.
_HOST = re.compile(rf"(?=.{{4,253}}$)(?:{_LABEL}\.)+(?=[a-z0-9-]*[a-z]){_LABEL}")


class UnableToChooseWebHosts(Exception):
    """An address cannot be the practice's own; the message says which. Trying again needs another."""

    permanent = True
    is_for_people = True


def choose_web_hosts(*, organisation_id: int, addresses: str, now: datetime, actor: str) -> tuple[str, ...]:
    """Keep the addresses, parted by blanks, commas or lines; the hosts kept, in the order given.

    "https://www.riverbend.example/visit" is taken as "www.riverbend.example". Raises
    ``UnableToChooseWebHosts``: no address, a shortener that anybody may use, too many.
    """
    hosts = tuple(dict.fromkeys(_host(one) for one in re.split(r"[\s,;]+", addresses) if one))
    if len(hosts) > MOST_HOSTS:
        raise UnableToChooseWebHosts(f"no more than {MOST_HOSTS} addresses: every one is a door to watch")
    with transaction.atomic(durable=True):
        write_accounts.change_settings(organisation_id=organisation_id, changes={WEB_HOSTS: list(hosts)})
        # Texts know where they may lead: every process reads them anew.
        texts_changed(organisation_id=organisation_id)
        audit.append(
            organisation_id=organisation_id,
            now=now,
            actor=actor,
            action="web_hosts.chosen",
            subject_kind="organisation",
            subject_id=organisation_id,
            detail={"hosts": list(hosts)},
        )
    return hosts


def _host(address: str) -> str:
    try:
        parts = urlsplit(address if "://" in address else f"https://{address}")
        host = (parts.hostname or "").encode("idna").decode().lower()
    except (ValueError, UnicodeError):
        host = ""
    if not _HOST.fullmatch(host) or "@" in address:
        raise UnableToChooseWebHosts(f"“{address[:80]}” is no web address like www.ourpractice.org")
    if wording("en").shortener.search(f"{host}/x"):
        raise UnableToChooseWebHosts(
            f"“{host}” shortens addresses of anybody: patients cannot tell whose it is"
        )
    return host
