"""The ordered contact plan of a campaign: which step comes when, by which channel, and what ends it.

A sequence is data (R-C146): frozen as JSON into the campaign at launch, so cases stay on the plan they
began. Nothing here knows the clock, the ledger or the guard; the guard has the last word on the instant.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import UTC, date, datetime
from typing import Any, get_args
from zoneinfo import ZoneInfo

from rebook.core.channel import ChannelKind
from rebook.core.outreach.day_part import DAY_PARTS as DAY_PARTS
from rebook.core.outreach.day_part import WISHED, DayPart, day_after, wished_from
from rebook.core.outreach.sequence_when import ALWAYS, BadWhen, When, when_from_json
from rebook.core.reasons import Reason

CHANNEL_KINDS: tuple[ChannelKind, ...] = get_args(ChannelKind)
# Who may be given a step's call instead of the campaign's owner.
OWNER_ROLES = ("front_desk", "coordinator", "clinician", "manager")
MOST_STEPS = 12
LONGEST_DELAY = 365

# What the words of a step are when the gap decides (``template_key = "by_gap_kind"``).
BY_GAP_KIND = "by_gap_kind"
TEMPLATE_OF_GAP_KIND: Mapping[str, str] = {
    "interval": "due_visit",
    "follow_up_not_booked": "follow_up",
    "cancelled_not_rebooked": "cancelled",
    "no_show_not_rebooked": "no_show",
    "inactive": "check_in",
    "later_than_usual": "check_in",
    # Begun and not finished (R-C120 to R-C132); what staff alone settle has no words for the patient.
    "result_awaiting_follow_up": "talk_with_us",
    "safety_notice": "talk_with_us",
    "referral_out_incomplete": "referral_visit",
    "referral_in_not_scheduled": "referral_visit",
    "test_not_done": "ordered_test",
    "intake_unfinished": "finish_booking",
    "high_intent": "finish_booking",
    "waiting_list_match": "time_opened",
    "refill_lapsed": "due_visit",
    "treatment_unscheduled": "next_step",
    "treatment_plan_dropped": "next_session",
}

# What may end or pause a case while its sequence runs (R-A191, R-A192).
STOP_CONDITIONS = (
    "booked",
    "visited",
    "gap_closed",
    "replied",
    "spoke",
    "declined",
    "opted_out",
    "wrong_person",
    "deceased",
    "moved",
)


@dataclass(frozen=True, slots=True)
class Step:
    """One planned contact.

    ``delay_days`` counts from the step before (from the opening of the case for the first);
    with ``business_days`` days on which the site does not work are passed over, with ``working_day`` they
    count and the step moves on to the next day that is worked on. ``fallbacks`` are the
    channels to try, in order, when the patient cannot be reached by ``channel``.
    ``preference_may_replace`` is False where the channel is part of the care (a call for a result that
    waits). ``when`` says what must have happened; ``owner_role`` who makes the call ("" the campaign's
    owner).
    """

    index: int
    channel: ChannelKind
    delay_days: int
    template_key: str = BY_GAP_KIND
    business_days: bool = False
    day_part: DayPart = "any"
    fallbacks: tuple[ChannelKind, ...] = ()
    stop_conditions: tuple[str, ...] = STOP_CONDITIONS
    preference_may_replace: bool = True
    when: When = ALWAYS
    owner_role: str = ""
    working_day: bool = False


@dataclass(frozen=True, slots=True)
class Sequence:
    """A contact plan. ``gap_kinds`` and the class range say for which gaps it is the default.

    ``title`` is what people call it; a plan without one is called by its key.
    """

    key: str
    steps: tuple[Step, ...]
    rest_days: int = 60
    gap_kinds: tuple[str, ...] = ()
    min_class: int = 0
    max_class: int = 5
    source: str = ""
    title: str = ""


class BadSequence(ValueError):
    """A sequence cannot be what this says; the message names step and field. Trying again does not help.

    ``field`` is the step's or the sequence's field at fault, ``step`` the step's place (None: the whole).
    """

    permanent = True

    def __init__(self, says: str, *, field: str = "", step: int | None = None) -> None:
        self.field, self.step = field, step
        super().__init__(says)


def next_step_at(
    sequence: Sequence,
    *,
    step_index: int,
    anchor_at: datetime,
    zone: str,
    holidays: Collection[date] = (),
    wish: str = "",
) -> datetime | None:
    """When a step falls due, aware and in UTC; None when the sequence is exhausted.

    ``anchor_at`` (aware) is when the step before went out, or when the case was opened. A first step with
    no delay is due at once; every other starts with its day part on the recipient's clock. ``holidays``:
    days off, see ``day_part.is_working_day``. ``wish``: the part of the day that the patient asked for, in
    place of the step's own.
    Raises ``ValueError`` for a naive anchor, ``ZoneInfoNotFoundError`` for an unknown zone.
    """
    if anchor_at.tzinfo is None:
        raise ValueError("anchor_at must be aware")
    if not 0 <= step_index < len(sequence.steps):
        return None
    step = sequence.steps[step_index]
    if step_index == 0 and step.delay_days == 0 and step.day_part == "any":
        return wished_from(anchor_at, wish=wish, zone=zone)
    local = anchor_at.astimezone(ZoneInfo(zone))
    day = day_after(local.date(), step.delay_days, business_days=step.business_days, holidays=holidays)
    if step.working_day:
        day = day_after(day, 0, business_days=True, holidays=holidays)
    begins = WISHED[wish][0] if wish in WISHED else DAY_PARTS[step.day_part]
    starts = datetime.combine(day, begins, tzinfo=local.tzinfo)
    # A day part already begun on the anchor's own day means now, not this morning.
    due = max(starts.astimezone(UTC), anchor_at.astimezone(UTC))
    return wished_from(due, wish=wish, zone=zone)


def choose_channel(step: Step, *, available: Collection[str], preferred: str = "") -> ChannelKind | None:
    """The channel a step takes for one patient: preference, then the plan, then its fallbacks (Q-61, Q-168).

    None when the patient cannot be reached by any of them: the step is passed over.
    """
    wanted: tuple[ChannelKind, ...] = (step.channel, *step.fallbacks)
    if step.preference_may_replace:
        wanted = (*(kind for kind in CHANNEL_KINDS if kind == preferred), *wanted)
    return next((kind for kind in wanted if kind in available), None)


def template_for(step: Step, *, gap_kind: str) -> str:
    """The template key of a step for a gap of this kind ("interval", "no_show_not_rebooked" ...).

    Kinds that carry an id after a colon ("follow_up_not_booked:17") are read without it; a kind without
    words of its own gets those of a visit that is due.
    """
    if step.template_key != BY_GAP_KIND:
        return step.template_key
    return TEMPLATE_OF_GAP_KIND.get(gap_kind.partition(":")[0], "due_visit")


def choose_sequence(sequences: Iterable[Sequence], *, gap_kind: str, risk_class: int) -> Sequence | None:
    """The default plan for a gap: the one that names its kind, else the general one, by risk class."""
    kind = gap_kind.partition(":")[0]
    fitting = [s for s in sequences if s.min_class <= risk_class <= s.max_class]
    named = [s for s in fitting if kind in s.gap_kinds]
    general = [s for s in fitting if not s.gap_kinds]
    return next(iter(named + general), None)


def stops(conditions: Collection[str], *, events: Collection[str]) -> Reason | None:
    """The first condition (in the order of ``STOP_CONDITIONS``) that has happened; None goes on."""
    for word in STOP_CONDITIONS:
        if word in conditions and word in events:
            return Reason(word, "ends the sequence")
    return None


def as_json(sequence: Sequence) -> dict[str, Any]:
    """A sequence as plain JSON, to be frozen into a campaign."""
    value = asdict(sequence)
    value["gap_kinds"] = list(sequence.gap_kinds)
    for step in value["steps"]:
        step["fallbacks"] = list(step["fallbacks"])
        step["stop_conditions"] = list(step["stop_conditions"])
    value["steps"] = list(value["steps"])
    for step, one in zip(value["steps"], sequence.steps, strict=True):
        step["when"] = one.when.as_json()
    return value


def from_json(value: Mapping[str, Any]) -> Sequence:
    """The sequence that ``as_json`` wrote. Raises ``BadSequence`` naming the field that is wrong."""
    known = {f.name for f in fields(Sequence)}
    unknown = sorted(set(value) - known)
    if unknown:
        raise BadSequence(f"unknown field {unknown[0]}")
    if not isinstance(value.get("key"), str) or not value["key"]:
        raise BadSequence("key is missing")
    steps = value.get("steps")
    if not isinstance(steps, list) or not steps:
        raise BadSequence("steps are missing")
    if len(steps) > MOST_STEPS:
        raise BadSequence(f"steps are more than {MOST_STEPS}")
    least, most = _number(value, "min_class", 0), _number(value, "max_class", 5)
    if least > most:
        raise BadSequence("min_class is above max_class")
    return Sequence(
        key=value["key"],
        steps=tuple(_step(index, step) for index, step in enumerate(steps)),
        rest_days=_number(value, "rest_days", 60),
        gap_kinds=tuple(value.get("gap_kinds", ())),
        min_class=least,
        max_class=most,
        source=str(value.get("source", "")),
        title=str(value.get("title", "")),
    )


def _number(value: Mapping[str, Any], name: str, default: int) -> int:
    number = value.get(name, default)
    if not isinstance(number, int) or isinstance(number, bool) or number < 0:
        raise BadSequence(f"{name} must be a whole number from 0")
    return number


def _words(value: Mapping[str, Any], name: str, allowed: Collection[str], default: Collection[str]) -> Any:
    words = value.get(name, default)
    wrong = [word for word in words if word not in allowed]
    if isinstance(words, str) or wrong:
        raise BadSequence(f"{name} must be a list of words from: {', '.join(allowed)}")
    return tuple(words)


def _step(index: int, value: Any) -> Step:
    if not isinstance(value, Mapping):
        raise BadSequence(f"step {index} is not a table")
    try:
        return _checked_step(index, value)
    except (BadSequence, BadWhen) as wrong:
        field = wrong.field or str(wrong).split(" ", 1)[0]
        raise BadSequence(f"step {index}: {wrong}", field=field, step=index) from None


def _checked_step(index: int, value: Mapping[str, Any]) -> Step:
    unknown = sorted(set(value) - {f.name for f in fields(Step)})
    if unknown:
        raise BadSequence(f"unknown field {unknown[0]}")
    if value.get("index", index) != index:
        raise BadSequence("index does not follow the order")
    (channel,) = _words({"channel": [value.get("channel")]}, "channel", CHANNEL_KINDS, ())
    part = value.get("day_part", "any")
    if part not in DAY_PARTS:
        raise BadSequence(f"day_part must be one of: {', '.join(DAY_PARTS)}")
    role = value.get("owner_role", "")
    if role not in ("", *OWNER_ROLES):
        raise BadSequence(f"owner_role must be one of: {', '.join(OWNER_ROLES)}")
    delay = _number(value, "delay_days", 0)
    if delay > LONGEST_DELAY:
        raise BadSequence(f"delay_days must be at most {LONGEST_DELAY}")
    return Step(
        index=index,
        channel=channel,
        delay_days=delay,
        template_key=str(value.get("template_key", BY_GAP_KIND)),
        business_days=bool(value.get("business_days", False)),
        working_day=bool(value.get("working_day", False)),
        day_part=part,
        fallbacks=_words(value, "fallbacks", CHANNEL_KINDS, ()),
        stop_conditions=_words(value, "stop_conditions", STOP_CONDITIONS, STOP_CONDITIONS),
        preference_may_replace=bool(value.get("preference_may_replace", True)),
        when=when_from_json(value.get("when", {})),
        owner_role=role,
    )
