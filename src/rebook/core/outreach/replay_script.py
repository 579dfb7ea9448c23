"""What is imagined to happen to one patient, as people write it: "day 2: reply how much does it cost?".

One line is one event: when, a colon, what. When is "day 3", "day 3 20:00" or "sunday 20:00" (the first one
from the start), on the clock of the zone given; day 0 is the first day.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from rebook.core.response.dispositions import BARRIERS

WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
# What may happen, and what it means; those with an argument say which.
EVENTS: Final[dict[str, str]] = {
    "reply": "they write the words that follow; they are read like any reply",
    "clicks": "they press a button on their page",
    "reads": "their last message is reported as read",
    "barrier": "a call notes the reason that follows, and the plan goes on",
    "books": "they book a visit that serves",
    "comes": "they come to such a visit",
    "bounces": "from now on the number or address of the next message does not work",
    "nothing arrives": "from now on no message is reported as delivered",
    "goes on": "a person has looked after it and lets the plan go on",
    "dies": "the record says that the patient has died",
}
NOON = time(12)
MOST_EVENTS = 30
LONGEST_DAYS = 400

_LINE = re.compile(
    r"^\s*(?:day\s+(?P<day>\d{1,3})|(?P<weekday>[a-z]+))(?:\s+(?P<clock>\d{1,2}:\d{2}))?\s*:\s*(?P<what>.+?)\s*$",
    re.IGNORECASE,
)


class BadScript(ValueError):
    """A line that cannot be understood; ``line`` counts from 1. Trying again does not help."""

    permanent = True
    is_for_people = True

    def __init__(self, line: int, says: str) -> None:
        self.line = line
        super().__init__(f"line {line}: {says}")


@dataclass(frozen=True, slots=True)
class ScriptedEvent:
    """One event at one instant (UTC); ``argument`` is the words of a reply or the barrier."""

    at: datetime
    word: str
    argument: str = ""


def read_script(lines: Iterable[str], *, starts_at: datetime, zone: str) -> tuple[ScriptedEvent, ...]:
    """The events in order of time. Empty lines are passed over. Raises ``BadScript``."""
    found = [
        _event(number, line, starts_at, ZoneInfo(zone))
        for number, line in enumerate(lines, start=1)
        if line.strip()
    ]
    if len(found) > MOST_EVENTS:
        raise BadScript(MOST_EVENTS + 1, f"at most {MOST_EVENTS} events")
    return tuple(sorted(found, key=lambda one: one.at))


def _event(number: int, line: str, starts_at: datetime, zone: ZoneInfo) -> ScriptedEvent:
    match = _LINE.match(line)
    if match is None:
        raise BadScript(number, 'write when and what, like "day 2: reply how much does it cost?"')
    at = _instant(number, match, starts_at.astimezone(zone))
    word, argument = _what(number, match["what"])
    return ScriptedEvent(max(at, starts_at.astimezone(UTC)), word, argument)


def _instant(number: int, match: re.Match[str], start: datetime) -> datetime:
    try:
        hour, minute = (int(part) for part in (match["clock"] or f"{NOON:%H:%M}").split(":"))
        clock = time(hour, minute)
    except ValueError:
        raise BadScript(number, f"there is no time {match['clock']}") from None
    if match["day"]:
        days = int(match["day"])
        if days > LONGEST_DAYS:
            raise BadScript(number, f"at most {LONGEST_DAYS} days")
    else:
        weekday = match["weekday"].lower()
        if weekday not in WEEKDAYS:
            raise BadScript(number, f'"{match["weekday"]}" is no day of the week')
        days = (WEEKDAYS.index(weekday) - start.weekday()) % 7
        if days == 0 and clock < start.time():
            days = 7
    on = start.date() + timedelta(days=days)
    return datetime.combine(on, clock, tzinfo=start.tzinfo).astimezone(UTC)


def _what(number: int, text: str) -> tuple[str, str]:
    said = " ".join(text.split())
    for word in sorted(EVENTS, key=len, reverse=True):
        if said.lower() == word or said.lower().startswith(f"{word} "):
            return word, _argument(number, word, said[len(word) :].strip())
    raise BadScript(number, f'"{said}" is none of: {", ".join(EVENTS)}')


def _argument(number: int, word: str, argument: str) -> str:
    if word == "reply":
        if not argument:
            raise BadScript(number, "write what they answer after “reply”")
        return argument[:500]
    if word == "barrier":
        if argument not in BARRIERS:
            raise BadScript(number, f"the reason is one of: {', '.join(BARRIERS)}")
        return argument
    if argument:
        raise BadScript(number, f"“{word}” takes nothing after it")
    return ""
