"""Tests on wording: a person states them and applies the winner; the rule says when one may look.

Tests of a step are stated in ``experiment_steps`` and applied in ``experiment_applying``; looked at here.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from rebook.accounts import audit
from rebook.core.outreach.experiment import (
    Element,
    LookResult,
    Metric,
    TestPlan,
    due_look,
    judge,
    plan_as_json,
    plan_test,
)
from rebook.core.outreach.experiment_split import split_of
from rebook.core.outreach.experiment_text import reasons_against
from rebook.core.reasons import Reason
from rebook.records.read import campaigns as read_campaigns
from rebook.records.read import experiment_counts as read_counts
from rebook.records.read import experiments as read
from rebook.records.read.experiments import WordingTestView
from rebook.records.write import alarms
from rebook.records.write import experiments as write

from .experiment_texts import languages_of, texts_as_json
from .library import template_library

ALARM = "wording_test_found"
UNEVEN_ALARM = "wording_test_uneven"


@dataclass(eq=False)
class UnableToTest(Exception):
    """A test cannot be started or changed as asked; ``reasons`` say why, trying again does not help."""

    reasons: tuple[Reason, ...]
    permanent = True
    is_for_people = True

    def __str__(self) -> str:
        return "; ".join(reason.detail for reason in self.reasons)


@dataclass(frozen=True, slots=True)
class LooksSummary:
    """Of the daily look at all running tests."""

    running: int = 0
    looked: int = 0
    found: int = 0


def state_test(
    *,
    organisation_id: int,
    campaign_id: int,
    template_key: str,
    channel: str,
    element: Element,
    metric: Metric,
    variants: Sequence[str],
    baseline: float,
    effect: float,
    looks: int,
    now: datetime,
    actor: str,
) -> int:
    """State the rule and start; the test's id. Raises ``UnableToTest`` with every reason against it."""
    try:
        plan = plan_test(
            element=element, metric=metric, variants=variants, baseline=baseline, effect=effect, looks=looks
        )
    except ValueError as error:
        raise UnableToTest((Reason("bad_plan", str(error)),)) from None
    if plan.is_of_step:
        raise UnableToTest((Reason("bad_plan", "a text has no such thing to vary"),))
    library = template_library(organisation_id=organisation_id)
    with transaction.atomic(durable=True):
        against = _against(organisation_id, campaign_id, template_key, channel, plan, now=now)
        if against:
            raise UnableToTest(against)
        test_id = write.add_test(
            organisation_id=organisation_id,
            campaign_id=campaign_id,
            template_key=template_key,
            channel=channel,
            plan=plan_as_json(plan),
            content={"texts": texts_as_json(library, template_key, channel, plan.variants)},
            actor=actor,
            now=now,
        )
        note(organisation_id, test_id, "wording_test.started", now=now, actor=actor)
    return test_id


def _against(
    organisation_id: int,
    campaign_id: int,
    template_key: str,
    channel: str,
    plan: TestPlan,
    *,
    now: datetime,
) -> tuple[Reason, ...]:
    campaign = read_campaigns.campaign(
        organisation_id=organisation_id, campaign_id=campaign_id, for_update=True
    )
    if campaign is None or campaign.state not in ("draft", "active", "paused"):
        return (Reason("no_campaign", "tests run in a campaign that has not ended"),)
    under_way = read.wording_tests(
        organisation_id=organisation_id, campaign_id=campaign_id, states=["running"]
    )
    if any((one.template_key, one.channel) == (template_key, channel) for one in under_way):
        return (Reason("test_running", "this text is being tested already"),)
    library = template_library(organisation_id=organisation_id)
    languages = languages_of(library, template_key, channel, plan.variants)
    if not languages:
        return (Reason("no_variant", "no language has words for the main text and every variant"),)
    approved = read_campaigns.approved(organisation_id=organisation_id, now=now)
    found: list[Reason] = []
    for language in languages:
        main = library.find(template_key, channel, language)
        for name in plan.variants:
            variant = library.find(template_key, channel, language, name)
            assert main
            assert variant
            found += reasons_against(main, variant, element=plan.element)
            if (variant.key, language, variant.content_hash) not in approved:
                found.append(Reason("not_approved", f"variant {name} ({language}) is not signed off"))
    return tuple(dict.fromkeys(found))


