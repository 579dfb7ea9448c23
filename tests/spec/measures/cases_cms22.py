"""Blood pressure screening and follow-up: every visit counts by itself, by its last reading."""

from bundles import (
    Case,
    cancelled,
    condition,
    not_ordered,
    order,
    patient,
    populations,
    prescription,
    pressure,
    visit,
)

SCREENING = "encounter_to_screen_for_blood_pressure"
FINDING = "finding_of_elevated_blood_pressure_or_hypertension"
BORN = "1970-06-15"
# Visits last from 8 to 9 o'clock.
DAY = "2026-03-01"


def person(*more, born=BORN, days=(DAY,)):
    return [patient(born), *(visit(SCREENING, day) for day in days), *more]


def visits(total, *, denex=0, denexcep=0, num=0):
    return populations(ip=total, den=total, denex=denex, denexcep=denexcep, num=num)


IN, MET, EXCEPTED = visits(1), visits(1, num=1), visits(1, denexcep=1)
REFERRAL = order("referral_to_primary_care_or_alternate_provider", DAY, why=FINDING)
SIX_MONTHS = order("follow_up_within_6_months", DAY)
FOUR_WEEKS = order("follow_up_within_4_weeks", DAY)
ADVICE = order("dietary_recommendations", DAY)
LAB = order("laboratory_tests_for_hypertension", DAY)
PILLS = prescription("pharmacologic_therapy_for_hypertension", DAY)
# High in the year before the visit of March: the reading of that visit is a second one.
BEFORE = pressure(135, 85, "2025-06-01T08:30:00.000Z")
NORMAL, ELEVATED, HIGH, SECOND, HIGHER = (
    pressure(*numbers) for numbers in ((119, 79), (125, 79), (132, 70), (135, 85), (150, 95))
)

NONE_OF_THE_ADVICE = {
    "url": "http://hl7.org/fhir/us/qicore/StructureDefinition/qicore-notDoneValueSet",
    "valueCanonical": "http://cts.nlm.nih.gov/fhir/ValueSet/2.16.840.1.113883.3.600.1515",
}

