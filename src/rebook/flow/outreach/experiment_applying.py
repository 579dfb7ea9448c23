"""The winner of a test of a step becomes a new version of the sequence, with its effect said before.

A person applies it. Open cases move to the new version, or stay on theirs.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction

from rebook.core.outreach.experiment import MAIN
from rebook.core.outreach.experiment_steps import with_step
from rebook.core.outreach.sequence import Sequence as ContactPlan
from rebook.core.outreach.sequence import from_json
from rebook.core.outreach.sequence_move import MoveEffect, effect_of, move_case
from rebook.core.outreach.sequence_words import sequence_name, step_sentence
from rebook.core.reasons import Reason
from rebook.records.read import campaigns as read_campaigns
from rebook.records.read import experiments as read
from rebook.records.read import sequences as read_sequences
from rebook.records.read.campaigns import CampaignView
from rebook.records.read.experiments import WordingTestView
from rebook.records.write import experiments as write

from .experiments import UnableToTest, locked, note
from .sequences import (
    LONGEST_TITLE,
    OWN,
    UnableToSave,
    change_sequence,
    clone_sequence,
    own_sequence,
    publish_sequence,
    sequence_file,
)
from .sequences_moving import change_plan

DECIDED = ("found", "ended")


@dataclass(frozen=True, slots=True)
class WinnerEffect:
    """What applying an arm would do: the step before and after, and what becomes of the open cases.

    ``makes_own``: the campaign runs by a shipped sequence, so one of the practice's own is made from it.
    """

    test: WordingTestView
    variant: str
    campaign_name: str
    title: str
    before: str
    after: str
    makes_own: bool
    effect: MoveEffect


def preview_winner(*, organisation_id: int, test_id: int, variant: str) -> WinnerEffect:
    """What applying ``variant`` would do now. Writes nothing. Raises ``UnableToTest``."""
    test, campaign, old, new = _plans(organisation_id, test_id, variant)
    assert test.arms
    cases = read_sequences.standing_cases(organisation_id=organisation_id, campaign_id=campaign.id)
    moves = ((move_case(old, new, position=one.position), one.risk_class) for one in cases)
    return WinnerEffect(
        test=test,
        variant=variant,
        campaign_name=campaign.name,
        title=sequence_name(old),
        before=step_sentence(old.steps[test.arms.position]),
        after=step_sentence(new.steps[test.arms.position]),
        makes_own=not campaign.sequence_key.startswith(OWN),
        effect=effect_of(moves),
    )


def _plans(
    organisation_id: int, test_id: int, variant: str
) -> tuple[WordingTestView, CampaignView, ContactPlan, ContactPlan]:
    """(test, campaign, its plan as it is, the plan with the arm's step). Raises ``UnableToTest``."""
    test = read.wording_test(organisation_id=organisation_id, test_id=test_id)
    if test is None or test.arms is None:
        raise UnableToTest((Reason("no_test", "there is no such test of a step"),))
    if test.state not in DECIDED:
        raise UnableToTest((Reason("wrong_state", f"the test is {test.state}"),))
    if variant not in test.plan.arms:
        raise UnableToTest((Reason("no_variant", f"the test has no arm '{variant}'"),))
    campaign = read_campaigns.campaign(organisation_id=organisation_id, campaign_id=test.campaign_id)
    if campaign is None or campaign.state not in ("active", "paused"):
        raise UnableToTest((Reason("no_campaign", "the campaign is over: nothing is left to apply"),))
    old = from_json(campaign.sequence)
    position = test.arms.position
    new = with_step(old, test.arms.steps[variant], position) if position < len(old.steps) else old
    if not test.arms.is_of(old, position) and old != new:
        raise UnableToTest(
            (Reason("plan_changed", "the step was changed since it was tested: change the sequence by hand"),)
        )
    return test, campaign, old, new


def apply_winner(
    *,
    organisation_id: int,
    test_id: int,
    variant: str,
    moves_open_cases: bool,
    expected: str | None = None,
    now: datetime,
    actor: str,
) -> MoveEffect:
    """A person says which arm is the plan from now on; what became of the open cases.

    ``expected``: the ``stamp`` of the effect that was shown. Raises ``UnableToTest``. Asked again after it
    broke off half-way it goes on where it stood: what is published already is not published twice.
    """
    test, campaign, old, new = _plans(organisation_id, test_id, variant)
    effect = effect_of(())
    if variant != MAIN and old != new:
        try:
            key = _published(organisation_id, campaign, test, new, variant, now=now, actor=actor)
            effect = change_plan(
                organisation_id=organisation_id,
                campaign_id=campaign.id,
                key=key,
                moves_open_cases=moves_open_cases,
                expected=expected,
                now=now,
                actor=actor,
            )
        except UnableToSave as error:
            raise UnableToTest((Reason("unable_to_save", str(error)),)) from error
    with transaction.atomic(durable=True):
        locked(organisation_id, test_id, states=DECIDED)
        write.apply_variant(
            organisation_id=organisation_id, test_id=test_id, variant=variant, actor=actor, now=now
        )
        note(
            organisation_id,
            test_id,
            "wording_test.applied",
            now=now,
            actor=actor,
            variant=variant,
            cases=effect.cases if moves_open_cases else 0,
        )
    return effect


def _published(
    organisation_id: int,
    campaign: CampaignView,
    test: WordingTestView,
    new: ContactPlan,
    variant: str,
    *,
    now: datetime,
    actor: str,
) -> str:
    """Key of the practice's own sequence whose newest version has the arm's step."""
    assert test.arms
    key, arms = campaign.sequence_key, test.arms
    if not key.startswith(OWN):
        title = f"{sequence_name(new)}, step {arms.position + 1} tested"[:LONGEST_TITLE]
        key = clone_sequence(organisation_id=organisation_id, key=key, title=title, now=now, actor=actor)
        content = replace(new, key=key, title=title)
    else:
        published = own_sequence(organisation_id=organisation_id, key=key)
        if published is not None and published.steps == new.steps:
            return key
        file = sequence_file(organisation_id=organisation_id, key=key)
        if file is None or file.draft is not None:
            raise UnableToSave("somebody is changing this sequence: publish or drop that draft first")
        if published is None or not arms.is_of(published, arms.position):
            raise UnableToSave("the published sequence has another step there: change it by hand")
        content = with_step(published, arms.steps[variant], arms.position)
    change_sequence(organisation_id=organisation_id, key=key, change=lambda _: content, now=now, actor=actor)
    publish_sequence(organisation_id=organisation_id, key=key, now=now, actor=actor)
    return key
