"""Who gets which arm of a running test: drawn when the step falls due, kept with the attempts it leads to."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from rebook.core.channel import Channel
from rebook.core.outreach.experiment import MAIN, NEVER_FROM_CLASS, arm_of
from rebook.core.outreach.experiment_steps import arm_due_at, was_brought_forward, with_step
from rebook.core.outreach.sequence import Sequence as ContactPlan
from rebook.core.outreach.sequence_when import unmet
from rebook.records.read import experiments as read
from rebook.records.read.experiments import Drawn, WordingTestView
from rebook.records.write import experiments as write
from rebook.records.write import outreach as write_cases
from rebook.records.write.experiments import NewArm
from rebook.records.write.outreach import CaseStep
from rebook.records.write.planning import DueCase, ReachableBy

from .experiment_permitted import Judging, left_out_of_step
from .experiment_texts import languages_stated
from .library import template_library
from .sequences_running import days_off, so_far_of
from .subject import House, judge

Reachable = Mapping[int, Sequence[ReachableBy]]
OVER = "over"


class Arms:
    """The arms of the cases of one planning batch: read once, drawn where needed, kept at the end.

    ``as_case``: whoever is asked about is only imagined, and keeps what this case of the ledger has drawn.
    """

    def __init__(self, *, organisation_id: int, cases: Sequence[DueCase], as_case: int = 0) -> None:
        self._organisation_id = organisation_id
        tests = read.wording_tests(organisation_id=organisation_id)
        of_texts = [one for one in tests if one.arms is None and one.state != "ended"]
        # The newest word on a text counts.
        self._of_text = {(one.campaign_id, one.template_key, one.channel): one for one in reversed(of_texts)}
        self._of_steps = [one for one in tests if one.arms is not None and one.state != "applied"]
        ids = [one.id for one in cases] if tests else []
        self._assigned = read.assigned(organisation_id=organisation_id, case_ids=ids) if ids else {}
        drawn = read.assigned(organisation_id=organisation_id, case_ids=[as_case]) if as_case else {}
        self._drawn_before = {test: one for (test, _), one in drawn.items()}
        self._units: dict[int, str] = {}
        self._new: dict[tuple[int, int], Drawn] = {}
        self._stated: dict[int, tuple[str, ...]] = {}
        self._library = template_library(organisation_id=organisation_id) if of_texts else None

    def variant(self, case: DueCase, *, template_key: str, channel: str, language: str) -> str:
        """The arm whose text this case gets; "" is the main one."""
        test = self._of_text.get((case.campaign_id, template_key, channel))
        if test is None or self._library is None:
            return MAIN
        if test.state == "applied":
            return test.applied_variant
        known = self._known(test, case)
        if known is not None:
            return MAIN if known.left_out else known.variant
        if test.state != "running" or not (languages := self._languages(test)):
            return MAIN
        left_out = "grave" if case.risk_class >= NEVER_FROM_CLASS else ""
        if language not in languages:
            left_out = left_out or "language"
        return self._draw(test, case, left_out=left_out).variant

    def plan_of(self, case: DueCase, plan: ContactPlan) -> ContactPlan:
        """The plan as this case goes through it: its arm's step now, the next at the first time of any."""
        test = self._of_step(case.campaign_id, plan, case.position)
        known = self._known(test, case) if test and test.state != "ended" else None
        if test and test.arms and known and not known.left_out:
            plan = with_step(plan, test.arms.steps[known.variant], case.position)
        return self.earliest(case.campaign_id, plan, position=case.position + 1)

    def earliest(self, campaign_id: int, plan: ContactPlan, *, position: int) -> ContactPlan:
        """The plan with the step at ``position`` at the first time of any arm, where it is under test."""
        test = self._of_step(campaign_id, plan, position)
        if test is None or test.arms is None or test.state != "running":
            return plan
        return with_step(plan, test.arms.earliest, position)

    def due_now(
        self,
        house: House,
        cases: Sequence[DueCase],
        plans: Mapping[tuple[int, int], ContactPlan],
        tried: Mapping[int, set[str]],
        reachable: Reachable,
        channels: Mapping[str, Channel],
        *,
        now: datetime,
    ) -> list[DueCase]:
        """Draw for the steps under test. The cases to go on with: the others wait for their arm's time."""
        waits = self.waits_of(house, cases, plans, tried, reachable, channels, now=now)
        held = [CaseStep(one.id, one.step_index, waits[one.id]) for one in cases if one.id in waits]
        write_cases.move_cases(organisation_id=self._organisation_id, steps=held)
        return [one for one in cases if one.id not in waits]

    def waits_of(
        self,
        house: House,
        cases: Sequence[DueCase],
        plans: Mapping[tuple[int, int], ContactPlan],
        tried: Mapping[int, set[str]],
        reachable: Reachable,
        channels: Mapping[str, Channel],
        *,
        now: datetime,
        judging: Judging = judge,
    ) -> dict[int, datetime]:
        """Draw for the steps under test; until when a case waits for its arm's time. Writes nothing."""
        asked = [
            (case, plan, test)
            for case in cases
            if (plan := plans[case.campaign_id, case.sequence_version])
            and (test := self._of_step(case.campaign_id, plan, case.position))
            and not tried.get(case.id)
            and unmet(plan.steps[case.position].when, so_far_of(case)) is None
        ]
        fresh = [one for one in asked if self._known(one[2], one[0]) is None and one[2].state == "running"]
        left_out = left_out_of_step(house, fresh, reachable, channels, now=now, judging=judging)
        waits: dict[int, datetime] = {}
        for case, plan, test in asked:
            known = self._known(test, case) or self._draw_step(
                house, case, plan, test, left_out=left_out.get(case.id, ""), now=now
            )
            if known is not None and known.due_at is not None and known.due_at > now:
                waits[case.id] = known.due_at
        return waits

    def drawn(self, case: DueCase, plan: ContactPlan) -> tuple[WordingTestView, Drawn] | None:
        """The test of the case's present step with what was drawn; None where there is none, or not yet."""
        test = self._of_step(case.campaign_id, plan, case.position)
        found = self._known(test, case) if test else None
        return (test, found) if test and found else None

    def keep(self, *, now: datetime) -> None:
        """Write down what was drawn, in the transaction in which the attempts are planned."""
        rows = [NewArm(test, case, self._units[case], *drawn) for (test, case), drawn in self._new.items()]
        if rows:
            write.keep_arms(organisation_id=self._organisation_id, arms=rows, now=now)

    def _languages(self, test: WordingTestView) -> tuple[str, ...]:
        if test.id not in self._stated and self._library is not None:
            self._stated[test.id] = languages_stated(self._library, test)
        return self._stated[test.id]

    def _of_step(self, campaign_id: int, plan: ContactPlan, position: int) -> WordingTestView | None:
        """The newest test of a step of this campaign that the plan still has."""
        return next(
            (
                one
                for one in self._of_steps
                if one.campaign_id == campaign_id and one.arms and one.arms.is_of(plan, position)
            ),
            None,
        )

    def _known(self, test: WordingTestView, case: DueCase) -> Drawn | None:
        place = (test.id, case.id)
        found = self._assigned.get(place) or self._new.get(place)
        # Of a step the arm's time is worked out anew when it falls due in the story.
        return found or (self._drawn_before.get(test.id) if test.arms is None else None)

    def _draw_step(
        self,
        house: House,
        case: DueCase,
        plan: ContactPlan,
        test: WordingTestView,
        *,
        left_out: str,
        now: datetime,
    ) -> Drawn | None:
        """The draw, with the arm's time. Whoever is in no test waits for the time of the plan itself."""
        assert test.arms
        zone = case.time_zone or house.zone_of(case.home_location_id or case.location_id)
        off = days_off(house, case.home_location_id or case.location_id, now=now)
        if test.state != "running":
            ended_at = test.ended_at or now
            if not was_brought_forward(test.arms, ended_at=ended_at, now=now, zone=zone):
                return None
            left_out = OVER
        before = self._drawn_before.get(test.id)
        left_out = before.left_out if before else left_out
        name = MAIN if left_out else before.variant if before else self._arm(test, case)
        due = arm_due_at(plan, test.arms, name, now=now, zone=zone, holidays=off)
        return self._draw(test, case, left_out=left_out, due_at=due, variant=name)

    def _draw(
        self,
        test: WordingTestView,
        case: DueCase,
        *,
        left_out: str,
        due_at: datetime | None = None,
        variant: str | None = None,
    ) -> Drawn:
        step_index = case.step_index if test.arms else None
        self._units[case.id] = _unit(case)
        if variant is None:
            variant = MAIN if left_out else self._arm(test, case)
        drawn = self._new[test.id, case.id] = Drawn(variant, left_out, step_index, due_at)
        return drawn

    def _arm(self, test: WordingTestView, case: DueCase) -> str:
        return arm_of(_unit(case), plan=test.plan, salt=f"{self._organisation_id}:{test.id}")


def _unit(case: DueCase) -> str:
    return case.household_key or f"patient:{case.patient_id}"
