"""Depression screening: the last one within 14 days before a visit, and what followed when positive."""

from bundles import (
    EXCEPTED,
    EXCLUDED,
    IN,
    MET,
    OUT,
    Case,
    cancelled,
    condition,
    observation,
    order,
    patient,
    prescription,
    procedure,
    visit,
)

ADULT, TEEN = "loinc:73832-8", "loinc:73831-0"
POSITIVE, NEGATIVE = "snomed:428181000124104", "snomed:428171000124102"
DECLINED = "snomed:720834000"
# The visit lasts from 8 to 9 o'clock.
DAY = "2026-03-01"


def person(*more, born="1980-06-15"):
    return [patient(born), visit("encounter_to_screen_for_depression", DAY), *more]


def screened(answer, on=DAY, code=ADULT, **elements):
    return observation(code, on, kind="screening-assessment", value=answer, **elements)


SICK = screened(POSITIVE, "2026-03-01T08:00:00.000Z")

CASES = [
    Case("11 at the start", person(born="2014-01-02"), OUT),
    Case("12 on the first day", person(born="2014-01-01"), IN),
    Case("visit not finished", [patient("1980-06-15"), visit("telephone_visits", status="arrived")], OUT),
    Case(
        "bipolar before the visit",
        person(screened(NEGATIVE), condition("bipolar_disorder", "2026-02-28")),
        EXCLUDED,
    ),
    Case("bipolar found that day", person(condition("bipolar_disorder", DAY)), IN),
    Case(
        "bipolar as an encounter diagnosis",
        person(condition("bipolar_disorder", "2020-01-01", kind="encounter")),
        IN,
    ),
    # Adults
    Case("negative", person(screened(NEGATIVE)), MET),
    Case("negative 14 days before", person(screened(NEGATIVE, "2026-02-15")), MET),
    Case("negative 15 days before", person(screened(NEGATIVE, "2026-02-14")), IN),
    Case("negative the day after", person(screened(NEGATIVE, "2026-03-02")), IN),
    Case("negative, amended", person(screened(NEGATIVE, status="amended")), IN),
    Case("the last one is positive", person(screened(NEGATIVE, "2026-02-20"), SICK), IN),
    Case("screened as an adolescent only", person(screened(NEGATIVE, code=TEEN)), IN),
    Case("positive, referred that day", person(SICK, order("referral_for_adult_depression", DAY)), MET),
    Case(
        "positive, referred two days later",
        person(SICK, order("referral_for_adult_depression", "2026-03-03")),
        MET,
    ),
    Case(
        "positive, referred three days later",
        person(SICK, order("referral_for_adult_depression", "2026-03-04")),
        IN,
    ),
    Case(
        "positive, referral revoked",
        person(SICK, order("referral_for_adult_depression", DAY, status="revoked")),
        IN,
    ),
    Case(
        "positive, seen to during the visit",
        person(SICK, procedure("follow_up_for_adult_depression", "2026-03-01T08:30:00.000Z")),
        MET,
    ),
    Case(
        "positive, seen to after the visit",
        person(SICK, procedure("follow_up_for_adult_depression", "2026-03-01T10:00:00.000Z")),
        IN,
    ),
    Case(
        "positive, medication ordered",
        person(SICK, prescription("adult_depression_medications", DAY, supplied=None)),
        MET,
    ),
    Case(
        "positive, medication planned",
        person(SICK, prescription("adult_depression_medications", DAY, intent="plan")),
        IN,
    ),
    Case(
        "positive, medication runs on",
        person(SICK, prescription("adult_depression_medications", "2026-02-20", supplied=30)),
        MET,
    ),
    Case(
        "positive, medication used up that day",
        person(SICK, prescription("adult_depression_medications", "2026-02-20", supplied=10)),
        IN,
    ),
    # Adolescents, and those of 17, who may be either
    Case("13, negative", person(screened(NEGATIVE, code=TEEN), born="2012-06-15"), MET),
    Case("13, screened as an adult", person(screened(NEGATIVE), born="2012-06-15"), IN),
    Case("17, screened as an adult", person(screened(NEGATIVE), born="2008-06-15"), MET),
    Case("17, screened as an adolescent", person(screened(NEGATIVE, code=TEEN), born="2008-06-15"), MET),
    Case(
        "13, positive, referred",
        person(
            screened(POSITIVE, code=TEEN), order("referral_for_adolescent_depression", DAY), born="2012-06-15"
        ),
        MET,
    ),
    # Not screened
    Case("declined", person(cancelled(ADULT, why=DECLINED)), EXCEPTED),
    Case("not screened for a medical reason", person(cancelled(ADULT, why="medical_reason")), EXCEPTED),
    Case("declined another day", person(cancelled(ADULT, "2026-03-02", why=DECLINED)), IN),
    Case("declined, but screened positive", person(cancelled(ADULT, why=DECLINED), SICK), IN),
]
