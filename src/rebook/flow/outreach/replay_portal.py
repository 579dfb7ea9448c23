"""In a story, too: a portal message that nobody opens for a week leaves the word to the next way (R-D61)."""

from datetime import datetime

from rebook.core.channel import TellsOfReading
from rebook.core.outreach.replay import ImaginedAttempt
from rebook.core.reasons import Reason

from .portal_reading import UNREAD_AFTER
from .portal_unread import PORTAL, way_left
from .replay_state import Imagined


def unread_at(story: Imagined, now: datetime) -> datetime | None:
    """When the next unread message is given up; None without one, and while the case rests."""
    if story.outcome or story.pause_reason or story.has_booked:
        return None
    found = [one.sent_at + UNREAD_AFTER for one in _waiting(story) if one.sent_at]
    return max(min(found), now) if found else None


def leave_unread(story: Imagined, now: datetime) -> None:
    """Unread for a week: the step's next way, or the next step now, as ``portal_unread.go_on`` has it."""
    for attempt in _waiting(story):
        if attempt.sent_at is None or attempt.sent_at + UNREAD_AFTER > now:
            continue
        attempt.is_given_up = True
        case = story.case
        if case.step_index != attempt.step_index + 1:
            continue
        back = case._replace(step_index=attempt.step_index, position=attempt.place)
        tried = {*story.tried.get(attempt.step_index, ()), PORTAL}
        step = story.plan.steps[attempt.place]
        if way_left(story.house, back, step, story.reachable, story.channels, tried, now=now):
            story.case, story.next_step_at = back, now
            _tell(story, attempt, "the next way of this step is taken", now)
        elif story.next_step_at is not None:
            story.next_step_at = min(story.next_step_at, now)
            _tell(story, attempt, "the next step comes now", now)


def _tell(story: Imagined, attempt: ImaginedAttempt, what: str, now: datetime) -> None:
    says = f"nobody has opened it for {UNREAD_AFTER.days} days: {what}"
    story.tell("unread", now, attempt=attempt, reasons=(Reason("portal_unread", says),), says=says)


def _waiting(story: Imagined) -> list[ImaginedAttempt]:
    """Messages in a portal that tells what was read, not known to be read."""
    if not isinstance(story.channels.get(PORTAL), TellsOfReading):
        return []
    return [
        one
        for one in story.attempts
        if one.channel == PORTAL and one.state == "sent" and not (one.was_read or one.is_given_up)
    ]