CASES = [
    # Who is asked
    Case("17 at the start", person(born="2008-01-02"), visits(0)),
    Case("18 on the first day", person(born="2008-01-01"), IN),
    Case("virtual visit", [patient(BORN), visit(SCREENING, kind="VR")], visits(0)),
    Case("visit not finished", [patient(BORN), visit(SCREENING, status="in-progress")], visits(0)),
    Case("two visits, one reading", person(NORMAL, days=(DAY, "2026-04-01")), visits(2, num=1)),
    Case(
        "hypertension known",
        person(NORMAL, condition("diagnosis_of_hypertension", "2020-01-01")),
        visits(1, denex=1),
    ),
    Case(
        "hypertension found that day", person(condition("diagnosis_of_hypertension", DAY)), visits(1, denex=1)
    ),
    Case("hypertension found later", person(condition("diagnosis_of_hypertension", "2026-03-02")), IN),
    Case(
        "hypertension found between two visits",
        person(condition("diagnosis_of_hypertension", "2026-03-15"), days=(DAY, "2026-04-01")),
        visits(2, denex=1),
    ),
    Case(
        "hypertension as an encounter diagnosis",
        person(condition("diagnosis_of_hypertension", "2020-01-01", kind="encounter")),
        IN,
    ),
    # Normal
    Case("normal", person(NORMAL), MET),
    Case("120 is not normal", person(pressure(120, 79)), IN),
    Case("80 is not normal", person(pressure(119, 80)), IN),
    Case("normal, entered in error", person(pressure(119, 79, status="entered-in-error")), IN),
    Case("normal, after the visit", person(pressure(119, 79, "2026-03-01T10:00:00.000Z")), IN),
    Case("no diastolic", person(pressure(119, None)), IN),
    Case("the last reading of the visit", person(pressure(150, 95, "2026-03-01T08:10:00.000Z"), NORMAL), MET),
    Case(
        "the last reading of the visit is high",
        person(NORMAL, pressure(150, 95, "2026-03-01T08:50:00.000Z")),
        IN,
    ),
    # Elevated: 120 to 129 and below 80
    Case("elevated without a plan", person(ELEVATED), IN),
    Case("elevated, rescreen and advice", person(ELEVATED, SIX_MONTHS, ADVICE), MET),
    Case("elevated, rescreen only", person(ELEVATED, SIX_MONTHS), IN),
    Case(
        "elevated, advice another day",
        person(ELEVATED, SIX_MONTHS, order("dietary_recommendations", "2026-03-02")),
        IN,
    ),
    Case(
        "elevated, advice proposed",
        person(ELEVATED, SIX_MONTHS, order("dietary_recommendations", DAY, intent="proposal")),
        IN,
    ),
    Case("elevated, referred", person(ELEVATED, REFERRAL), MET),
    Case(
        "elevated, referred for something else",
        person(ELEVATED, order("referral_to_primary_care_or_alternate_provider", DAY, why="cough")),
        IN,
    ),
    # A first high reading
    Case("first high without a plan", person(HIGH), IN),
    Case("first high, four weeks and advice", person(HIGH, FOUR_WEEKS, ADVICE), MET),
    Case(
        "first high, advice on another day of the year",
        person(HIGH, FOUR_WEEKS, order("dietary_recommendations", "2026-09-01")),
        MET,
    ),
    Case(
        "first high, four weeks on another day",
        person(HIGH, order("follow_up_within_4_weeks", "2026-03-02"), ADVICE),
        IN,
    ),
    Case("first high, six months is too late", person(HIGH, SIX_MONTHS, ADVICE), IN),
    Case("first high, referred", person(HIGH, REFERRAL), MET),
    Case(
        "high more than a year before is a first",
        person(pressure(135, 85, "2025-02-28T08:30:00.000Z"), HIGH, REFERRAL),
        MET,
    ),
    # A second one, 130 to 139 or 80 to 89
    Case("second without a plan", person(BEFORE, SECOND), IN),
    Case("second, six months, laboratory and advice", person(BEFORE, SECOND, SIX_MONTHS, LAB, ADVICE), MET),
    Case(
        "second, an ECG will do", person(BEFORE, SECOND, SIX_MONTHS, order("loinc:34534-8", DAY), ADVICE), MET
    ),
    Case("second, no laboratory", person(BEFORE, SECOND, SIX_MONTHS, ADVICE), IN),
    Case("second, four weeks is another plan", person(BEFORE, SECOND, FOUR_WEEKS, ADVICE), IN),
    Case("second, referred", person(BEFORE, SECOND, REFERRAL), MET),
    Case(
        "before it was normal last",
        person(BEFORE, pressure(118, 70, "2025-09-01T08:30:00.000Z"), SECOND, FOUR_WEEKS, ADVICE),
        MET,
    ),
    # A second one, from 140 or 90
    Case("second high, all four", person(BEFORE, HIGHER, FOUR_WEEKS, LAB, ADVICE, PILLS), MET),
    Case("second high, no pills", person(BEFORE, HIGHER, FOUR_WEEKS, LAB, ADVICE), IN),
    Case(
        "second high, pills stopped",
        person(BEFORE, HIGHER, FOUR_WEEKS, LAB, ADVICE, PILLS | {"status": "stopped"}),
        IN,
    ),
    Case("second high, referred", person(BEFORE, HIGHER, REFERRAL), MET),
    # Not taken, declined
    Case("reading declined", person(cancelled("loinc:85354-9", why="patient_declined")), EXCEPTED),
    Case(
        "reading not taken for a medical reason",
        person(cancelled("loinc:8480-6", why="medical_reason")),
        EXCEPTED,
    ),
    Case(
        "reading not taken another day",
        person(cancelled("loinc:8480-6", "2026-03-02", why="medical_reason")),
        IN,
    ),
    Case("reading not taken without a reason", person(cancelled("loinc:8480-6")), IN),
    Case(
        "reading declined at one of two visits",
        person(cancelled("loinc:85354-9", why="patient_declined"), days=(DAY, "2026-04-01")),
        visits(2, denexcep=1),
    ),
    Case("elevated, advice declined", person(ELEVATED, not_ordered("dietary_recommendations")), EXCEPTED),
    Case(
        "elevated, advice not given for a medical reason",
        person(ELEVATED, not_ordered("dietary_recommendations", why="medical_reason")),
        IN,
    ),
    Case("elevated, four weeks declined", person(ELEVATED, not_ordered("follow_up_within_4_weeks")), IN),
    Case("first high, four weeks declined", person(HIGH, not_ordered("follow_up_within_4_weeks")), EXCEPTED),
    Case(
        "first high, laboratory declined", person(HIGH, not_ordered("laboratory_tests_for_hypertension")), IN
    ),
    Case(
        "second, laboratory declined",
        person(BEFORE, SECOND, not_ordered("laboratory_tests_for_hypertension", status="active")),
        EXCEPTED,
    ),
    Case(
        "second, referral declined, not completed",
        person(
            BEFORE, SECOND, not_ordered("referral_to_primary_care_or_alternate_provider", status="active")
        ),
        IN,
    ),
    Case(
        "second high, pills not ordered",
        person(BEFORE, HIGHER, PILLS | {"doNotPerform": True, "status": "completed"}),
        EXCEPTED,
    ),
    Case(
        "second, pills not ordered",
        person(BEFORE, SECOND, PILLS | {"doNotPerform": True, "status": "completed"}),
        IN,
    ),
    Case(
        "declined, but done as well",
        person(ELEVATED, SIX_MONTHS, ADVICE, not_ordered("dietary_recommendations")),
        MET,
    ),
    Case(
        "declined, but hypertension known",
        person(
            cancelled("loinc:85354-9", why="patient_declined"),
            condition("diagnosis_of_hypertension", "2020-01-01"),
        ),
        visits(1, denex=1),
    ),
]
