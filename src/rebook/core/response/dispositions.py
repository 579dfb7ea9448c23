"""Coded results of a call and coded reasons for not returning (R-D54, R-F36, Q-19 to Q-26)."""

from dataclasses import dataclass
from typing import Final, Literal

# Barrier code -> words for people. R-F36's mix, the guides' reasons.
BARRIERS: Final[dict[str, str]] = {
    "cost": "Cost",
    "insurance": "Insurance change or doubt",
    "transport": "No way to get there",
    "schedule": "Work or school hours",
    "fear": "Fear or worry",
    "embarrassment": "Embarrassment",
    "long_waits": "Long waits",
    "hard_to_book": "Booking is difficult",
    "forgot": "Forgot to schedule",
    "feels_well": "Feels well, sees no need",
    "easier_to_delay": "Delaying is easier",
    "moved": "Moved away",
    "new_provider": "Sees somebody else now",
    "language": "Language",
    "portal": "Portal or technology",
    "childcare": "Caring for somebody",
    "health": "Too ill to come just now",
    "lost_trust": "Unhappy with earlier care",
    "bad_timing": "The reminder came at a bad time",
    "other": "Another reason",
}

CaseEffect = Literal["resume", "pause", "close"]


@dataclass(frozen=True, slots=True)
class Disposition:
    """What one result of a call does. ``outcome`` only with ``close``."""

    key: str
    label: str
    # Somebody who may speak for the patient was on the line.
    is_reached: bool = False
    # The patient said something about coming back.
    is_response: bool = False
    case: CaseEffect = "resume"
    outcome: str = ""
    # Opens this kind of task for this role, due in so many business minutes (0: at once).
    task_kind: str = ""
    task_role: str = ""
    task_minutes: int = 0
    hold: str = ""
    # What becomes of the number that was called: "" leaves it.
    contact_state: str = ""
    revokes: tuple[str, ...] = ()
    marks: Literal["", "deceased", "left_practice", "do_not_contact"] = ""
    needs: Literal["", "call_back_at", "barrier", "note"] = ""
    barrier: str = ""


def _d(key: str, label: str, **effects: object) -> tuple[str, Disposition]:
    return key, Disposition(key, label, **effects)  # type: ignore[arg-type]


DISPOSITIONS: Final[dict[str, Disposition]] = dict((
    _d("booked", "Booked", is_reached=True, is_response=True, case="pause"),
    _d("callback_requested", "Wants a call back", is_reached=True, is_response=True, case="pause",
       task_kind="call_back", task_role="front_desk", needs="call_back_at"),
    _d("left_voicemail", "Left voicemail"),
    _d("no_answer", "No answer"),
    _d("busy", "Busy"),
    _d("mailbox_full", "Mailbox full"),
    _d("third_party_answered", "Somebody else answered"),
    _d("declined", "Said no", is_reached=True, is_response=True, case="close", outcome="declined",
       needs="barrier"),
    _d("spoke_thinking", "Thinking about it", is_reached=True, is_response=True, hold="snooze"),
    _d("wrong_number", "Wrong number", contact_state="wrong_person", revokes=("sms", "phone")),
    _d("disconnected", "Number not in service", contact_state="invalid"),
    _d("fax", "Fax or modem", contact_state="invalid"),
    _d("do_not_call", "Asked not to be called", is_reached=True, is_response=True, case="close",
       outcome="opted_out", revokes=("sms", "phone")),
    _d("do_not_contact", "Asked for no contact at all", is_reached=True, is_response=True, case="close",
       outcome="opted_out", revokes=("all",), marks="do_not_contact"),
    _d("deceased", "Has died", is_reached=True, case="close", outcome="deceased", marks="deceased"),
    _d("moved", "Moved away", is_reached=True, is_response=True, case="close", outcome="moved",
       marks="left_practice", barrier="moved"),
    _d("transferred_care", "Sees somebody else now", is_reached=True, is_response=True, case="close",
       outcome="moved", marks="left_practice", barrier="new_provider"),
    _d("already_seen_elsewhere", "Had the visit elsewhere", is_reached=True, is_response=True, case="pause",
       hold="data_quality", task_kind="data_quality", task_role="front_desk", task_minutes=1080),
    _d("language_barrier", "Needs an interpreter", is_reached=True, case="pause", task_kind="call_back",
       task_role="coordinator", task_minutes=540, barrier="language"),
    _d("hearing_relay", "Needs relay or text", is_reached=True, case="pause", task_kind="call_back",
       task_role="coordinator", task_minutes=540),
    _d("clinical_question_escalated", "Clinical question", is_reached=True, is_response=True, case="pause",
       hold="clinical_review", task_kind="clinical_question", task_role="clinician", task_minutes=60),
    _d("emergency_escalated", "Emergency", is_reached=True, is_response=True, case="pause",
       hold="red_flag", task_kind="safety", task_role="clinician"),
    _d("cost_question", "Asks about cost", is_reached=True, is_response=True, case="pause",
       task_kind="billing", task_role="front_desk", task_minutes=240, barrier="cost"),
    _d("insurance_changed", "Insurance changed", is_reached=True, is_response=True, case="pause",
       task_kind="billing", task_role="front_desk", task_minutes=240, barrier="insurance"),
    _d("transport", "No way to get here", is_reached=True, is_response=True, case="pause",
       task_kind="call_back", task_role="coordinator", task_minutes=540, barrier="transport"),
    _d("complaint", "Complaint", is_reached=True, is_response=True, case="pause", hold="complaint",
       task_kind="complaint", task_role="manager", task_minutes=240, barrier="lost_trust"),
    # Results of tasks that are no calls.
    _d("answered", "Answered", is_response=True),
    _d("nothing_to_do", "Nothing to do"),
    _d("record_corrected", "Record corrected"),
    # What came of something begun and not finished.
    _d("settled", "It is settled"),
    _d("look_again", "Not settled: look again", needs="call_back_at"),
    _d("opt_out_confirmed", "Meant the messages", is_reached=True),
    _d("opt_out_not_meant", "Did not mean the messages", is_reached=True, needs="note"),
))  # fmt: skip


def may_settle(*, is_begun: bool, owner_role: str, is_clinician: bool) -> bool:
    """Whether a word ends a task: only of something begun, and a clinician's task by a clinician (R-C120)."""
    return is_begun and (is_clinician or owner_role != "clinician")


def disposition(key: str) -> Disposition:
    """The disposition named ``key``. Raises ``KeyError``."""
    return DISPOSITIONS[key]
