"""Diabetes: glycemic status. Poor control is no result, or the lowest of the last day above 9 %."""

from bundles import (
    EXCLUDED,
    IN,
    MET,
    OUT,
    Case,
    condition,
    observation,
    order,
    patient,
    prescription,
    procedure,
    resource,
    visit,
)

BORN = "1970-06-15"
A1C = "hba1c_laboratory_test"


def diabetic(*more, born=BORN):
    return [patient(born), visit("office_visit"), condition("diabetes", kind="encounter"), *more]


def a1c(number, on="2026-03-01", **elements):
    return observation(A1C, on, value=(number, "%"), **elements)


def frail(born="1955-06-15"):
    return diabetic(a1c(7.0), condition("frailty_diagnosis"), born=born)


def housing(on, answer, **elements):
    return observation("loinc:71802-3", on, kind="screening-assessment", value=answer, **elements)


CASES = [
    # Who is asked
    Case("17 at the end of the period", diabetic(born="2009-01-01"), OUT),
    Case("18 on the last day", diabetic(a1c(7.0), born="2008-12-31"), IN),
    Case("75 on the last day", diabetic(a1c(7.0), born="1951-12-31"), IN),
    Case("76 on the last day", diabetic(born="1950-12-31"), OUT),
    Case("no visit", [patient(BORN), condition("diabetes", kind="encounter")], OUT),
    Case("visit of a single code", [patient(BORN), visit("hcpcs:G0270"), *diabetic(a1c(7.0))[2:]], IN),
    Case("visit cancelled", [patient(BORN), visit("office_visit", status="cancelled"), *diabetic()[2:]], OUT),
    Case(
        "visit begun the year before",
        [patient(BORN), visit("office_visit", "2025-12-31", "2026-01-01"), *diabetic()[2:]],
        OUT,
    ),
    Case("visit not over", [patient(BORN), visit("office_visit", "2026-05-01", ""), *diabetic()[2:]], OUT),
    Case(
        "diabetes on the problem list only",
        [patient(BORN), visit("office_visit"), condition("diabetes")],
        OUT,
    ),
    Case(
        "diabetes refuted",
        [patient(BORN), visit("office_visit"), condition("diabetes", kind="encounter", verified="refuted")],
        OUT,
    ),
    Case(
        "diabetes unconfirmed",
        [
            patient(BORN),
            visit("office_visit"),
            condition("diabetes", kind="encounter", verified="unconfirmed"),
            a1c(7.0),
        ],
        IN,
    ),
    Case(
        "diabetes over before the period",
        [
            patient(BORN),
            visit("office_visit"),
            condition("diabetes", "2020-01-01", "2025-12-31", kind="encounter"),
        ],
        OUT,
    ),
    Case(
        "diabetes over on the first day",
        [
            patient(BORN),
            visit("office_visit"),
            condition("diabetes", "2020-01-01", "2026-01-01", kind="encounter"),
            a1c(7.0),
        ],
        IN,
    ),
    Case(
        "resolved, no one knows when, begun before",
        [
            patient(BORN),
            visit("office_visit"),
            condition("diabetes", "2020-01-01", kind="encounter", clinical="resolved"),
        ],
        OUT,
    ),
    Case(
        "resolved, no one knows when, begun within",
        [
            patient(BORN),
            visit("office_visit"),
            condition("diabetes", "2026-02-01", kind="encounter", clinical="resolved"),
            a1c(7.0),
        ],
        IN,
    ),
    # Poor control
    Case("never tested", diabetic(), MET),
    Case("9 % is controlled", diabetic(a1c(9.0)), IN),
    Case("9.1 % is not", diabetic(a1c(9.1)), MET),
    Case("glucose management indicator", diabetic(observation("loinc:97506-0", value=(7.5, "%"))), IN),
    Case("the last day counts", diabetic(a1c(7.0, "2026-02-01"), a1c(9.5, "2026-08-01")), MET),
    Case("the last day counts, better", diabetic(a1c(9.5, "2026-02-01"), a1c(7.0, "2026-08-01")), IN),
    Case(
        "the lowest of the last day",
        diabetic(a1c(9.5, "2026-08-01T08:00:00.000Z"), a1c(8.0, "2026-08-01T07:00:00.000Z")),
        IN,
    ),
    Case("one of the last day without a result", diabetic(a1c(7.0), observation(A1C)), MET),
    Case("tested after the period", diabetic(a1c(7.0, "2027-01-01")), MET),
    Case("tested on the last day", diabetic(a1c(7.0, "2026-12-31T23:59:59.999Z")), IN),
    Case("result preliminary", diabetic(a1c(7.0, status="preliminary")), MET),
    Case("result corrected", diabetic(a1c(7.0, status="corrected")), IN),
    Case("result cancelled", diabetic(a1c(7.0, kind="observationcancelled", status="cancelled")), MET),
    Case(
        "a period is dated by its end",
        diabetic(
            {
                **a1c(7.0),
                "effectiveDateTime": None,
                "effectivePeriod": {"start": "2025-12-31", "end": "2026-01-01"},
            }
        ),
        IN,
    ),
    # Exclusions
    Case("hospice visit", diabetic(visit("hospice_encounter")), EXCLUDED),
    Case(
        "hospice diagnosis refuted",
        diabetic(a1c(7.0), condition("hospice_diagnosis", verified="refuted")),
        IN,
    ),
    Case("hospice order", diabetic(order("hospice_care_ambulatory")), EXCLUDED),
    Case(
        "hospice order, the original one",
        diabetic(order("hospice_care_ambulatory", intent="original-order")),
        EXCLUDED,
    ),
    Case("hospice visit under way", diabetic(a1c(7.0), visit("hospice_encounter", status="in-progress")), IN),
    Case(
        "visit under way", [patient(BORN), visit("office_visit", status="in-progress"), *diabetic()[2:]], OUT
    ),
    Case(
        "hospice order of the year before",
        diabetic(a1c(7.0), order("hospice_care_ambulatory", "2025-12-31")),
        IN,
    ),
    Case(
        "hospice order only proposed",
        diabetic(a1c(7.0), order("hospice_care_ambulatory", intent="proposal")),
        IN,
    ),
    Case(
        "hospice order not to be performed",
        diabetic(a1c(7.0), order("hospice_care_ambulatory", doNotPerform=True)),
        IN,
    ),
    Case(
        "discharged home for hospice",
        diabetic(
            visit(
                "encounter_inpatient",
                "2025-12-30",
                "2026-01-02",
                hospitalization={
                    "dischargeDisposition": {
                        "coding": [{"system": "http://snomed.info/sct", "code": "428361000124107"}]
                    }
                },
            )
        ),
        EXCLUDED,
    ),
    Case(
        "hospice assessment says yes",
        diabetic(observation("loinc:45755-6", kind="screening-assessment", value="snomed:373066001")),
        EXCLUDED,
    ),
    Case(
        "hospice assessment says no",
        diabetic(
            a1c(7.0), observation("loinc:45755-6", kind="screening-assessment", value="snomed:373067005")
        ),
        IN,
    ),
    Case("palliative procedure", diabetic(procedure("palliative_care_intervention")), EXCLUDED),
    Case("frail only", frail(), IN),
    Case("frail and ill", [*frail(), condition("advanced_illness", "2025-02-01")], EXCLUDED),
    Case("ill two years before", [*frail(), condition("advanced_illness", "2024-12-31")], IN),
    Case("frail and ill, but 65", [*frail("1961-06-15"), condition("advanced_illness", "2025-02-01")], IN),
    Case(
        "frail with dementia medication",
        [*frail(), prescription("dementia_medications", "2024-12-15", supplied=30)],
        EXCLUDED,
    ),
    Case(
        "dementia medication used up before",
        [*frail(), prescription("dementia_medications", "2024-12-02", supplied=30)],
        IN,
    ),
    Case(
        "dementia medication stopped", [*frail(), prescription("dementia_medications", status="stopped")], IN
    ),
    Case(
        "in a nursing home",
        diabetic(a1c(7.0), housing("2024-05-01", "snomed:160734000"), born="1955-06-15"),
        EXCLUDED,
    ),
    Case(
        "no longer in one",
        diabetic(
            a1c(7.0),
            housing("2024-05-01", "snomed:160734000"),
            housing("2025-05-01", "snomed:160724009"),
            born="1955-06-15",
        ),
        IN,
    ),
    Case(
        "in a nursing home, but 65",
        diabetic(a1c(7.0), housing("2024-05-01", "snomed:160734000"), born="1961-01-01"),
        IN,
    ),
    Case(
        "wheelchair ordered and ill",
        diabetic(
            condition("advanced_illness"),
            resource(
                "DeviceRequest",
                "devicerequest",
                codeCodeableConcept={"coding": [{"system": "urn:stand-in", "code": "frailty_device"}]},
                status="active",
                intent="order",
                authoredOn="2026-04-01",
            ),
            born="1955-06-15",
        ),
        EXCLUDED,
    ),
]
