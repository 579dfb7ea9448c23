"""Whom a rule is for: signed, the right sex and age, what is charted; and who is left out of it.

The first test that fails ends the question. What is not known is set aside as ``unknown``, never guessed.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from rebook.core.chart import PatientRecord
from rebook.core.criteria import Expression

from .chart_as_of import ChartAsOf
from .codes import not_loaded
from .dates import add_months
from .definition import GapDefinition
from .finding import Step
from .settings import GapSettings


@dataclass(slots=True)
class Trace:
    """Steps as they are taken; ``verdict`` stays empty while nothing has failed."""

    steps: list[Step] = field(default_factory=list)
    verdict: str = ""

    def note(self, rule: str, detail: str, passed: bool | None = None) -> None:
        self.steps.append(Step(rule, passed, detail))

    def refuse(self, verdict: str, rule: str, detail: str) -> None:
        self.verdict = verdict
        self.note(rule, detail, False)


def look_at(
    definition: GapDefinition, patient: PatientRecord, seen: ChartAsOf, settings: GapSettings, as_of: date
) -> Trace:
    """The steps up to the first refusal; without a ``verdict`` the rule applies to the patient."""
    trace = Trace()
    _sign_off(definition, settings, trace)
    if not trace.verdict and definition.blocks_unsigned:
        _codes(definition, settings, trace)
    if not trace.verdict and definition.sexes:
        _sex(definition, patient, trace)
    if not trace.verdict and (definition.min_age is not None or definition.max_age is not None):
        _age(definition, patient, as_of, trace)
    if not trace.verdict:
        _charted(trace, "condition", definition.conditions, definition.none_of_conditions, seen.conditions)
    if not trace.verdict:
        _charted(
            trace, "medication", definition.medications, definition.none_of_medications, seen.medications
        )
    if not trace.verdict and definition.eligible_when is not None:
        _eligible_when(definition.eligible_when, seen, trace)
    if not trace.verdict:
        _excluded(definition, patient, seen, trace)
    if not trace.verdict and definition.excluded_when is not None:
        _excluded_when(definition.excluded_when, seen, trace)
    return trace


def superseded_by(definitions: Sequence[GapDefinition], applying: Collection[str]) -> Mapping[str, str]:
    """Key of every rule that gives way to the key of the one that takes its place.

    ``applying``: keys of the rules whose patient this is, whether they give way themselves or not.
    """
    found: dict[str, str] = {}
    for one in definitions:
        if one.supersedes and one.key in applying:
            for key in one.supersedes:
                found.setdefault(key, one.key)
    return found


def _sign_off(definition: GapDefinition, settings: GapSettings, trace: Trace) -> None:
    # The hash is worked out only where there is a signature to compare it with.
    if definition.signed_off_by or (
        settings.signed and settings.is_signed(definition.key, definition.content_hash)
    ):
        trace.note("sign_off", "signed off by a clinician", True)
    elif definition.blocks_unsigned:
        trace.refuse("unsigned", "sign_off", "not signed off by a clinician")
    else:
        trace.note("sign_off", "not signed off by a clinician")


def _codes(definition: GapDefinition, settings: GapSettings, trace: Trace) -> None:
    """A grave rule does not run at all while anything it asks for is not loaded."""
    missing = not_loaded(definition.expressions, settings.value_sets)
    if missing:
        trace.refuse("unknown", "value_sets", "; ".join(missing))


def _sex(definition: GapDefinition, patient: PatientRecord, trace: Trace) -> None:
    wanted = " or ".join(definition.sexes)
    if patient.sex in definition.sexes:
        trace.note("sex", patient.sex, True)
    elif patient.sex in ("unknown", "other"):
        trace.refuse("unknown", "sex", f"for {wanted}; recorded as {patient.sex}, set aside")
    else:
        trace.refuse("not_eligible", "sex", f"for {wanted}, not {patient.sex}")


def _age(definition: GapDefinition, patient: PatientRecord, as_of: date, trace: Trace) -> None:
    low, high = definition.min_age, definition.max_age
    bounds = f"{low or 0} to {high}" if high is not None else f"{low} and over"
    if patient.birth_on is None:
        trace.refuse("unknown", "age", f"for ages {bounds}; birth date unknown, set aside")
        return
    too_young = low is not None and as_of < add_months(patient.birth_on, 12 * low)
    too_old = high is not None and as_of >= add_months(patient.birth_on, 12 * (high + 1))
    said = f"born {patient.birth_on}; for ages {bounds}"
    if too_young or too_old:
        trace.refuse("not_eligible", "age", said)
    else:
        trace.note("age", said, True)


def _charted(
    trace: Trace, rule: str, wanted: Sequence[str], barred: Sequence[str], known: Collection[str]
) -> None:
    if wanted:
        running = next((one for one in wanted if one in known), None)
        if running is None:
            trace.refuse("not_eligible", rule, f"for patients with {' or '.join(wanted)}; not charted")
            return
        trace.note(rule, f"{running} is charted", True)
    for one in barred:
        if one in known:
            trace.refuse("not_eligible", rule, f"not for patients with {one}")
            return


def _excluded(definition: GapDefinition, patient: PatientRecord, seen: ChartAsOf, trace: Trace) -> None:
    reasons = [
        *(one for one in definition.exclusion_words if one in patient.exclusions),
        *(f"had {one}" for one in definition.exclusion_procedures if one in seen.procedures),
        *(f"had {one}" for one in definition.exclusion_conditions if one in seen.conditions_ever),
    ]
    if reasons:
        trace.refuse("excluded", "exclusion", f"excluded: {', '.join(reasons)}")


def _eligible_when(expression: Expression, seen: ChartAsOf, trace: Trace) -> None:
    answer, detail = seen.asked.holds(expression) if seen.asked else (None, "")
    if answer:
        trace.note("eligible_when", detail, True)
    else:
        trace.refuse("unknown" if answer is None else "not_eligible", "eligible_when", detail)


def _excluded_when(expression: Expression, seen: ChartAsOf, trace: Trace) -> None:
    answer, detail = seen.asked.holds(expression) if seen.asked else (None, "")
    if answer is not False:
        trace.refuse("unknown" if answer is None else "excluded", "excluded_when", detail)


def look_at_preferences(definition: GapDefinition, seen: ChartAsOf, trace: Trace) -> None:
    """Refuse where it was settled that the patient is not to be recalled for this."""
    barred = seen.preferences.get(("no_recall", definition.key)) if seen.preferences else None
    if barred is not None:
        trace.refuse("no_recall", "preference", f"not to be recalled for this, since {barred.made_on}")
