"""In a story, too: a step under test comes as the patient's arm has it, and the story says why."""

from collections.abc import Sequence
from datetime import datetime

from rebook.core.outreach.experiment_words import tries, tries_none
from rebook.core.outreach.replay import ReplayLine
from rebook.core.outreach.values import Decision
from rebook.core.reasons import Reason

from .replay_state import CASE, Imagined
from .subject import House, PlannedContact


def waits_for_test(story: Imagined, tried: set[str], now: datetime) -> datetime | None:
    """Until when the present step waits for its arm's time; None where it may go on. Tells of the draw once.

    Whoever is in the campaign already keeps what was drawn for them; the others get what they would draw.
    """

    def judging(_: House, contacts: Sequence[PlannedContact], *, now: datetime) -> list[Decision]:
        return [story.judge(one, now=now) for one in contacts]

    case = story.case
    was_drawn = story.arms.drawn(case, story.plan)
    waits = story.arms.waits_of(
        story.house,
        [case],
        {(case.campaign_id, case.sequence_version): story.plan},
        {CASE: tried},
        story.reachable,
        story.channels,
        now=now,
        judging=judging,
    )
    found = story.arms.drawn(case, story.plan)
    if found is None:
        return None
    test, drawn = found
    of = {"place": case.position, "campaign": story.campaign.name if story.campaign else ""}
    says = tries_none(test.plan, **of) if drawn.left_out else tries(test.plan, drawn.variant, **of)  # type: ignore[arg-type]
    if was_drawn is None:
        story.tell("test", now, step=case.position, says=says)
    until = waits.get(CASE)
    if until is not None:
        reason = Reason("in_test", says)
        story.lines.append(ReplayLine(now, "deferred", case.position, reasons=(reason,), due_at=until))
    return until
