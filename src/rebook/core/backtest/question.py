"""What a backtest is asked: dates, rules, and settings to compare, each a few changes to the rules."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import date, timedelta
from typing import Any, Literal

from rebook.core.gaps import KINDS, TIERS, GapDefinition, GapSettings

Every = Literal["week", "day"]
DAYS = {"week": 7, "day": 1}
# A year by the day, or seven by the week.
MOST_DAYS = 370
MOST_SETTINGS = 4

_FIELDS = {one.name for one in fields(GapDefinition)}
# Numbers of a definition that may be tried out; those that definitions do not have yet are left out.
OF_RULES = tuple(
    name
    for name in ("grace_days", "interval_months", "interval_days", "min_age", "max_age", "lead_days")
    if name in _FIELDS
)
OF_EVENTS = tuple(
    one.name
    for one in fields(GapSettings)
    if isinstance(one.default, int) and not isinstance(one.default, bool)
)
FILTERS = ("kinds", "tiers", "locations", "visit_types")
LIMIT = "daily_limit"
_CHANGE = re.compile(r"^(?:([A-Z])\s*:\s*)?([a-z_]+)\s*=\s*(.*)$")


class BadQuestion(ValueError):
    """A backtest that cannot be run as asked; ``field`` says where. Other input is needed."""

    permanent = True
    is_for_people = True

    def __init__(self, field_name: str, reason: str) -> None:
        self.field = field_name
        self.reason = reason
        super().__init__(f"{field_name}: {reason}")


@dataclass(frozen=True, slots=True)
class Assumptions:
    """What no record says; every figure that rests on one names it.

    ``uplift_percent``: percentage points that contact adds to the chance of coming back; None takes what the
    clinic's own holdouts say, or ``core.expected_gain``'s stated prior until there are enough.
    ``replies_percent``: texts and e-mails that somebody answers (R-F68: 15-25 %).
    """

    minutes_per_call: int = 6
    minutes_per_reply: int = 4
    replies_percent: int = 15
    uplift_percent: int | None = None
    within_days: int = 90
    late_after_days: int = 30


@dataclass(frozen=True, slots=True)
class Setting:
    """One column of the comparison. ``rules``, ``events``: numbers changed; empty filters let all in."""

    name: str = "A"
    rules: Mapping[str, int] = field(default_factory=dict)
    events: Mapping[str, int] = field(default_factory=dict)
    kinds: tuple[str, ...] = ()
    tiers: tuple[str, ...] = ()
    locations: tuple[int, ...] = ()
    visit_types: tuple[str, ...] = ()
    # Patients that may be begun with on a working day; 0 is no limit.
    daily_limit: int = 0

    @property
    def in_words(self) -> str:
        """The changes as typed: "grace_days=60, tiers=dormant|lost"; "as they are" without any."""
        parts = [f"{name}={value}" for name, value in (*self.rules.items(), *self.events.items())]
        parts += [f"{name}={'|'.join(map(str, value))}" for name in FILTERS if (value := getattr(self, name))]
        parts += [f"{LIMIT}={self.daily_limit}"] if self.daily_limit else []
        return ", ".join(parts) or "as they are"


@dataclass(frozen=True, slots=True)
class Question:
    """Which rules to run over which dates. No rules named means all of the practice's packs.

    ``snapshot``: number of the snapshot to read; None takes the newest.
    """

    from_on: date
    to_on: date
    every: Every = "week"
    definitions: tuple[str, ...] = ()
    packs: tuple[str, ...] = ()
    campaign_id: int | None = None
    settings: tuple[Setting, ...] = (Setting(),)
    assumptions: Assumptions = Assumptions()
    snapshot: int | None = None

    def __post_init__(self) -> None:
        if self.every not in DAYS:
            raise BadQuestion("every", "is week or day")
        if self.from_on > self.to_on:
            raise BadQuestion("from", f"{self.from_on} is after {self.to_on}")
        if (self.to_on - self.from_on).days // DAYS[self.every] + 1 > MOST_DAYS:
            raise BadQuestion(
                "to", f"at most {MOST_DAYS} days are judged: take a shorter time, or every week"
            )
        if not 1 <= len(self.settings) <= MOST_SETTINGS:
            raise BadQuestion("set", f"at most {MOST_SETTINGS} settings stand side by side")
        if sum(map(bool, (self.definitions, self.packs, self.campaign_id))) > 1:
            raise BadQuestion("definition", "name rules, packs or one campaign, not several of these")

    def as_json(self) -> dict[str, Any]:
        value = asdict(self)
        value["from_on"], value["to_on"] = self.from_on.isoformat(), self.to_on.isoformat()
        return value

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "Question":
        """The question that ``as_json`` wrote."""
        given = dict(value)
        settings = tuple(_setting_from(row) for row in given.pop("settings"))
        return cls(
            from_on=date.fromisoformat(given.pop("from_on")),
            to_on=date.fromisoformat(given.pop("to_on")),
            definitions=tuple(given.pop("definitions")),
            packs=tuple(given.pop("packs")),
            settings=settings,
            assumptions=Assumptions(**given.pop("assumptions")),
            **given,
        )


def _setting_from(row: Mapping[str, Any]) -> Setting:
    values: dict[str, Any] = {key: tuple(one) if isinstance(one, list) else one for key, one in row.items()}
    return Setting(**values)


def judged_days(question: Question) -> tuple[date, ...]:
    """The days on which everybody is judged, the first one first."""
    step = timedelta(days=DAYS[question.every])
    days = [question.from_on]
    while days[-1] + step <= question.to_on:
        days.append(days[-1] + step)
    return tuple(days)


def read_changes(texts: Sequence[str]) -> tuple[tuple[Setting, ...], Assumptions]:
    """Settings A, B, C from texts like "B:grace_days=60" or "tiers=dormant|lost".

    A change without a letter is for every setting. Setting A is always there. Raises ``BadQuestion``.
    """
    common: list[tuple[str, str]] = []
    own: dict[str, list[tuple[str, str]]] = {"A": []}
    assumptions: dict[str, int] = {}
    for text in texts:
        match = _CHANGE.match(text.strip())
        if match is None:
            raise BadQuestion("set", f"'{text}' is not like grace_days=60 or B:grace_days=60")
        letter, name, value = match.groups()
        if name in Assumptions.__slots__:
            if letter:
                raise BadQuestion(name, "is assumed for all settings: leave the letter out")
            assumptions[name] = _whole(name, value, most=1000)
        elif letter:
            own.setdefault(letter, []).append((name, value))
        else:
            common.append((name, value))
    settings = []
    for letter in sorted(own):
        one = Setting(letter)
        for name, value in (*common, *own[letter]):
            one = _with(one, name, value)
        settings.append(one)
    return tuple(settings), Assumptions(**assumptions)


def _with(setting: Setting, name: str, value: str) -> Setting:
    if name in OF_RULES:
        return replace(setting, rules={**setting.rules, name: _whole(name, value)})
    if name in OF_EVENTS:
        return replace(setting, events={**setting.events, name: _whole(name, value)})
    if name == LIMIT:
        return replace(setting, daily_limit=_whole(name, value, most=10_000))
    if name not in FILTERS:
        known = ", ".join((*OF_RULES, *OF_EVENTS, *FILTERS, LIMIT, *Assumptions.__slots__))
        raise BadQuestion(name, f"there is no such setting; there are {known}")
    words = tuple(word for word in re.split(r"[|,]", value.replace(" ", "")) if word)
    allowed = {"kinds": KINDS, "tiers": TIERS}.get(name)
    wrong = [word for word in words if allowed and word not in allowed]
    if wrong and allowed:
        raise BadQuestion(name, f"'{wrong[0]}' is none of {', '.join(allowed)}")
    if name == "locations":
        return replace(setting, locations=tuple(_whole(name, word, most=2**60) for word in words))
    return replace(setting, **{name: words})  # type: ignore[arg-type]


def _whole(name: str, value: str, *, most: int = 3650) -> int:
    if not value.strip().isdecimal() or int(value) > most:
        raise BadQuestion(name, f"wants a whole number from 0 to {most}, not '{value}'")
    return int(value)