def take_looks(*, organisation_id: int, now: datetime) -> LooksSummary:
    """Take every look that is due: the only time at which rates are counted. Splits are watched every day."""
    running = read.wording_tests(organisation_id=organisation_id, states=["running"])
    looked = found = 0
    for one in running:
        with transaction.atomic(durable=True):
            test = read.wording_test(organisation_id=organisation_id, test_id=one.id, for_update=True)
            if test is None or test.state != "running":
                continue
            result = _look(organisation_id, test, now=now)
            looked += result is not None
            found += result is not None and result.verdict != "go_on"
    standing = read.wording_tests(organisation_id=organisation_id, states=["running", "found"])
    _alarm(organisation_id, ALARM, any(one.state == "found" for one in standing), now=now)
    uneven = any(split_is_uneven(organisation_id=organisation_id, test=one, now=now) for one in standing)
    _alarm(organisation_id, UNEVEN_ALARM, uneven, now=now)
    return LooksSummary(len(running), looked, found)


def split_is_uneven(*, organisation_id: int, test: WordingTestView, now: datetime) -> bool:
    """Whether the arms came out so unevenly that something is wrong with the draw or the count."""
    drawn = read_counts.drawn_by_arm(organisation_id=organisation_id, test=test, now=now)
    return split_of([one for one, _ in drawn.values()]).is_uneven


def _alarm(organisation_id: int, key: str, is_on: bool, *, now: datetime) -> None:
    with transaction.atomic(durable=True):
        if is_on:
            alarms.raise_alarm(organisation_id=organisation_id, key=key, owner_role="manager", now=now)
        else:
            alarms.end_alarm(organisation_id=organisation_id, key=key, now=now)


def _look(organisation_id: int, test: WordingTestView, *, now: datetime) -> LookResult | None:
    counts = read_counts.arm_counts(organisation_id=organisation_id, test=test, now=now)
    number = due_look(test.plan, counts, taken=_taken(test))
    if number is None:
        return None
    result = judge(test.plan, counts, look=number)
    entry: dict[str, Any] = {**asdict(result), "at": now.isoformat(), "counts": [asdict(c) for c in counts]}
    write.keep_look(
        organisation_id=organisation_id,
        test_id=test.id,
        looks=[*test.looks, entry],
        is_over=result.verdict != "go_on",
        now=now,
    )
    return result


def _taken(test: WordingTestView) -> int:
    return int(test.looks[-1]["number"]) if test.looks else 0


def end_test(*, organisation_id: int, test_id: int, now: datetime, actor: str) -> None:
    """End a running test before its rule has spoken: it says nothing then. Raises ``UnableToTest``."""
    with transaction.atomic(durable=True):
        locked(organisation_id, test_id, states=("running",))
        write.end_test(organisation_id=organisation_id, test_id=test_id, now=now)
        note(organisation_id, test_id, "wording_test.ended", now=now, actor=actor)


def apply_variant(*, organisation_id: int, test_id: int, variant: str, now: datetime, actor: str) -> None:
    """A person says which text goes out from now on, once the rule has spoken. Raises ``UnableToTest``."""
    with transaction.atomic(durable=True):
        test = locked(organisation_id, test_id, states=("found", "ended", "applied"))
        if test.plan.is_of_step:
            raise UnableToTest((Reason("wrong_kind", "a step is applied with its effect on open cases"),))
        if variant not in test.plan.arms:
            raise UnableToTest((Reason("no_variant", f"the test has no arm '{variant}'"),))
        write.apply_variant(
            organisation_id=organisation_id, test_id=test_id, variant=variant, actor=actor, now=now
        )
        note(organisation_id, test_id, "wording_test.applied", now=now, actor=actor, variant=variant)


def locked(organisation_id: int, test_id: int, *, states: tuple[str, ...]) -> WordingTestView:
    """The test, locked until the transaction ends. Raises ``UnableToTest`` when it is in another state."""
    test = read.wording_test(organisation_id=organisation_id, test_id=test_id, for_update=True)
    if test is None:
        raise UnableToTest((Reason("no_test", "there is no such test"),))
    if test.state not in states:
        raise UnableToTest((Reason("wrong_state", f"the test is {test.state}"),))
    return test


def note(
    organisation_id: int, test_id: int, action: str, *, now: datetime, actor: str, **detail: str | int
) -> None:
    """A line of the audit trail about a test, inside the caller's transaction."""
    audit.append(
        organisation_id=organisation_id,
        now=now,
        actor=actor,
        action=action,
        subject_kind="wording_test",
        subject_id=test_id,
        detail=dict(detail),
    )
