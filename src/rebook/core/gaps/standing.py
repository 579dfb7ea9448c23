"""What ends every question at once: whom no rule may bring back (R-A157, R-C147)."""

from datetime import date

from rebook.core.chart import PatientRecord

from .chart_as_of import ChartAsOf
from .finding import Step
from .settings import GapSettings


def standing(
    patient: PatientRecord, settings: GapSettings, *, as_of: date, seen: ChartAsOf | None = None
) -> tuple[str, Step] | None:
    """(verdict, step) when the patient is deceased, merged, gone or excluded on ``as_of``; else None.

    A death or departure dated after ``as_of`` had not happened yet; without a date it always counts. Who was
    seen after a recorded death stays set aside until somebody mends the record: the step says so.
    """
    if patient.is_deceased and (patient.deceased_on is None or patient.deceased_on <= as_of):
        when = f" on {patient.deceased_on}" if patient.deceased_on else ", date unknown"
        last_on = seen.last_attended_on if seen else None
        if patient.deceased_on and last_on and last_on > patient.deceased_on:
            when += f", yet seen on {last_on}: the record contradicts itself, a person must look"
        return "deceased", Step("standing", False, f"deceased{when}")
    if patient.merged_into_id is not None:
        return "merged", Step("standing", False, f"merged into patient {patient.merged_into_id}")
    if patient.left_practice_on is not None and patient.left_practice_on <= as_of:
        return "left_practice", Step("standing", False, f"left the practice on {patient.left_practice_on}")
    words = sorted(settings.excluded_words.intersection(patient.exclusions))
    if words:
        return "excluded", Step("standing", False, f"excluded from all recall: {', '.join(words)}")
    barred = seen.preferences.get(("no_recall", "")) if seen else None
    if barred is not None:
        return "no_recall", Step(
            "standing", False, f"not to be recalled for anything, since {barred.made_on}"
        )
    return None
