"""Tests on wording: a person states them and applies the winner; the rule says when one may look."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from rebook.accounts import audit
from rebook.core.outreach.experiment import (
    MAIN,
    Element,
    LookResult,
    Metric,
    TestPlan,
    arm_of,
    due_look,
    judge,
    plan_as_json,
    plan_test,
)
from rebook.core.outreach.experiment_text import reasons_against
from rebook.core.reasons import Reason
from rebook.records.read import campaigns as read_campaigns
from rebook.records.read import experiments as read
from rebook.records.read.experiments import WordingTestView
from rebook.records.write import alarms
from rebook.records.write import experiments as write
from rebook.records.write.planning import DueCase

from .library import TemplateLibrary, template_library

ALARM = "wording_test_found"


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


@dataclass(frozen=True, slots=True)
class TestableText:
    """A text of the library that has test arms, with the languages in which every one has words."""

    # Not a test of ours, whatever its name says to the test runner.
    __test__ = False

    template_key: str
    channel: str
    variants: tuple[str, ...]
    languages: tuple[str, ...]


def testable_texts(*, organisation_id: int) -> tuple[TestableText, ...]:
    """Every text with at least one arm beside the main one."""
    library = template_library(organisation_id=organisation_id)
    found: dict[tuple[str, str], dict[str, set[str]]] = {}
    for key, channel, language, variant in library.every():
        if variant and library.find(key, channel, language):
            found.setdefault((key, channel), {}).setdefault(variant, set()).add(language)
    return tuple(
        TestableText(key, channel, tuple(sorted(arms)), tuple(sorted(set.intersection(*arms.values()))))
        for (key, channel), arms in sorted(found.items())
    )


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
            actor=actor,
            now=now,
        )
        _note(organisation_id, test_id, "wording_test.started", now=now, actor=actor)
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
    languages = _languages(library, template_key, channel, plan.variants)
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


def _languages(
    library: TemplateLibrary, template_key: str, channel: str, variants: Iterable[str]
) -> tuple[str, ...]:
    """Languages in which the main text and every variant have words: others are not drawn."""
    return tuple(
        language
        for language in library.languages()
        if all(library.find(template_key, channel, language, name) for name in (MAIN, *variants))
    )


class Arms:
    """The arms of the cases of one planning batch: read once, drawn where needed, kept at the end."""

    def __init__(self, *, organisation_id: int, cases: Sequence[DueCase]) -> None:
        self._organisation_id = organisation_id
        tests = read.wording_tests(organisation_id=organisation_id, states=["running", "found", "applied"])
        # The newest word on a text counts.
        self._tests = {(one.campaign_id, one.template_key, one.channel): one for one in reversed(tests)}
        ids = [one.id for one in cases] if tests else []
        self._assigned = read.assigned(organisation_id=organisation_id, case_ids=ids) if ids else {}
        self._drawn: dict[tuple[int, int], str] = {}
        self._library = template_library(organisation_id=organisation_id) if tests else None

    def variant(self, case: DueCase, *, template_key: str, channel: str, language: str) -> str:
        """The arm whose text this case gets; "" is the main one."""
        test = self._tests.get((case.campaign_id, template_key, channel))
        if test is None or self._library is None:
            return MAIN
        if test.state == "applied":
            return test.applied_variant
        place = (test.id, case.id)
        kept = self._assigned.get(place, self._drawn.get(place))
        if kept is not None:
            return kept
        if test.state != "running" or language not in _languages(
            self._library, template_key, channel, test.plan.variants
        ):
            return MAIN
        unit = case.household_key or f"patient:{case.patient_id}"
        self._drawn[place] = arm_of(unit, plan=test.plan, salt=f"{self._organisation_id}:{test.id}")
        return self._drawn[place]

    def keep(self, *, now: datetime) -> None:
        """Write down what was drawn, in the transaction in which the attempts are planned."""
        arms = [(test, case, arm) for (test, case), arm in self._drawn.items()]
        if arms:
            write.keep_arms(organisation_id=self._organisation_id, arms=arms, now=now)


def take_looks(*, organisation_id: int, now: datetime) -> LooksSummary:
    """Take every look that is due: the only time at which rates are counted."""
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
    waiting = read.wording_tests(organisation_id=organisation_id, states=["found"])
    with transaction.atomic(durable=True):
        if waiting:
            alarms.raise_alarm(organisation_id=organisation_id, key=ALARM, owner_role="manager", now=now)
        else:
            alarms.end_alarm(organisation_id=organisation_id, key=ALARM, now=now)
    return LooksSummary(len(running), looked, found)


def _look(organisation_id: int, test: WordingTestView, *, now: datetime) -> LookResult | None:
    _, counts = read.arm_counts(organisation_id=organisation_id, test=test, now=now)
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
        _locked(organisation_id, test_id, states=("running",))
        write.end_test(organisation_id=organisation_id, test_id=test_id, now=now)
        _note(organisation_id, test_id, "wording_test.ended", now=now, actor=actor)


def apply_variant(*, organisation_id: int, test_id: int, variant: str, now: datetime, actor: str) -> None:
    """A person says which text goes out from now on, once the rule has spoken. Raises ``UnableToTest``."""
    with transaction.atomic(durable=True):
        test = _locked(organisation_id, test_id, states=("found", "ended", "applied"))
        if variant not in test.plan.arms:
            raise UnableToTest((Reason("no_variant", f"the test has no arm '{variant}'"),))
        write.apply_variant(
            organisation_id=organisation_id, test_id=test_id, variant=variant, actor=actor, now=now
        )
        _note(organisation_id, test_id, "wording_test.applied", now=now, actor=actor, variant=variant)


def _locked(organisation_id: int, test_id: int, *, states: tuple[str, ...]) -> WordingTestView:
    test = read.wording_test(organisation_id=organisation_id, test_id=test_id, for_update=True)
    if test is None:
        raise UnableToTest((Reason("no_test", "there is no such test"),))
    if test.state not in states:
        raise UnableToTest((Reason("wrong_state", f"the test is {test.state}"),))
    return test


def _note(
    organisation_id: int, test_id: int, action: str, *, now: datetime, actor: str, **detail: str
) -> None:
    audit.append(
        organisation_id=organisation_id,
        now=now,
        actor=actor,
        action=action,
        subject_kind="wording_test",
        subject_id=test_id,
        detail=detail,
    )
