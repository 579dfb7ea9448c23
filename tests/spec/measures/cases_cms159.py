"""Depression remission at twelve months.

The index is the first high score around a visit between 1 November 2024 and 31 October 2025; twelve months
after it, 60 days on either side, the last score decides.
"""

from bundles import EXCLUDED, IN, MET, OUT, Case, condition, observation, order, patient, procedure, visit

BORN = "1980-06-15"
VISIT = "2025-03-01"
MOOD = "major_depression_including_remission"


def score(number, on, **elements):
    return observation("phq9_and_phq9m_tools", on, kind="screening-assessment", value=number, **elements)


def depressed(*more, born=BORN, mood=None, on=VISIT):
    known = [condition(MOOD, "2024-01-01", verified="confirmed")] if mood is None else mood
    return [patient(born), visit("contact_or_office_visit", on), *known, *more]


INDEX = score(15, VISIT)


def asked(*more, **elements):
    """Index on 1 March 2025: looked at again from 31 December 2025 to 30 April 2026."""
    return depressed(INDEX, *more, **elements)


def also(code, **elements):
    return condition(code, **{"onset": "2020-01-01", "verified": "confirmed", **elements})


CASES = [
    Case("index", asked(), IN),
    Case("a score of nine is not high", depressed(score(9, VISIT)), OUT),
    Case("ten is", depressed(score(10, VISIT)), IN),
    Case("a high score preliminary", depressed(score(15, VISIT, status="preliminary")), OUT),
    Case("scored seven days before the visit", depressed(score(15, "2025-02-22")), IN),
    Case("scored eight days before", depressed(score(15, "2025-02-21")), OUT),
    Case("scored the day after", depressed(score(15, "2025-03-02")), OUT),
    Case("visit on the first day", depressed(score(15, "2024-11-01"), on="2024-11-01"), IN),
    Case("visit the day before", depressed(score(15, "2024-10-31"), on="2024-10-31"), OUT),
    Case("visit on the last day", depressed(score(15, "2025-10-31"), on="2025-10-31"), IN),
    Case("visit too late", depressed(score(15, "2025-11-01"), on="2025-11-01"), OUT),
    Case(
        "visit not finished",
        [*asked()[:1], visit("contact_or_office_visit", VISIT, status="in-progress"), *asked()[2:]],
        OUT,
    ),
    Case("11 years old", asked(born="2013-03-02"), OUT),
    Case("12 years old", asked(born="2013-02-28"), IN),
    # The diagnosis
    Case("dysthymia", asked(mood=[also("dysthymia")]), IN),
    Case("not confirmed", asked(mood=[condition(MOOD, "2024-01-01", verified="provisional")]), OUT),
    Case("verification not given", asked(mood=[condition(MOOD, "2024-01-01")]), OUT),
    Case("in remission", asked(mood=[also(MOOD, clinical="remission")]), OUT),
    Case("begun after the visit", asked(mood=[also(MOOD, onset="2025-03-02")]), OUT),
    # Remission
    Case("four after twelve months", asked(score(4, "2026-03-01")), MET),
    Case("five is no remission", asked(score(5, "2026-03-01")), IN),
    Case("60 days before", asked(score(4, "2025-12-31")), MET),
    Case("61 days before", asked(score(4, "2025-12-30")), IN),
    Case("60 days after", asked(score(4, "2026-04-30")), MET),
    Case("61 days after", asked(score(4, "2026-05-01")), IN),
    Case("the last one counts", asked(score(3, "2026-02-01"), score(12, "2026-03-01")), IN),
    Case("the last one counts, better", asked(score(12, "2026-02-01"), score(3, "2026-03-01")), MET),
    Case("the last one without a number", asked(score(3, "2026-02-01"), score(None, "2026-03-01")), IN),
    Case(
        "counted from the first index",
        asked(
            score(20, "2025-06-01"), visit("contact_or_office_visit", "2025-06-01"), score(4, "2026-07-01")
        ),
        IN,
    ),
    # Exclusions
    Case("bipolar", asked(also("bipolar_disorder")), EXCLUDED),
    Case("bipolar, not confirmed", asked(condition("bipolar_disorder", "2020-01-01")), IN),
    Case("bipolar after it was all over", asked(also("bipolar_disorder", onset="2026-05-01")), IN),
    Case("bipolar on the last day", asked(also("bipolar_disorder", onset="2026-04-30")), EXCLUDED),
    Case("psychosis inactive", asked(also("schizophrenia_or_psychotic_disorder", clinical="inactive")), IN),
    Case("died", [patient(BORN, deceasedDateTime="2026-04-30T10:00:00Z"), *asked()[1:]], EXCLUDED),
    Case("died later", [patient(BORN, deceasedDateTime="2026-05-01T10:00:00Z"), *asked()[1:]], IN),
    Case("hospice visit between", asked(visit("hospice_encounter", "2025-11-15")), EXCLUDED),
    Case(
        "hospice visit planned counts",
        asked(visit("hospice_encounter", "2025-11-15", status="planned")),
        EXCLUDED,
    ),
    Case("hospice visit cancelled", asked(visit("hospice_encounter", "2025-11-15", status="cancelled")), IN),
    Case("hospice visit afterwards", asked(visit("hospice_encounter", "2026-05-01")), IN),
    Case(
        "hospice order",
        asked(order("hospice_care_ambulatory", "2025-05-01", intent="reflex-order")),
        EXCLUDED,
    ),
    Case(
        "hospice procedure in preparation",
        asked(procedure("hospice_care_ambulatory", "2025-05-01", status="preparation")),
        EXCLUDED,
    ),
    Case(
        "hospice procedure not done",
        asked(procedure("hospice_care_ambulatory", "2025-05-01", status="not-done")),
        IN,
    ),
    Case("palliative diagnosis", asked(also("palliative_care_diagnosis")), EXCLUDED),
    Case("palliative visit in progress", asked(visit("palliative_care_encounter", status="in-progress")), IN),
    Case("palliative visit", asked(visit("palliative_care_encounter")), EXCLUDED),
]
