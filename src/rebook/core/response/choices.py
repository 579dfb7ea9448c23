"""What a press on the patient page means, in the words of the classifier: same meaning, same effects."""

from typing import Final, Literal

from rebook.core.response.values import LEVEL_3, ORDER, Classification, Match

PatientChoice = Literal["stop", "not_now", "wrong_person", "ask_call", "moved", "question", "seen_elsewhere"]

_INTENTS: Final[dict[PatientChoice, str]] = {
    "stop": "opt_out",
    "not_now": "not_now",
    "wrong_person": "wrong_person",
    "ask_call": "call_me",
    "moved": "left_practice",
    "question": "question",
    "seen_elsewhere": "seen_elsewhere",
}


def pressed(choice: PatientChoice) -> Match:
    """The match that a press stands for. Raises ``KeyError`` for a choice that the page does not offer."""
    return Match(_INTENTS[choice], f"page.{choice}", LEVEL_3, "R-A40" if choice == "stop" else "R-E10", "")


def reading_of(choice: PatientChoice, words: Classification | None) -> Classification:
    """The press, and any danger or stop in the words that came along: they are read like any reply.

    Whoever presses stop and writes of pain or of a death is heard too, and is not asked what stop meant.
    """
    mine = pressed(choice)
    urgent = tuple(match for match in words.matches if _is_urgent(match)) if words else ()
    beside = tuple(match for match in urgent if choice != "stop" or not match.needs_confirmation)
    matches = sorted((*beside, mine), key=lambda match: ORDER[match.intent])
    return Classification(tuple(matches), words.language if words else "")


def _is_urgent(match: Match) -> bool:
    return match.level < LEVEL_3 or match.intent in ("opt_out", "deceased", "complaint")
