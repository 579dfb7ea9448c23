"""Body mass index: normal, or too high or low with a follow-up."""

from bundles import (
    EXCEPTED,
    EXCLUDED,
    IN,
    MET,
    OUT,
    Case,
    cancelled,
    condition,
    not_ordered,
    order,
    patient,
    prescription,
    procedure,
    visit,
    vital,
)

DAY = "2026-03-01"


def person(*more, born="1980-06-15"):
    return [patient(born), visit("encounter_to_evaluate_bmi", DAY), *more]


def bmi(number, on=DAY, **elements):
    return vital("bmi", "loinc:39156-5", on, value=(number, "kg/m2"), **elements)


HIGH, LOW = bmi(31.0), bmi(17.0)
PLAN = "follow_up_for_above_normal_bmi"
OVERWEIGHT = condition("overweight_or_obese", "2026-01-01")

CASES = [
    Case("17 at the visit", person(born="2008-03-02"), OUT),
    Case("18 on the day of the visit", person(born="2008-03-01"), IN),
    Case("virtual visit", [patient("1980-06-15"), visit("encounter_to_evaluate_bmi", kind="VR")], OUT),
    Case("18.5 is normal", person(bmi(18.5)), MET),
    Case("24.9 is normal", person(bmi(24.9)), MET),
    Case("25 is not", person(bmi(25.0)), IN),
    Case("normal once, high once", person(bmi(22.0), bmi(26.0, "2026-04-01")), IN),
    Case("normal, preliminary", person(bmi(22.0, status="preliminary")), IN),
    Case("normal, the year before", person(bmi(22.0, "2025-12-31")), IN),
    Case("high, plan for being overweight", person(HIGH, order(PLAN, why="overweight_or_obese")), MET),
    Case("high, plan for no reason", person(HIGH, order(PLAN)), IN),
    Case("high, plan, overweight on the list", person(HIGH, order(PLAN), OVERWEIGHT), MET),
    Case(
        "high, plan before it was on the list",
        person(HIGH, order(PLAN, "2026-01-15"), condition("overweight_or_obese", "2026-02-01")),
        IN,
    ),
    Case(
        "high, plan of the year before",
        person(HIGH, order(PLAN, "2025-12-31", why="overweight_or_obese")),
        IN,
    ),
    Case("high, medication", person(HIGH, prescription("medications_for_above_normal_bmi"), OVERWEIGHT), MET),
    Case("high, followed up", person(HIGH, procedure(PLAN), OVERWEIGHT), MET),
    Case(
        "high, followed up when no longer overweight",
        person(HIGH, procedure(PLAN), condition("overweight_or_obese", "2020-01-01", "2026-01-01")),
        IN,
    ),
    Case(
        "low, plan for being underweight",
        person(LOW, order("follow_up_for_below_normal_bmi", why="underweight")),
        MET,
    ),
    Case("low, plan for being overweight", person(LOW, order(PLAN, why="overweight_or_obese")), IN),
    Case("pregnant", person(condition("pregnancy_obstetric_or_maternal_diagnoses")), EXCLUDED),
    Case(
        "pregnancy inactive",
        person(condition("pregnancy_obstetric_or_maternal_diagnoses", clinical="inactive")),
        IN,
    ),
    Case(
        "palliative visit under way",
        person(visit("palliative_care_encounter", status="in-progress")),
        EXCLUDED,
    ),
    Case(
        "not taken, declined",
        person(
            cancelled("loinc:39156-5", why="patient_declined")
            | {"effectiveDateTime": "2026-03-01T08:10:00.000Z"}
        ),
        EXCEPTED,
    ),
    Case("not taken, no matter when", person(cancelled("loinc:39156-5", why="patient_declined")), IN),
    Case(
        "plan not ordered for a medical reason",
        person(HIGH, not_ordered(PLAN, why="medical_reason")),
        EXCEPTED,
    ),
    Case("plan declined by the patient", person(HIGH, not_ordered(PLAN)), IN),
]
