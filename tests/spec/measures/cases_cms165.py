"""Blood pressure control: the lowest numbers of the last day, emergencies and hospital stays left out."""

from bundles import EXCLUDED, IN, MET, OUT, Case, condition, patient, pressure, procedure, visit

DAY = "2026-05-01T08:30:00.000Z"


def person(*more, born="1970-06-15", mood=None):
    known = [condition("essential_hypertension", "2020-01-01")] if mood is None else mood
    return [patient(born), visit("office_visit"), *known, *more]


def stay(code="encounter_inpatient", **elements):
    return visit(code, "2026-04-30", "2026-05-02", kind="IMP", id="stay", **elements)


def at_stay(one, key="stay"):
    return one | {"encounter": {"reference": f"Encounter/{key}"}}


CASES = [
    Case("17 at the end", person(born="2009-01-01"), OUT),
    Case("85", person(born="1941-12-31"), IN),
    Case("86 on the last day", person(born="1940-12-31"), OUT),
    Case(
        "hypertension begun on 30 June", person(mood=[condition("essential_hypertension", "2026-06-30")]), IN
    ),
    Case("hypertension begun in July", person(mood=[condition("essential_hypertension", "2026-07-01")]), OUT),
    Case(
        "hypertension over before",
        person(mood=[condition("essential_hypertension", "2020-01-01", "2025-12-31")]),
        OUT,
    ),
    Case("hypertension refuted", person(mood=[condition("essential_hypertension", verified="refuted")]), OUT),
    Case("controlled", person(pressure(139, 89, DAY)), MET),
    Case("140 is not", person(pressure(140, 89, DAY)), IN),
    Case("90 is not", person(pressure(139, 90, DAY)), IN),
    Case("no reading", person(), IN),
    Case(
        "lowest of each number that day",
        person(pressure(150, 80, DAY), pressure(130, 95, "2026-05-01T17:00:00.000Z")),
        MET,
    ),
    Case(
        "the last day counts",
        person(pressure(120, 70, DAY), pressure(150, 95, "2026-06-01T08:00:00.000Z")),
        IN,
    ),
    Case(
        "a reading of that day without systolic", person(pressure(120, 70, DAY), pressure(None, 70, DAY)), IN
    ),
    Case("entered in error", person(pressure(120, 70, DAY, status="entered-in-error")), IN),
    Case("taken after the period", person(pressure(120, 70, "2027-01-01T00:00:00.000Z")), IN),
    Case("taken in hospital", person(stay(), at_stay(pressure(120, 70, DAY))), IN),
    Case("taken on a day in hospital, at no visit", person(stay(), pressure(120, 70, DAY)), IN),
    Case(
        "taken on a day in hospital, at another visit",
        person(stay(), visit("x", "2026-05-01", id="other"), at_stay(pressure(120, 70, DAY), "other")),
        MET,
    ),
    Case(
        "taken in an emergency",
        person(stay("emergency_department_evaluation_and_management_visit"), pressure(120, 70, DAY)),
        IN,
    ),
    Case("the stay was cancelled", person(stay(status="cancelled"), pressure(120, 70, DAY)), MET),
    Case("pregnant", person(condition("pregnancy")), EXCLUDED),
    Case("kidney transplant long ago", person(procedure("kidney_transplant", "2001-01-01")), EXCLUDED),
    Case("dialysis after the period", person(procedure("dialysis_services", "2027-01-01")), IN),
    Case("monthly renal service", person(visit("esrd_monthly_outpatient_services", "2020-01-01")), EXCLUDED),
    Case("81 and frail", person(condition("frailty_diagnosis"), born="1945-06-15"), EXCLUDED),
    Case("80 and frail", person(condition("frailty_diagnosis"), born="1946-06-15"), IN),
    Case(
        "80, frail and ill",
        person(condition("frailty_diagnosis"), condition("advanced_illness"), born="1946-06-15"),
        EXCLUDED,
    ),
]
