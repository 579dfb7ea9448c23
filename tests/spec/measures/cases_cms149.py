"""Dementia: cognition assessed within twelve months of a visit for it."""

from bundles import EXCEPTED, IN, MET, OUT, Case, cancelled, condition, observation, patient, visit

DEMENTIA = "dementia_and_mental_degenerations"
TOOL = "standardized_tools_score_for_assessment_of_cognition"


def person(*more, dementia=None):
    """Two visits in March and May, with dementia."""
    known = [condition(DEMENTIA, "2020-01-01")] if dementia is None else dementia
    return [patient("1950-01-01"), visit("office_visit"), visit("office_visit", "2026-05-01"), *known, *more]


def assessed(on="2026-03-01", code=TOOL, **elements):
    return observation(code, on, kind="screening-assessment", **{"value": 24, **elements})


CASES = [
    Case("two visits with dementia", person(), IN),
    Case("one visit", [*person()[:2], *person()[3:]], OUT),
    Case(
        "the second visit another kind",
        [*person()[:2], visit("patient_provider_interaction", "2026-06-01"), *person()[3:]],
        IN,
    ),
    Case(
        "the second visit not finished",
        [*person()[:2], visit("office_visit", "2026-06-01", status="in-progress"), *person()[3:]],
        OUT,
    ),
    Case(
        "the second visit ends after the period",
        [*person()[:2], visit("office_visit", "2026-12-31", "2027-01-01"), *person()[3:]],
        OUT,
    ),
    Case("no dementia", person(dementia=[]), OUT),
    Case("dementia inactive", person(dementia=[condition(DEMENTIA, "2020-01-01", clinical="inactive")]), OUT),
    Case("dementia relapsed", person(dementia=[condition(DEMENTIA, "2020-01-01", clinical="relapse")]), IN),
    Case("dementia unconfirmed", person(dementia=[condition(DEMENTIA, verified="unconfirmed")]), OUT),
    Case("dementia refuted", person(dementia=[condition(DEMENTIA, verified="refuted")]), OUT),
    Case("dementia provisional", person(dementia=[condition(DEMENTIA, verified="provisional")]), IN),
    Case("dementia as an encounter diagnosis", person(dementia=[condition(DEMENTIA, kind="encounter")]), IN),
    Case("dementia begun after the visits", person(dementia=[condition(DEMENTIA, "2026-06-01")]), OUT),
    Case("dementia begun before the second visit", person(dementia=[condition(DEMENTIA, "2026-04-01")]), IN),
    Case("assessed at the visit", person(assessed()), MET),
    Case("assessed otherwise", person(assessed(code="cognitive_assessment")), MET),
    Case("assessed twelve months before the first visit", person(assessed("2025-03-01")), MET),
    Case("assessed a day earlier", person(assessed("2025-02-28")), IN),
    Case("assessed on the day of the last visit, later", person(assessed("2026-05-01T18:00:00.000Z")), MET),
    Case("assessed after the last visit", person(assessed("2026-05-02")), IN),
    Case("assessed without a result", person(assessed(value=None)), IN),
    Case("assessed, preliminary", person(assessed(status="preliminary")), MET),
    Case("assessed in error", person(assessed(status="entered-in-error")), IN),
    Case("declined", person(cancelled(TOOL, why="patient_reason")), EXCEPTED),
    Case("declined another day", person(cancelled(TOOL, "2026-03-02", why="patient_reason")), IN),
    Case("not done for another reason", person(cancelled(TOOL, why="no time")), IN),
    Case(
        "declined, then assessed", person(cancelled(TOOL, why="patient_reason"), assessed("2026-05-01")), MET
    ),
]
