"""Every rule for one patient, with every step it took."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from rebook.core.chart import Chart

from .chart_as_of import ChartAsOf, chart_as_of
from .definition import GapDefinition
from .finding import GapFinding, Step
from .interval import judge_intervals, snoozed
from .operational import inherited_risk, judge_broken, judge_follow_ups, judge_inactive
from .operational_pending import STILL_OWNED, judge_pending
from .rhythm import judge_rhythm
from .settings import GapSettings
from .standing import standing
from .tiers import NEW_AGAIN_AFTER_MONTHS, is_new_again, tier_of

# R-C143.
NEW_AGAIN = Step(
    "new_patient",
    None,
    f"away for over {NEW_AGAIN_AFTER_MONTHS} months: a visit for new patients, consent to be looked at again",
)


def judge(
    chart: Chart, definitions: Sequence[GapDefinition], *, as_of: date, settings: GapSettings
) -> tuple[GapFinding, ...]:
    """One finding per definition in their order, then one per event, then inactivity; open or not.

    The chart is read as it stood on ``as_of`` (see ``chart_as_of``). A patient who is deceased, merged, gone
    or excluded gets one finding per definition that says so, and nothing else is looked at.
    """
    patient = chart.patient
    seen = chart_as_of(chart, as_of=as_of, value_sets=settings.value_sets)
    tier = tier_of(seen.last_attended_on, as_of=as_of, months=settings.tiers)
    away = standing(patient, settings, as_of=as_of, seen=seen)
    classes = inherited_risk(definitions, settings)
    begun = judge_pending(chart, seen, tier, settings, as_of, classes)
    if away:
        kept = [one for one in begun if away[0] in STILL_OWNED and one.outreach == "staff"]
        return (*(_closed(patient.id, one, tier, *away) for one in definitions), *kept)
    found = judge_intervals(definitions, patient, seen, tier, settings, as_of)
    covered = frozenset(one.follow_up_id for one in found if one.is_open and one.follow_up_id is not None)
    found += judge_follow_ups(patient, seen, tier, settings, as_of, classes, covered)
    found += judge_broken(patient, seen, tier, settings, as_of, classes)
    found += begun
    has_open = any(one.is_open for one in found)
    found += judge_inactive(patient, seen, tier, settings, as_of, has_open)
    has_open = any(one.is_open for one in found)
    found += judge_rhythm(chart, seen, tier, settings, as_of, has_open)
    if snoozed(seen) is not None:
        found = [_left_alone(one, seen) for one in found]
    if is_new_again(seen.last_attended_on, as_of=as_of):
        found = [replace(one, steps=(*one.steps, NEW_AGAIN)) if one.is_open else one for one in found]
    return tuple(found)


def _left_alone(finding: GapFinding, seen: ChartAsOf) -> GapFinding:
    """Quiet for now, whatever made it: somebody said so for every reason of this patient."""
    snooze = snoozed(seen)
    if snooze is None or not finding.is_open or finding.outreach == "staff":
        return finding
    step = Step("preference", False, f"left alone until {snooze.valid_until}, as said on {snooze.made_on}")
    return replace(finding, verdict="snoozed", steps=(*finding.steps, step))


def _closed(patient_id: int, definition: GapDefinition, tier: str, verdict: str, step: Step) -> GapFinding:
    return GapFinding(
        patient_id=patient_id,
        definition_key=definition.key,
        kind=definition.kind,
        verdict=verdict,
        tier=tier,
        risk_class=definition.risk_class,
        visit_type=definition.visit_type,
        is_sensitive=bool(definition.sensitivity),
        outreach=definition.outreach,
        steps=(step,),
    )
