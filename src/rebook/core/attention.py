"""Who looks after an overdue patient: exactly one answer, and "nobody" is an alarm (promise 6).

The facts are those of one patient with at least one overdue reason to come back. What nobody would see is
looked for first, so that a running case never hides a result that waits for staff.
"""

from dataclasses import dataclass
from typing import Literal

from rebook.core.reasons import Reason

AttentionState = Literal["in_case", "with_staff", "snoozed", "resting", "waiting", "excluded", "nobody"]
STATES: tuple[AttentionState, ...] = (
    "in_case",
    "waiting",
    "resting",
    "snoozed",
    "with_staff",
    "excluded",
    "nobody",
)

# Silence after the last attempt before a case is given up (``core.outcome.CaseWindows``), and two days in
# which the pass of the day may be late.
AWAITS_ANSWER_DAYS = 30 + 2


@dataclass(frozen=True, slots=True)
class AttentionFacts:
    """What decides. ``case_arm`` is empty without an open case; ``bar`` is what bars the patient from
    campaigns ("" when nothing does)."""

    case_arm: str = ""
    campaign_state: str = ""
    case_is_paused: bool = False
    # A step has its date, or an attempt waits or is on its way.
    case_goes_on: bool = False
    # Tried lately and unanswered: the closing of cases will end it.
    case_awaits: bool = False
    # Somebody expects the patient, or did in the last two days.
    is_booked: bool = False
    # An open task of staff, or a reply that nobody has handled yet.
    has_person: bool = False
    # A hold with an end, and one without.
    is_held: bool = False
    is_held_for_good: bool = False
    is_snoozed: bool = False
    has_staff_gap: bool = False
    # Staff finished a task about it in the last two weeks, for the records may not show it yet; or will look
    # at it again on a date to come.
    staff_did_lately: bool = False
    has_message_gap: bool = True
    bar: str = ""
    is_resting: bool = False
    # What campaigns would do: looked up only where no open case, bar or rest answers before.
    fits_active: bool = False
    fits_paused: bool = False
    # Every campaign that would take the reason has already tried it.
    was_tried: bool = False


@dataclass(frozen=True, slots=True)
class Attention:
    """``reason`` is a word of its own for each way to be in the state."""

    state: AttentionState
    reason: Reason


def attention(facts: AttentionFacts) -> Attention:
    """Who looks after the patient. Total: every combination of facts has exactly one answer."""
    is_at_work = facts.has_person or facts.staff_did_lately
    if facts.has_staff_gap and not is_at_work and facts.bar not in _GONE:
        return _is("nobody", "staff_gap_without_task", "staff should settle it, and no task is open")
    if facts.case_arm:
        return _of_case(facts)
    if facts.bar in _GONE:
        return _is("excluded", facts.bar)
    if facts.is_snoozed:
        return _is("snoozed", "snoozed", "put off until a date")
    return _of_hold(facts) or _outside(facts)


_GONE = frozenset({"merged", "deceased", "left_practice", "do_not_contact"})


def _of_case(facts: AttentionFacts) -> Attention:
    if facts.case_arm == "holdout":
        return _is("in_case", "held_out", "left uncontacted for comparison, followed to the end")
    if facts.is_booked:
        return _is("in_case", "booked", "a visit is booked; the case ends with it")
    if facts.case_is_paused:
        if facts.has_person:
            return _is("in_case", "waits_for_person", "a task or reply is open")
        alone = _is("nobody", "paused_alone", "the case is paused, and no task, reply or hold is open")
        return _of_hold(facts) or alone
    if facts.campaign_state != "active":
        return _is("in_case", f"campaign_{facts.campaign_state}")
    if facts.case_goes_on:
        return _is("in_case", "under_way")
    if facts.case_awaits or facts.has_person:
        return _is("in_case", "awaits_answer")
    return _is("nobody", "stuck", "the case has no further step and does not end")


def _of_hold(facts: AttentionFacts) -> Attention | None:
    if facts.is_held_for_good and not facts.has_person:
        return _is("nobody", "held_alone", "held until somebody releases it, and no task is open")
    if not facts.is_held and not facts.is_held_for_good:
        return None
    if facts.case_arm:
        return _is("in_case", "held", "goes on when the hold ends")
    return _is("excluded", "hold", "held back until a date or a person's word")


def _outside(facts: AttentionFacts) -> Attention:
    """No case is open and nobody holds the patient back."""
    if facts.bar:
        return _is("excluded", facts.bar)
    if not facts.has_message_gap:
        if facts.has_staff_gap:
            rule = "task_open" if facts.has_person else "task_done_lately"
            return _is("with_staff", rule, "staff have it in hand")
        return _is("excluded", "at_visit", "spoken of when the patient comes")
    if facts.is_resting:
        return _is("resting", "rest_after_case", "rests after the last case")
    if facts.fits_active:
        return _is("waiting", "capacity", "comes in when there is room")
    if facts.fits_paused:
        return _is("waiting", "campaign_paused", "the campaign that takes this reason is paused")
    if facts.has_person:
        return _is("with_staff", "task_open", "a task is open")
    if facts.was_tried:
        return _is("nobody", "tried_before", "every campaign for this reason has tried once")
    return _is("nobody", "no_campaign", "no campaign takes this reason")


def _is(state: AttentionState, rule: str, detail: str = "") -> Attention:
    return Attention(state, Reason(rule, detail))
