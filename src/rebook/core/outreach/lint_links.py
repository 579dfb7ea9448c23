"""Where links lead and whose numbers are given: the practice's own, and nobody else's (R-A91, R-A21)."""

import re
from collections.abc import Collection, Iterator
from urllib.parse import urlsplit

from rebook.core.outreach.lint_findings import Finding, finding
from rebook.core.outreach.lint_places import LINK, Placed, without_names
from rebook.core.outreach.lint_wording import Wording

# The machine's own address is for trials on one desk; nothing else goes without TLS (R-A91).
_DESK = ("localhost", "127.0.0.1")
_NUMERIC = re.compile(r"\[?[0-9a-f.:]*[.:][0-9a-f.:]*\]?|\d+|0x[0-9a-f]+")
# An address that phones make a link of by themselves; the part after @ of an e-mail address is none.
_BARE = re.compile(
    r"(?<![\w@./-])(?:[a-z0-9-]+\.)+(?:com|net|org|info|io|co|us|biz|xyz|top|link|health|care|clinic|ly|me|example)"
    r"(?:/[^\s<>\"]*)?(?![\w@-])",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"(?<![\w./:#-])\+?\(?\d[\d\s().-]{5,}\d(?!\w)")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}|\d{1,2}[.-]\d{1,2}[.-]\d{2,4}")
_TRAILING = ".,;:!?)"


def links(
    body: str,
    subject: str,
    wording: Wording,
    own_hosts: frozenset[str] | None,
    service_links: Collection[str],
) -> Iterator[Finding]:
    """What is wrong with the addresses in a text."""
    found = [one.rstrip(_TRAILING) for one in LINK.findall(body)] if "://" in body or "www." in body else []
    for link in dict.fromkeys(found):
        yield from _one(link, own_hosts, at=body.find(link) + len(subject) + 1)
    if subject and LINK.search(subject):
        yield finding("link_in_subject", start=0)
    if len(set(found) - set(service_links)) > 1:
        yield finding("many_links")
    if "." in body:
        yield from _without_scheme(body, wording, own_hosts, at=len(subject) + 1)


def written_addresses(body: str, own_hosts: frozenset[str] | None) -> set[str]:
    """The addresses that a text gives, those without "https://" too where they are the practice's own."""
    found = {one.rstrip(_TRAILING) for one in LINK.findall(body)}
    if found or "." not in body:
        return found
    bare = {match.group().rstrip(_TRAILING) for match in _BARE.finditer(body)}
    return {one for one in bare if own_hosts is None or one.partition("/")[0].lower() in own_hosts}


def _one(link: str, own_hosts: frozenset[str] | None, *, at: int) -> Iterator[Finding]:
    try:
        parts = urlsplit(link if "://" in link else f"http://{link}")
        host = (parts.hostname or "").lower()
    except ValueError:
        yield finding("foreign_link", start=at, words=link)
        return
    if parts.scheme.lower() != "https" and host not in _DESK:
        yield finding("unsafe_link", start=at, words=link)
    if "@" in parts.netloc:
        yield finding("link_credentials", start=at, words=link)
    elif _NUMERIC.fullmatch(host) and host not in _DESK:
        yield finding("raw_address", start=at, words=link)
    elif own_hosts is not None and host not in own_hosts and host not in _DESK:
        yield finding("foreign_link", start=at, words=link)


def _without_scheme(
    body: str, wording: Wording, own_hosts: frozenset[str] | None, *, at: int
) -> Iterator[Finding]:
    if match := wording.shortener.search(body):
        yield finding("public_shortener", start=match.start() + at, words=match.group())
    bare = without_names(body, ())
    for match in _BARE.finditer(bare):
        host = match.group().partition("/")[0].lower()
        if own_hosts is not None and host not in own_hosts:
            yield finding("foreign_link", start=match.start() + at, words=match.group())


def phones(read: Placed, own: Collection[str]) -> Iterator[Finding]:
    """Numbers in a text that cannot be dialled, or ring somewhere else. ``own`` none: unchecked."""
    if not own:
        return
    known = {_digits(number)[-10:] for number in own}
    for match in _NUMBER.finditer(read.blanked):
        words = match.group()
        digits = _digits(words)
        if _DATE.fullmatch(words.strip()) or digits[-10:] in known:
            continue
        rule = "foreign_phone" if _is_plausible(digits, words) else "bad_phone"
        yield finding(rule, start=match.start(), words=words.strip())


def _digits(words: str) -> str:
    return re.sub(r"\D", "", words)


def _is_plausible(digits: str, words: str) -> bool:
    """As in E.164; ten digits as the numbering plan of North America has them."""
    if words.strip().startswith("+") and not digits.startswith("1"):
        return 8 <= len(digits) <= 15
    local = digits.removeprefix("1") if len(digits) == 11 else digits
    return len(local) == 10 and local[0] in "23456789" and local[3] in "23456789"
