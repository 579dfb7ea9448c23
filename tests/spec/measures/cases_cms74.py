"""Caries prevention: fluoride varnish on two different days."""

from bundles import EXCLUDED, IN, MET, OUT, Case, patient, procedure, visit

VARNISH = "fluoride_varnish_application_for_children"


def child(*more, born="2015-06-15"):
    return [patient(born), visit("clinical_oral_evaluation"), *more]


CASES = [
    Case("less than one year old", child(born="2025-01-02"), OUT),
    Case("20", child(born="2005-01-02"), IN),
    Case("no varnish", child(), IN),
    Case("varnish once", child(procedure(VARNISH)), IN),
    Case("varnish twice", child(procedure(VARNISH), procedure(VARNISH, "2026-09-01")), MET),
    Case(
        "varnish twice on one day",
        child(procedure(VARNISH), procedure(VARNISH, "2026-03-01T15:00:00.000Z")),
        IN,
    ),
    Case("varnish once too early", child(procedure(VARNISH, "2025-12-31"), procedure(VARNISH)), IN),
    Case(
        "varnish once not done",
        child(procedure(VARNISH), procedure(VARNISH, "2026-09-01", status="not-done")),
        IN,
    ),
    Case("hospice", child(visit("hospice_encounter")), EXCLUDED),
]
