"""Cervical cancer screening: cytology in three years, or HPV in five from the age of 30."""

from bundles import EXCLUDED, IN, MET, OUT, Case, condition, observation, patient, procedure, visit


def woman(*more, born="1985-06-15", **elements):
    return [patient(born, **elements), visit("office_visit"), *more]


def result(code, on="2026-03-01", **elements):
    return observation(code, on, **{"value": "normal", **elements})


MALE = {
    "extension": [
        {"url": "http://hl7.org/fhir/us/core/StructureDefinition/us-core-sex", "valueCode": "248153007"}
    ]
}

CASES = [
    Case("23 at the end", woman(born="2003-01-01"), OUT),
    Case("24 on the last day", woman(born="2002-12-31"), IN),
    Case("65 on the last day", woman(born="1961-12-31"), OUT),
    Case("a man", woman(**MALE), OUT),
    Case("cytology two years before", woman(result("pap_test", "2024-01-01")), MET),
    Case("cytology a day too early", woman(result("pap_test", "2023-12-31")), IN),
    Case("cytology without a result", woman(result("pap_test", value=None)), IN),
    Case("HPV four years before", woman(result("hpv_test", "2022-01-01")), MET),
    Case("HPV a day too early", woman(result("hpv_test", "2021-12-31")), IN),
    Case("HPV on the 30th birthday", woman(result("hpv_test", "2024-06-15"), born="1994-06-15"), MET),
    Case("HPV at 29", woman(result("hpv_test", "2024-06-14"), born="1994-06-15"), IN),
    Case("no cervix", woman(condition("congenital_or_acquired_absence_of_cervix", "2001-01-01")), EXCLUDED),
    Case("hysterectomy after", woman(procedure("hysterectomy_with_no_residual_cervix", "2027-01-01")), IN),
    Case("hysterectomy", woman(procedure("hysterectomy_with_no_residual_cervix", "1999-01-01")), EXCLUDED),
]
