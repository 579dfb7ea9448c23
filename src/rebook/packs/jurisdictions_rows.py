"""Reads one country's file of rules into rows: hours, consent, terms; each with its rule, source and dates.

A row is the smallest thing that a person reviews (R-A77): its ``version`` changes with every value in it.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import date, time
from typing import Any, Literal, cast, get_args

from rebook.core.channel import ChannelKind
from rebook.core.outreach.law import PERMISSIONS, ConsentRule, MessageClass, Permission
from rebook.core.outreach.values import Window

from .jurisdictions_terms import read_terms
from .jurisdictions_values import CLOSED, Hours, Row, RuleFile
from .loader import Document, PackError, PackInvalid, Table

HOUSE = "house"
KINDS = ("sms", "call", "auto_call", "email", "portal")
# Where a row comes from: read somewhere, from general knowledge and not verified, or chosen here (R-G6).
STATUSES = ("stated", "unverified", "design")
# The house's limits, by their names in ``GuardPolicy``.
LIMITS = (
    *("closing_margin_minutes", "max_per_day", "max_per_week", "max_per_case", "max_calls_per_case"),
    *("min_hours_between", "min_hours_between_urgent", "marketing_gap_days", "recent_visit_days"),
    *("stale_after_hours", "reply_session_minutes", "opt_out_confirmation_minutes", "recheck_minutes"),
)
HOURS = ("weekdays", "saturday", "sunday", "holidays")
_TOP = {
    *("id", "name", "version", "reviewed_on", "reviewed_by", "holiday_calendar", "closes_on", "unlisted"),
    *("unsaid", "sources", "emergency", "hours", "consent", "term", "limit", "exclusions"),
}
_COMMON = {
    *("key", "topic", "rules", "status", "source", "note"),
    *("effective_from", "effective_to", "reviewed_on", "reviewed_by"),
}
_CONSENT = {"class", "channels", "permission", "basis", "expires_after_months", "automated_only", "only_when"}


def read_window(table: Table, key: str) -> Window | None:
    """ "09:00-20:00" or "none"; None when the key is absent (or wrong, which is noted)."""
    text = table.text(key)
    if not text:
        return None
    if text == "none":
        return CLOSED
    try:
        opens, closes = (time.fromisoformat(part) for part in text.split("-"))
    except ValueError:
        table.wrong(key, 'wants hours like "09:00-20:00", or "none"')
        return None
    if opens >= closes:
        table.wrong(key, "opens after it closes")
        return None
    return Window(opens, closes)


def read_rule_file(document: Document, *, members: frozenset[str] = frozenset()) -> RuleFile:
    """A country's file. ``members`` are places that belong to it under keys of their own ("fr" of "eu").

    Raises ``PackInvalid`` with everything that is wrong in it, by line and field.
    """
    errors: list[PackError] = []
    top = Table(document, "", 0, document.data, errors)
    top.only(_TOP)
    key = top.text("id")
    reader = _Reader(document, key, members, errors)
    headers = ("hours", "consent", "term", *(("limit", "exclusions") if key == HOUSE else ()))
    rows = tuple(row for header in headers for row in reader.all(header))
    closes_on = top.text("closes_on", "country", one_of=("country", "place"))
    unlisted = top.text("unlisted", "country", one_of=("country", "strictest"))
    emergency = Table(document, "emergency", 0, document.data.get("emergency", {}), errors)
    found = RuleFile(
        key=key,
        name=top.text("name"),
        version=top.text("version"),
        calendar=top.text("holiday_calendar"),
        closes_on=cast(Literal["country", "place"], closes_on),
        unlisted=cast(Literal["country", "strictest"], unlisted),
        rows=rows,
        closed_on=_dates(emergency, "closed_on"),
        unsaid=top.words("unsaid"),
        addresses=dict(document.data.get("sources", {})),
    )
    if errors:
        raise PackInvalid(errors)
    return found


def _dates(table: Table, key: str) -> frozenset[date]:
    table.only({key})
    values = table.data.get(key, [])
    if not isinstance(values, list) or not all(type(one) is date for one in values):
        table.wrong(key, "wants a list of dates like 2026-11-21, without quotes")
        return frozenset()
    return frozenset(values)


class _Reader:
    """Reads the rows of one file, noting what is wrong in each."""

    def __init__(
        self, document: Document, key: str, members: frozenset[str], errors: list[PackError]
    ) -> None:
        self.document, self.key, self.members, self.errors = document, key, members, errors
        self.known: dict[str, list[Row]] = {}
        self.reviewed_on = document.data.get("reviewed_on")
        self.reviewed_by = str(document.data.get("reviewed_by", ""))

    def all(self, header: str) -> tuple[Row, ...]:
        found = self.document.data.get(header, [])
        values = [found] if isinstance(found, dict) else found
        return tuple(
            self._row(Table(self.document, header, number, value, self.errors))
            for number, value in enumerate(values)
        )

    def _row(self, table: Table) -> Row:
        place = HOUSE if table.header in ("limit", "exclusions") else table.text("key")
        if place != self.key and not place.startswith(f"{self.key}-") and place not in self.members:
            table.wrong("key", f'must be "{self.key}" or begin with "{self.key}-"')
        if not table.words("source") or not (self.reviewed_on or table.day("reviewed_on")):
            table.wrong("source", "a row says where it is from and when it was reviewed")
        if not table.words("rules"):
            table.wrong("rules", "a row names its rules")
        hours = _hours(table) if table.header == "hours" else None
        consent = _consent(table, place) if table.header == "consent" else ()
        terms = read_terms(table, known=_COMMON) if table.header == "term" else {}
        limit = _limit(table) if table.header == "limit" else {}
        shown = limit or {key: value for key, value in table.data.items() if key not in _COMMON}
        row = Row(
            id=f"{place}.{_topic(table)}",
            place=place,
            rules=table.words("rules"),
            status=table.text("status", "stated", one_of=STATUSES),
            sources=table.words("source"),
            note=table.text("note"),
            effective_from=table.day("effective_from"),
            effective_to=table.day("effective_to"),
            reviewed_on=table.day("reviewed_on") or self.reviewed_on,
            reviewed_by=table.text("reviewed_by") or self.reviewed_by,
            version=version_of(table.data),
            values=shown,
            hours=hours,
            consent=consent,
            is_fallback=table.data.get("only_when") == "unsaid",
            terms=terms,
        )
        self._comes_once(row, table)
        return row

    def _comes_once(self, row: Row, table: Table) -> None:
        """Two rows of one name must not hold on the same day: nobody could say which one counts."""
        others = self.known.setdefault(row.id, [])
        if any(row.overlaps(one.effective_from or date.min, one.effective_to or date.max) for one in others):
            table.wrong("key", f"{row.id} comes twice for the same days")
        others.append(row)


def version_of(data: Mapping[str, Any]) -> str:
    """What a review is bound to: everything in the row but who looked at it."""
    kept = {key: value for key, value in data.items() if not key.startswith("reviewed_")}
    text = json.dumps(kept, sort_keys=True, default=str, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _topic(table: Table) -> str:
    if table.header == "exclusions":
        return "exclusions"
    own = table.text("key") if table.header == "limit" else table.text("topic")
    if own or table.header == "term":
        return own
    if table.header == "hours":
        return ".".join(("hours", *table.words("kinds")))
    return f"{table.text('class')}.{'+'.join(table.words('channels'))}"


def _hours(table: Table) -> Hours:
    table.only(_COMMON | set(HOURS) | {"kinds"})
    for name in ("weekdays", "saturday", "sunday"):
        if name not in table.data:
            table.wrong(name, "is required")
    found = {name: read_window(table, name) for name in HOURS}
    weekday, saturday, sunday = (found[name] or CLOSED for name in ("weekdays", "saturday", "sunday"))
    kinds = table.words("kinds")
    if not set(kinds) <= set(KINDS):
        table.wrong("kinds", f"must be among {', '.join(KINDS)}")
    return Hours((*[weekday] * 5, saturday, sunday), found["holidays"], frozenset(kinds))


def _limit(table: Table) -> dict[str, int]:
    """{"max_per_day": 1}: a limit of the house, by its name in ``GuardPolicy``."""
    table.only(_COMMON | {"value"})
    name = table.text("key", one_of=LIMITS)
    value = table.number_of("value", 0)
    if value <= 0:
        table.wrong("value", "wants a whole number above 0")
    return {name: value}


def _consent(table: Table, place: str) -> tuple[ConsentRule, ...]:
    table.only(_COMMON | _CONSENT)
    channels = table.words("channels")
    if not channels or not set(channels) <= set(get_args(ChannelKind)):
        table.wrong("channels", f"wants some of {', '.join(get_args(ChannelKind))}")
    table.text("only_when", one_of=("", "unsaid"))
    message_class = table.text("class", one_of=get_args(MessageClass))
    permission = table.text("permission", one_of=PERMISSIONS)
    for name in ("class", "permission", "basis"):
        if not table.text(name):
            table.wrong(name, "is required")
    return tuple(
        ConsentRule(
            message_class=cast(MessageClass, message_class),
            channel=cast(ChannelKind, channel),
            permission=cast(Permission, permission),
            lawful_basis=table.text("basis"),
            expires_after_months=table.whole("expires_after_months"),
            automated_only=table.flag("automated_only", False),
            source=", ".join(table.words("rules")),
            place=place,
        )
        for channel in channels
    )
