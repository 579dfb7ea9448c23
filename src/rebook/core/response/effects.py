"""What follows from a reply: holds, tasks, answers, consent, the case (R-E10, R-E30 ff, R-E39, R-A40 ff).

``PLANS`` is the table: one line per intent. ``effects_of`` puts together what a whole message leads to.
"""

from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final, Literal

from rebook.core.channel import ChannelKind
from rebook.core.response.values import LEVEL_1_INTENTS, Classification, Match

# One business day of nine hours, and two.
DAY, TWO_DAYS = 540, 1080

OPT_OUT_CONFIRMATION: Final = "opt_out_confirmation"
HELP_ANSWER: Final = "help_answer"
# R-A45: later than this the confirmation is not sent at all.
CONFIRMATION_MINUTES: Final = 5
# R-E30: at once; one that could not leave within the quarter hour of R-E33 comes too late to help.
SAFETY_MINUTES: Final = 15
HELP_MINUTES: Final = 15


@dataclass(frozen=True, slots=True)
class TaskWanted:
    """Work for people. ``minutes`` of opening time until it is due; 0 is at once, open or not."""

    kind: str
    role: str
    urgency: int
    minutes: int


@dataclass(frozen=True, slots=True)
class HoldWanted:
    """``until_on`` None: until a person releases it."""

    kind: str
    until_on: date | None = None


@dataclass(frozen=True, slots=True)
class AnswerWanted:
    """A fixed text to the patient, of no use after ``minutes``."""

    template_key: str
    origin: Literal["reply", "safety"]
    minutes: int


@dataclass(frozen=True, slots=True)
class Plan:
    """What one intent leads to on its own."""

    task: TaskWanted | None = None
    hold: str = ""
    pause: str = "reply"
    close: str = ""
    contact_state: str = ""
    answer: AnswerWanted | None = None


def _plan(kind: str, role: str, urgency: int, minutes: int, **more: str) -> Plan:
    return Plan(TaskWanted(kind, role, urgency, minutes), **more)  # type: ignore[arg-type]


_SAFETY_ANSWER: Final = AnswerWanted("safety", "safety", SAFETY_MINUTES)
_SAFETY: Final = TaskWanted("safety", "clinician", 0, 0)
PLANS: Final[dict[str, Plan]] = {
    "emergency": Plan(_SAFETY, "red_flag", "red_flag", answer=_SAFETY_ANSWER),
    "crisis": Plan(
        _SAFETY, "red_flag", "red_flag", answer=AnswerWanted("safety_crisis", "safety", SAFETY_MINUTES)
    ),
    "abuse": Plan(_SAFETY, "red_flag", "red_flag", answer=_SAFETY_ANSWER),
    "opt_out": Plan(pause="", close="opted_out"),
    "opt_out_uncertain": _plan("confirm_opt_out", "front_desk", 2, DAY, hold="reply_pending"),
    "opt_in": Plan(pause=""),
    "help": Plan(pause="", answer=AnswerWanted(HELP_ANSWER, "reply", HELP_MINUTES)),
    "deceased": _plan("data_quality", "coordinator", 1, 240, hold="data_quality", pause="deceased"),
    "wrong_person": _plan("data_quality", "front_desk", 2, DAY, pause="wrong_person",
                          contact_state="wrong_person"),
    "clinical": _plan("clinical_question", "clinician", 1, 60, hold="clinical_review", pause="clinical"),
    "complaint": _plan("complaint", "manager", 1, 240, hold="complaint", pause="complaint"),
    "book": _plan("book", "front_desk", 1, 15),
    "call_me": _plan("call_back", "front_desk", 1, 15),
    "cancel_visit": _plan("book", "front_desk", 1, 15),
    "move_visit": _plan("book", "front_desk", 1, 15),
    "cost": _plan("billing", "front_desk", 2, 240),
    "moved": _plan("data_quality", "front_desk", 3, TWO_DAYS, hold="data_quality", pause="moved"),
    "left_practice": _plan("data_quality", "front_desk", 3, TWO_DAYS, hold="data_quality", pause="moved"),
    "preference": _plan("data_quality", "front_desk", 2, 240),
    "seen_elsewhere": _plan("data_quality", "front_desk", 3, TWO_DAYS, hold="data_quality"),
    "declined": _plan("answer_reply", "front_desk", 3, 240, pause="", close="declined"),
    "not_now": _plan("answer_reply", "front_desk", 3, 240, hold="snooze", pause=""),
    "question": _plan("answer_reply", "front_desk", 2, 240),
    "thanks": _plan("answer_reply", "front_desk", 3, 240),
    "auto_reply": Plan(pause=""),
    "unreadable": _plan("answer_reply", "front_desk", 1, 15),
    "other": _plan("answer_reply", "front_desk", 2, 240),
}  # fmt: skip

# An opt-out is carried out by the house; of what was said beside it, this still needs a person.
_BESIDE_OPT_OUT: Final = ("deceased", "wrong_person", "clinical", "complaint")
_BESIDE_DOUBT: Final = (
    *_BESIDE_OPT_OUT,
    "book",
    "call_me",
    "cancel_visit",
    "move_visit",
    "cost",
    "preference",
)


