"""Colorectal cancer screening: any of five tests, each with its own look-back."""

from bundles import EXCLUDED, IN, MET, OUT, Case, condition, observation, patient, procedure, visit

BORN = "1970-06-15"


def adult(*more, born=BORN):
    return [patient(born), visit("office_visit"), *more]


def stool(code, on="2026-03-01", *, value="negative", **elements):
    return observation(code, on, value=value, **elements)


def imaging(on, **elements):
    return observation("ct_colonography", on, kind="clinical-result", **elements)


def ended(code, start, end):
    return procedure(code) | {
        "performedDateTime": None,
        "performedPeriod": {"start": f"{start}T10:00:00Z", "end": f"{end}T10:00:00Z"},
    }


CASES = [
    Case("45 at the end", adult(born="1981-01-01"), OUT),
    Case("46 on the last day", adult(born="1980-12-31"), IN),
    Case("75", adult(born="1951-12-31"), IN),
    Case("76 on the last day", adult(born="1950-12-31"), OUT),
    Case("annual wellness visit", [patient(BORN), visit("annual_wellness_visit")], IN),
    Case("visit in progress", [patient(BORN), visit("office_visit", status="in-progress")], OUT),
    Case("visit only planned", [patient(BORN), visit("office_visit", status="planned")], OUT),
    # Stool tests
    Case("blood test in the period", adult(stool("fecal_occult_blood_test")), MET),
    Case("blood test the day before", adult(stool("fecal_occult_blood_test", "2025-12-31")), IN),
    Case("blood test without a result", adult(stool("fecal_occult_blood_test", value=None)), IN),
    Case("blood test registered only", adult(stool("fecal_occult_blood_test", status="registered")), IN),
    Case("DNA test two years before", adult(stool("sdna_fit_test", "2024-01-01")), MET),
    Case("DNA test a day too early", adult(stool("sdna_fit_test", "2023-12-31")), IN),
    # Looked at
    Case("colonoscopy on the first day of ten years", adult(procedure("colonoscopy", "2017-01-01")), MET),
    Case("colonoscopy a day too early", adult(procedure("colonoscopy", "2016-12-31")), IN),
    Case("colonoscopy counts by its end", adult(ended("colonoscopy", "2016-12-31", "2017-01-01")), MET),
    Case("colonoscopy after the period", adult(procedure("colonoscopy", "2027-01-01")), IN),
    Case("colonoscopy not done", adult(procedure("colonoscopy", status="not-done")), IN),
    Case("colonoscopy in preparation", adult(procedure("colonoscopy", status="preparation")), IN),
    Case("sigmoidoscopy in five years", adult(procedure("flexible_sigmoidoscopy", "2022-01-01")), MET),
    Case("sigmoidoscopy too early", adult(procedure("flexible_sigmoidoscopy", "2021-12-31")), IN),
    Case("CT in five years", adult(imaging("2022-01-01")), MET),
    Case("CT too early", adult(imaging("2021-12-31")), IN),
    Case("CT without imaging category", adult(imaging("2025-01-01") | {"category": []}), IN),
    # Exclusions
    Case("cancer since long", adult(condition("malignant_neoplasm_of_colon", "2001-01-01")), EXCLUDED),
    Case(
        "cancer found on the last day",
        adult(condition("malignant_neoplasm_of_colon", "2026-12-31")),
        EXCLUDED,
    ),
    Case("cancer found after", adult(condition("malignant_neoplasm_of_colon", "2027-01-01")), IN),
    Case(
        "cancer entered in error",
        adult(condition("malignant_neoplasm_of_colon", verified="entered-in-error")),
        IN,
    ),
    Case("cancer without an onset", adult(condition("malignant_neoplasm_of_colon", None)), EXCLUDED),
    Case("colon removed", adult(procedure("total_colectomy", "1999-01-01")), EXCLUDED),
    Case("colon removed after", adult(procedure("total_colectomy", "2027-01-01")), IN),
    Case("excluded and screened", adult(procedure("total_colectomy"), procedure("colonoscopy")), EXCLUDED),
    Case("hospice, palliative", adult(visit("palliative_care_encounter")), EXCLUDED),
]
