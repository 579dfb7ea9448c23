"""Children with decay: caries at any time of the period."""

from bundles import EXCLUDED, IN, MET, OUT, Case, condition, patient, visit


def child(*more, born="2015-06-15"):
    return [patient(born), visit("clinical_oral_evaluation"), *more]


def caries(onset="2026-03-01", abated=None, **elements):
    return condition("dental_caries", onset, abated, **elements)


CASES = [
    Case("no caries", child(), IN),
    Case("one year on the first day", child(born="2025-01-01"), IN),
    Case("less than one", child(born="2025-01-02"), OUT),
    Case("20", child(born="2005-01-02"), IN),
    Case("21 on the first day", child(born="2005-01-01"), OUT),
    Case("another visit", [patient("2015-06-15"), visit("office_visit")], OUT),
    Case("caries", child(caries()), MET),
    Case("caries at a visit", child(caries(kind="encounter")), MET),
    Case("caries since before", child(caries("2024-01-01")), MET),
    Case("caries mended before", child(caries("2024-01-01", "2025-12-31")), IN),
    Case("caries mended in the first second", child(caries("2024-01-01", "2026-01-01T00:00:00.000Z")), MET),
    Case("caries mended some day, begun before", child(caries("2024-01-01", clinical="resolved")), IN),
    Case("caries mended some day, begun within", child(caries(clinical="resolved")), MET),
    Case("caries after the period", child(caries("2027-01-01T00:00:00.000Z")), IN),
    Case(
        "caries until the period's last moment before",
        child(
            caries("2024-01-01")
            | {"abatementPeriod": {"start": "2025-12-01", "end": "2026-01-01T00:00:00.000Z"}}
        ),
        IN,
    ),
    Case("hospice", child(caries(), visit("hospice_encounter")), EXCLUDED),
]
