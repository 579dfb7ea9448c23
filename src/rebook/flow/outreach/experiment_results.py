"""Everything a test has to show to people. What came of it is read from its looks, never counted anew."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from rebook.analytics.experiment_chart import intervals_svg
from rebook.core.outreach.experiment import MAIN
from rebook.core.outreach.experiment_interval import wilson_at
from rebook.core.outreach.experiment_pace import Pace, weeks_to_answer
from rebook.core.outreach.experiment_received import (
    Received,
    got_of_step,
    got_of_text,
    received_by_arm,
)
from rebook.core.outreach.experiment_split import Split, split_of
from rebook.core.outreach.experiment_words import arm_words, standing
from rebook.core.outreach.sequence import from_json
from rebook.core.outreach.sequence_words import step_sentence
from rebook.records.read import campaigns as read_campaigns
from rebook.records.read import experiment_counts as counts
from rebook.records.read import experiment_received as read_received
from rebook.records.read import experiments as read
from rebook.records.read.experiment_pace import ComesBy, pace_of
from rebook.records.read.experiments import WordingTestView

from .experiment_texts import languages_stated
from .library import template_library


@dataclass(frozen=True, slots=True)
class TestResults:
    """A test as its page shows it.

    ``drawn``: arm -> (drawn, of them with their time to answer over). ``next_size``: patients for each arm at
    the next look, None when none is to come. ``warnings`` are in plain words, the gravest first.
    """

    # Not a test of ours, whatever its name says to the test runner.
    __test__ = False

    test: WordingTestView
    campaign_name: str
    title: str
    names: Mapping[str, str]
    sentence: str
    drawn: Mapping[str, tuple[int, int]]
    split: Split
    left_out: Mapping[str, int]
    next_size: int | None
    weeks: int | None
    warnings: tuple[str, ...]
    received: tuple[Received, ...] = ()

    @property
    def won(self) -> str | None:
        """The arm that the last look speaks for; None where it speaks for none."""
        if self.last is None or self.last["verdict"] not in ("better", "worse"):
            return None
        return str(self.last["variant"]) if self.last["verdict"] == "better" else MAIN

    @property
    def last(self) -> dict[str, Any] | None:
        return self.test.looks[-1] if self.test.looks else None


def results_of_campaign(*, organisation_id: int, campaign_id: int, now: datetime) -> tuple[TestResults, ...]:
    """Every test of a campaign, the newest first, without what each patient got."""
    tests = read.wording_tests(organisation_id=organisation_id, campaign_id=campaign_id)
    return tuple(_results(organisation_id, one, (), now=now) for one in tests)


def results_of_test(*, organisation_id: int, test_id: int, now: datetime) -> TestResults | None:
    """One test with everything; None when there is none."""
    test = read.wording_test(organisation_id=organisation_id, test_id=test_id)
    if test is None:
        return None
    rows = read_received.first_contacts(organisation_id=organisation_id, test=test)
    hashes = {arm: set(texts.values()) for arm, texts in test.texts.items()}
    got = (
        (
            one.variant,
            got_of_step(one, test.arms, test.plan.element) if test.arms else got_of_text(one, hashes),
        )
        for one in rows
    )
    # A test from before texts were kept cannot say which text somebody got.
    received = received_by_arm(test.plan.arms, got) if test.arms or test.texts else ()
    return _results(organisation_id, test, received, now=now)


def _results(
    organisation_id: int, test: WordingTestView, received: tuple[Received, ...], *, now: datetime
) -> TestResults:
    drawn = counts.drawn_by_arm(organisation_id=organisation_id, test=test, now=now)
    split = split_of([one for one, _ in drawn.values()])
    taken = int(test.looks[-1]["number"]) if test.looks else 0
    sizes = test.plan.look_sizes
    is_running = test.state == "running"
    weeks = None
    if is_running:
        pace = pace_of_test(organisation_id=organisation_id, test=test, now=now)
        full_at = counts.full_at(organisation_id=organisation_id, test=test)
        weeks = weeks_to_answer(
            test.plan, pace, drawn=min(split.sizes), full_for=now - full_at if full_at else None
        )
    campaign = read_campaigns.campaign(organisation_id=organisation_id, campaign_id=test.campaign_id)
    assert campaign is not None
    names = arm_words(test.plan)
    return TestResults(
        test=test,
        campaign_name=campaign.name,
        title=_title(test),
        names=names,
        sentence=standing(test.plan, test.state, test.looks, weeks),
        drawn=drawn,
        split=split,
        left_out=counts.left_out_counts(organisation_id=organisation_id, test_id=test.id),
        next_size=sizes[taken] if is_running and taken < len(sizes) else None,
        weeks=weeks,
        warnings=tuple(_warnings(organisation_id, test, split, received, names, campaign.sequence)),
        received=received,
    )


def pace_of_test(*, organisation_id: int, test: WordingTestView, now: datetime) -> Pace:
    """How many a day come by what is tested."""
    position = test.arms.position if test.arms else None
    what = ComesBy(test.campaign_id, test.template_key, test.channel, position)
    return pace_of(organisation_id=organisation_id, what=what, now=now)


def _title(test: WordingTestView) -> str:
    if test.arms is not None:
        return f"Step {test.arms.position + 1}: {step_sentence(test.arms.main)}"
    return test.template_key.replace("_", " ").capitalize()


def _warnings(
    organisation_id: int,
    test: WordingTestView,
    split: Split,
    received: tuple[Received, ...],
    names: Mapping[str, str],
    sequence: Mapping[str, Any],
) -> Iterator[str]:
    if split.is_uneven:
        sizes = " against ".join(f"{size:,}" for size in split.sizes)
        yield (
            f"The arms came out unevenly: {sizes}. Chance does that in fewer than one test in a thousand, so "
            "something loses or adds patients on one side. Believe nothing here until it is found."
        )
    if test.state == "running" and test.arms is not None and sequence:
        if not test.arms.is_of(from_json(sequence), test.arms.position):
            yield "The step was changed since the test began: nobody more is drawn. End it and state it anew."
    elif test.state == "running" and test.arms is None:
        library = template_library(organisation_id=organisation_id)
        if not languages_stated(library, test):
            yield "A text was changed since the test began: nobody more is drawn. End it and state it anew."
    for one in received:
        if one.is_thin:
            got = one.as_drawn + one.otherwise
            yield (
                f"Of \u201c{names[one.variant]}\u201d only {one.as_drawn:,} of {got:,} got what was drawn: "
                "the arms differ less than the plan says, and a difference is easily missed."
            )


def look_chart(test: WordingTestView, look: Mapping[str, Any]) -> str:
    """The arms of one look with their intervals, as wide as the look's bound, as SVG."""
    names = arm_words(test.plan)
    bound = test.plan.bounds[int(look["number"]) - 1]
    rows = []
    for count in look["counts"]:
        low, high = wilson_at(count["successes"], count["patients"], z=bound)
        rows.append((names[count["variant"]], count["successes"] / count["patients"], low, high))
    did = "Booked within 30 days" if test.plan.metric == "booked" else "Answered within 14 days"
    return intervals_svg(rows, title=did)
