"""Every rule for one patient, with every step it took."""

from collections.abc import Sequence
from datetime import date

from rebook.core.chart import Chart

from .chart_as_of import chart_as_of
from .definition import GapDefinition
from .finding import GapFinding, Step
from .interval import judge_interval
from .operational import inherited_risk, judge_broken, judge_follow_ups, judge_inactive
from .settings import GapSettings
from .standing import standing
from .tiers import tier_of


def judge(
    chart: Chart, definitions: Sequence[GapDefinition], *, as_of: date, settings: GapSettings
) -> tuple[GapFinding, ...]:
    """One finding per definition in their order, then one per event, then inactivity; open or not.

    The chart is read as it stood on ``as_of`` (see ``chart_as_of``). A patient who is deceased, merged, gone
    or excluded gets one finding per definition that says so, and nothing else is looked at.
    """
    patient = chart.patient
    seen = chart_as_of(chart, as_of=as_of)
    tier = tier_of(seen.last_attended_on, as_of=as_of)
    away = standing(patient, settings, as_of=as_of)
    if away:
        return tuple(_closed(patient.id, one, tier, *away) for one in definitions)
    classes = inherited_risk(definitions)
    found = [judge_interval(one, patient, seen, tier, settings, as_of) for one in definitions]
    covered = frozenset(one.follow_up_id for one in found if one.is_open and one.follow_up_id is not None)
    found += judge_follow_ups(patient, seen, tier, settings, as_of, classes, covered)
    found += judge_broken(patient, seen, tier, settings, as_of, classes)
    has_open = any(one.is_open for one in found)
    found += judge_inactive(patient, seen, tier, settings, as_of, has_open)
    return tuple(found)


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
