"""Weight assessment and counselling of children: three groups with one population."""

from bundles import EXCLUDED, IN, MET, OUT, Case, condition, order, patient, procedure, visit, vital

BORN = "2015-06-15"


def child(*more, born=BORN):
    return [patient(born), visit("office_visit"), *more]


def bmi(on="2026-03-01", **elements):
    return vital("bmi", "loinc:59576-9", on, **{"value": (60.0, "%"), **elements})


def height(**elements):
    return vital("body-height", "loinc:8302-2", **{"value": (140.0, "cm"), **elements})


def weight(**elements):
    return vital("body-weight", "loinc:29463-7", **{"value": (35.0, "kg"), **elements})


ASSESSED = (bmi(), height(), weight())
FOOD, SPORT = "counseling_for_nutrition", "counseling_for_physical_activity"

CASES = [
    Case("two years old", child(born="2024-01-01"), (OUT, OUT, OUT)),
    Case("three on the last day", child(born="2023-12-31"), (IN, IN, IN)),
    Case("17", child(born="2009-01-01"), (IN, IN, IN)),
    Case("18 on the last day", child(born="2008-12-31"), (OUT, OUT, OUT)),
    Case("no visit", [patient(BORN)], (OUT, OUT, OUT)),
    Case(
        "group counselling is a visit",
        [patient(BORN), visit("preventive_care_services_group_counseling")],
        (IN, IN, IN),
    ),
    Case("all three measured", child(*ASSESSED), (MET, IN, IN)),
    Case("no weight", child(*ASSESSED[:2]), (IN, IN, IN)),
    Case("weight without a number", child(bmi(), height(), weight(value=None)), (IN, IN, IN)),
    Case("percentile of the year before", child(bmi("2025-12-31"), height(), weight()), (IN, IN, IN)),
    Case("percentile preliminary", child(bmi(status="preliminary"), height(), weight()), (IN, IN, IN)),
    Case("counselled on food", child(procedure(FOOD)), (IN, MET, IN)),
    Case("counselled on sport", child(procedure(SPORT)), (IN, IN, MET)),
    Case("counselling not done", child(procedure(SPORT, status="not-done")), (IN, IN, IN)),
    Case("counselled before", child(procedure(SPORT, "2025-12-31")), (IN, IN, IN)),
    Case("everything", child(*ASSESSED, procedure(FOOD), procedure(SPORT)), (MET, MET, MET)),
    Case("pregnant", child(*ASSESSED, condition("pregnancy")), (EXCLUDED, EXCLUDED, EXCLUDED)),
    Case("pregnant before", child(condition("pregnancy", "2025-01-01", "2025-10-01")), (IN, IN, IN)),
    Case(
        "pregnant until midnight",
        child(condition("pregnancy", "2025-01-01", "2026-01-01T00:00:00.000Z")),
        (EXCLUDED,) * 3,
    ),
    Case(
        "pregnancy over on the first day, the hour not known",
        child(condition("pregnancy", "2025-01-01") | {"abatementDateTime": "2026-01-01"}),
        (EXCLUDED,) * 3,
    ),
    Case(
        "pregnancy begins on the day after",
        child(condition("pregnancy", None) | {"onsetDateTime": "2027-01-01"}),
        (IN,) * 3,
    ),
    Case("hospice visit under way", child(visit("hospice_encounter", status="in-progress")), (EXCLUDED,) * 3),
    Case(
        "hospice order of another intent",
        child(order("hospice_care_ambulatory", intent="original-order")),
        (IN,) * 3,
    ),
    Case("hospice", child(procedure("hospice_care_ambulatory")), (EXCLUDED,) * 3),
]
