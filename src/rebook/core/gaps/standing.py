"""What ends every question at once: whom no rule may bring back (R-A157, R-C147)."""

from datetime import date

from rebook.core.chart import PatientRecord

from .finding import Step
from .settings import GapSettings


def standing(patient: PatientRecord, settings: GapSettings, *, as_of: date) -> tuple[str, Step] | None:
    """(verdict, step) when the patient is deceased, merged, gone or excluded on ``as_of``; else None.

    A death or departure dated after ``as_of`` had not happened yet; without a date it always counts.
    """
    if patient.is_deceased and (patient.deceased_on is None or patient.deceased_on <= as_of):
        when = f" on {patient.deceased_on}" if patient.deceased_on else ", date unknown"
        return "deceased", Step("standing", False, f"deceased{when}")
    if patient.merged_into_id is not None:
        return "merged", Step("standing", False, f"merged into patient {patient.merged_into_id}")
    if patient.left_practice_on is not None and patient.left_practice_on <= as_of:
        return "left_practice", Step("standing", False, f"left the practice on {patient.left_practice_on}")
    words = sorted(settings.excluded_words.intersection(patient.exclusions))
    if words:
        return "excluded", Step("standing", False, f"excluded from all recall: {', '.join(words)}")
    return None
