"""HIV screening: once between 15 and 65."""

from bundles import EXCEPTED, EXCLUDED, IN, MET, OUT, Case, condition, observation, patient, visit

BORN = "1990-06-15"


def person(*more, born=BORN, **elements):
    return [patient(born, **elements), visit("office_visit"), *more]


def screened(on="2026-03-01", code="hiv_lab_tests", **elements):
    return observation(code, on, **{"value": "negative", **elements})


CASES = [
    Case("14 at the start", person(born="2011-01-02"), OUT),
    Case("15 on the first day", person(born="2011-01-01"), IN),
    Case("65", person(born="1960-01-02"), IN),
    Case("66 on the first day", person(born="1960-01-01"), OUT),
    Case("visit arrived only", [patient(BORN), visit("office_visit", status="arrived")], OUT),
    Case("tested", person(screened()), MET),
    Case("tested by the panel", person(screened(code="loinc:75622-1")), MET),
    Case("tested long ago", person(screened("2012-01-01")), MET),
    Case("tested on the 15th birthday", person(screened("2005-06-15")), MET),
    Case("tested at 14", person(screened("2005-06-14")), IN),
    Case("tested at 66", person(screened("2026-11-01"), born="1960-06-15"), IN),
    Case("tested in the last hour", person(screened("2026-12-31T23:59:59.998Z")), MET),
    Case("tested in the next year", person(screened("2027-01-01T00:00:00.000Z")), IN),
    Case(
        "tested on the last day, the hour not known",
        person(screened() | {"effectiveDateTime": "2026-12-31"}),
        IN,
    ),
    Case("no result", person(screened(value=None)), IN),
    Case("result preliminary", person(screened(status="preliminary")), IN),
    Case("not a laboratory result", person(screened(kind="screening-assessment")), IN),
    Case("HIV before", person(condition("hiv", "2025-12-31")), EXCLUDED),
    Case("HIV on the first day", person(condition("hiv", "2026-01-01")), IN),
    Case("HIV refuted", person(condition("hiv", "2020-01-01", verified="refuted")), IN),
    Case(
        "HIV entered in error, not refuted",
        person(condition("hiv", "2020-01-01", verified="entered-in-error")),
        EXCLUDED,
    ),
    Case("HIV since no one knows when", person(condition("hiv", None)), EXCLUDED),
    Case("died", person(deceasedDateTime="2026-05-01T10:00:00Z"), EXCEPTED),
    Case("died after the period", person(deceasedDateTime="2027-01-01T00:00:00Z"), IN),
    Case("died, no one knows when", person(deceasedBoolean=True), IN),
    Case("died, but tested", person(screened(), deceasedDateTime="2026-05-01T10:00:00Z"), MET),
]
