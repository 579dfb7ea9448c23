"""The words of the response stage: intents in their order of precedence, matches, classifications.

The order is R-E10: the first intent that matches decides, all matches are stored.
"""

from dataclasses import dataclass
from typing import Final

# (intent, rank of R-E10). Within a rank the order of the list decides.
INTENT_RANKS: Final[dict[str, int]] = {
    "emergency": 1,
    "crisis": 1,
    "abuse": 1,
    "opt_out": 2,
    "opt_out_uncertain": 2,
    "opt_in": 2,
    "help": 2,
    "deceased": 3,
    "wrong_person": 3,
    "clinical": 4,
    "complaint": 5,
    "cancel_visit": 6,
    "move_visit": 6,
    "book": 6,
    "call_me": 6,
    "cost": 7,
    "moved": 8,
    "left_practice": 8,
    "preference": 8,
    "seen_elsewhere": 9,
    "declined": 9,
    "not_now": 9,
    "question": 10,
    "thanks": 10,
    "auto_reply": 10,
    "unreadable": 10,
    "other": 10,
}
INTENTS: Final[tuple[str, ...]] = tuple(INTENT_RANKS)
ORDER: Final[dict[str, int]] = {intent: place for place, intent in enumerate(INTENTS)}

LEVEL_1_INTENTS: Final[frozenset[str]] = frozenset({"emergency", "crisis", "abuse"})
# Levels of R-E39: 1 reaches a person at once, 2 a clinician within a business hour, 3 in turn.
LEVEL_1, LEVEL_2, LEVEL_3 = 1, 2, 3


@dataclass(frozen=True, slots=True)
class Match:
    """One rule that matched. ``is_lowered``: an emergency term that is denied or past (R-E13)."""

    intent: str
    rule: str
    level: int
    source: str
    language: str
    is_lowered: bool = False
    # What an opt-out is limited to by the patient's own words: "phone", "sms", "email"; "all" is everybody
    # and everything; empty is the house default of the channel (R-A47).
    scope: str = ""
    # The words also mean something else: a person asks what was meant (R-A81).
    needs_confirmation: bool = False
    # Barrier code of R-F36 that the words name; empty when they name none.
    barrier: str = ""

    def as_json(self) -> dict[str, object]:
        """As kept in ``Reply.intents``: keys and levels only, never the patient's words."""
        told: dict[str, object] = {"intent": self.intent, "level": self.level, "matched": self.rule}
        if self.is_lowered:
            told["lowered"] = True
        return told


@dataclass(frozen=True, slots=True)
class Classification:
    """What a message means: every match, first one first. Never empty."""

    matches: tuple[Match, ...]
    language: str

    @property
    def first(self) -> str:
        return self.matches[0].intent

    @property
    def intents(self) -> tuple[str, ...]:
        """Every intent once, in order of precedence."""
        return tuple(dict.fromkeys(match.intent for match in self.matches))

    @property
    def level(self) -> int:
        """1 emergency, 2 clinical, 3 neither (R-E39)."""
        return min(match.level for match in self.matches)

    @property
    def rules(self) -> tuple[str, ...]:
        return tuple(match.rule for match in self.matches)

    @property
    def barrier(self) -> str:
        return next((match.barrier for match in self.matches if match.barrier), "")

    def has(self, intent: str) -> bool:
        return intent in self.intents

    def of(self, intent: str) -> tuple[Match, ...]:
        return tuple(match for match in self.matches if match.intent == intent)


@dataclass(frozen=True, slots=True)
class ReplyContext:
    """What is known about the conversation before the message is read."""

    has_future_appointment: bool = False
    # The number is opted out now: a bare YES in this thread subscribes it again (R-A54, R-A83).
    is_opted_out: bool = False
    language: str = ""


NO_CONTEXT: Final = ReplyContext()
