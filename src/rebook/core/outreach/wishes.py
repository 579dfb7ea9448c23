"""What a patient asked for goes before what the plan says, and is told (R-C146, Q-61, Q-168)."""

from datetime import datetime

from rebook.core.outreach.day_part import wished_from
from rebook.core.outreach.sequence import Step
from rebook.core.outreach.sequence_effort import SAME_DAY_CLASS
from rebook.core.outreach.sequence_words import CHANNEL_WORDS
from rebook.core.reasons import Reason

RULE = "patient_wish"
PART_WORDS = {"morning": "in the morning", "afternoon": "in the afternoon", "evening": "in the evening"}


def wish_for(step: Step, *, wish: str, risk_class: int) -> str:
    """The part of the day to keep to at this step; "" where it may not wait for one.

    A call that is part of the care of class 4 is made the same day (R-C5), whatever the hour asked for.
    """
    must_not_wait = step.channel == "phone" and not step.preference_may_replace
    return "" if must_not_wait and risk_class >= SAME_DAY_CLASS else wish


def waits_for_wish(at: datetime, *, wish: str, zone: str) -> Reason | None:
    """Why a contact due at ``at`` (aware) waits; None where it lies in the part of the day asked for."""
    if wished_from(at, wish=wish, zone=zone) <= at:
        return None
    return Reason(RULE, f"they asked to be contacted {PART_WORDS[wish]}")


def wishes_kept(
    step: Step, *, channel: str, preferred: str, wish: str, language: str, default_language: str
) -> tuple[Reason, ...]:
    """What of this contact is as the patient asked and not as the plan says."""
    said = []
    if channel == preferred and channel != step.channel:
        said.append(f"{CHANNEL_WORDS[channel]} instead of {CHANNEL_WORDS[step.channel]}, as they asked")
    elif preferred and channel != preferred and not step.preference_may_replace:
        said.append(f"{CHANNEL_WORDS[channel]} whatever they prefer: it is part of the care")
    if wish in PART_WORDS:
        said.append(f"{PART_WORDS[wish]}, as they asked")
    if language != default_language:
        said.append(f"in their language ({language})")
    return tuple(Reason(RULE, one) for one in said)