@dataclass(frozen=True, slots=True)
class Effects:
    """All that one message leads to. Empty fields mean "leave as it is"."""

    # Consent channels that the number no longer permits; "all" with ``wants_no_contact``.
    revokes: tuple[str, ...] = ()
    # False when somebody else than the patient spoke: the words bind the number alone.
    binds_person: bool = True
    wants_no_contact: bool = False
    grants: bool = False
    # What a start opens again: "all", or only what the patient named (R-A46).
    purposes: tuple[str, ...] = ("all",)
    holds: tuple[HoldWanted, ...] = ()
    tasks: tuple[TaskWanted, ...] = ()
    answers: tuple[AnswerWanted, ...] = ()
    pause: str = ""
    close: str = ""
    contact_state: str = ""
    # Not before this day does the sequence go on.
    snooze_until: date | None = None
    barrier: str = ""
    # The patient spoke (auto-replies do not).
    is_response: bool = True
    # Nothing is left for a person to do about this message.
    is_handled: bool = field(default=False)


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What the effects depend on besides the words."""

    channel: ChannelKind
    # Day on which "not now" ends (``when.snooze_until``).
    snooze_until: date
    # Another current, usable number or address of the patient is on file.
    has_other_contact: bool = False
    # The vendor confirms STOP by itself; a second confirmation is not allowed (R-D23).
    provider_confirms_stop: bool = False


def revoked_channels(matches: tuple[Match, ...], *, channel: ChannelKind) -> tuple[str, ...]:
    """What an opt-out covers: the channel it came by unless the patient's own words say otherwise.

    "all" when the words ask for no contact at all (R-A53). Words that keep to one channel narrow it ("no
    calls, text me", R-A47), but never below the channel of a bare keyword. Words that name another one
    ("stop calling me" in a text; scope "+phone") reach that one too.
    """
    scopes = {match.scope for match in matches}
    if "all" in scopes:
        return ("all",)
    also = {scope[1:] for scope in scopes if scope.startswith("+")}
    named = {scope for scope in scopes if scope and not scope.startswith("+")}
    has_keyword = any(match.source == "R-A80" or match.needs_confirmation for match in matches)
    return tuple(sorted(also | named | ({channel} if has_keyword or not named else set())))


def effects_of(reading: Classification, *, about: Circumstances) -> Effects:
    """Everything a message leads to, first intent first (R-E10). Pure; see ``PLANS``."""
    first = reading.first
    effects = _apply(Effects(), PLANS[first], about)
    if reading.has("opt_out"):
        effects = _opted_out(effects, reading, about)
    beside = _beside(reading)
    if beside:
        effects = _apply(effects, replace(PLANS[beside], close="", answer=None), about)
    if "wrong_person" in (first, beside):
        effects = _wrong_person(effects, about)
    if beside == "deceased":
        # What became of the case is for a person to find out.
        effects = replace(effects, close="")
    if first == "opt_in":
        named = {match.scope for match in reading.of("opt_in")}
        is_narrow = named == {"operations"}
        effects = replace(effects, grants=True, purposes=("operations",) if is_narrow else ("all",))
    return replace(
        effects,
        barrier=reading.barrier,
        is_response=first != "auto_reply",
        is_handled=not effects.tasks,
    )


def _wrong_person(effects: Effects, about: Circumstances) -> Effects:
    """Whoever has the number never agreed to anything, and speaks for nobody but the number."""
    return replace(
        effects,
        revokes=tuple(sorted({*effects.revokes, about.channel})),
        binds_person=False,
        wants_no_contact=False,
        close="" if about.has_other_contact else "wrong_person",
    )


def _beside(reading: Classification) -> str:
    """The intent that needs a person although the message was first of all about stopping."""
    if reading.first not in ("opt_out", "opt_out_uncertain"):
        return ""
    wanted = _BESIDE_OPT_OUT if reading.has("opt_out") else _BESIDE_DOUBT
    return next((intent for intent in reading.intents if intent in wanted), "")


def _apply(effects: Effects, plan: Plan, about: Circumstances) -> Effects:
    holds = effects.holds
    snooze = effects.snooze_until
    if plan.hold == "snooze":
        snooze = about.snooze_until
        holds += (HoldWanted("snooze", about.snooze_until),)
    elif plan.hold:
        holds += (HoldWanted(plan.hold),)
    return replace(
        effects,
        holds=holds,
        snooze_until=snooze,
        tasks=effects.tasks + ((plan.task,) if plan.task else ()),
        answers=effects.answers + ((plan.answer,) if plan.answer else ()),
        pause=effects.pause or plan.pause,
        close=effects.close or plan.close,
        contact_state=effects.contact_state or plan.contact_state,
    )


def _opted_out(effects: Effects, reading: Classification, about: Circumstances) -> Effects:
    """The opt-out of a message, whatever else it says; after a red flag a person calls instead (R-E30)."""
    said = reading.of("opt_out")
    revokes = revoked_channels(said, channel=about.channel)
    tasks = effects.tasks
    if any(match.needs_confirmation for match in said):
        tasks += (TaskWanted("confirm_opt_out", "front_desk", 2, DAY),)
    wants_text = (
        about.channel == "sms"
        and {"sms", "all"} & set(revokes)
        and reading.first not in LEVEL_1_INTENTS
        and not about.provider_confirms_stop
    )
    confirmation = AnswerWanted(OPT_OUT_CONFIRMATION, "reply", CONFIRMATION_MINUTES)
    return replace(
        effects,
        revokes=revokes,
        wants_no_contact="all" in revokes,
        tasks=tasks,
        answers=(confirmation,) if wants_text else (),
        close="opted_out",
    )
