"""FHIR resources written short, and a way to ask both engines what a measure says of them.

Value sets are stand-ins: each holds one code, the value set's own name in ``packs/measures/value_sets.toml``.
So a resource "in" a value set is written with that name, and no licensed code is needed.
"""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime

from rebook.analytics.criteria import judge_histories
from rebook.core.criteria import evaluate
from rebook.packs.criteria import load_measure
from rebook.sources.fhir.events import bundle_events

PERIOD = (datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 12, 31, 23, 59, 59, 999000, tzinfo=UTC))
STAND_IN = "urn:stand-in"
QICORE = "http://hl7.org/fhir/us/qicore/StructureDefinition/qicore-"
USCORE = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-"
TERMS = "http://terminology.hl7.org/CodeSystem/"
SYSTEMS = {
    "snomed": "http://snomed.info/sct",
    "loinc": "http://loinc.org",
    "cpt": "http://www.ama-assn.org/go/cpt",
    "hcpcs": "http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets",
    "icd10pcs": "http://www.cms.gov/Medicare/Coding/ICD10",
    "cvx": "http://hl7.org/fhir/sid/cvx",
}
OBSERVATIONS = {
    "lab": "laboratory",
    "screening-assessment": "survey",
    "clinical-result": "imaging",
    "observationcancelled": "procedure",
}


def concept(*codes, system=None):
    """A CodeableConcept: "loinc:1234-5", or a value set's name; ``system`` for all of them."""
    codings = []
    for code in codes:
        alias, _, rest = code.partition(":")
        known = SYSTEMS.get(alias) if rest else None
        codings.append({"system": system or known or STAND_IN, "code": rest if known else code})
    return {"coding": codings}


def at(text):
    """ "2026-03-01" as noon of that day; anything longer as it is."""
    return f"{text}T12:00:00.000+00:00" if len(text) == 10 else text


def days(first, last=None):
    """A Period of whole days; ``last`` "" leaves it open."""
    found = {"start": f"{first}T08:00:00.000+00:00" if len(first) == 10 else first}
    if last != "":
        end = last or first
        found["end"] = f"{end}T09:00:00.000+00:00" if len(end) == 10 else end
    return found


def resource(kind, profile="", **elements):
    """A resource with a profile, without the elements that are None."""
    found = {"resourceType": kind} | {name: value for name, value in elements.items() if value is not None}
    if profile:
        found["meta"] = {"profile": [profile if "://" in profile else QICORE + profile]}
    return found


def patient(born, **elements):
    return resource("Patient", "patient", birthDate=born, gender="female", **elements)


def visit(code, first="2026-03-01", last=None, *, status="finished", kind="AMB", **elements):
    act = {"system": TERMS + "v3-ActCode", "code": kind}
    elements |= {"class": act}
    return resource(
        "Encounter", "encounter", status=status, type=[concept(code)], period=days(first, last), **elements
    )


def condition(
    code, onset="2026-01-01", abated=None, *, kind="problem", clinical="active", verified=None, **more
):
    category = "encounter-diagnosis" if kind == "encounter" else "problem-list-item"
    profile = "condition-encounter-diagnosis" if kind == "encounter" else "condition-problems-health-concerns"
    return resource(
        "Condition",
        profile,
        code=concept(code),
        category=[concept(category, system=TERMS + "condition-category")],
        clinicalStatus=concept(clinical, system=TERMS + "condition-clinical") if clinical else None,
        verificationStatus=concept(verified, system=TERMS + "condition-ver-status") if verified else None,
        onsetDateTime=at(onset) if onset else None,
        abatementDateTime=at(abated) if abated else None,
        **more,
    )


def procedure(code, on="2026-03-01", *, status="completed", **elements):
    return resource(
        "Procedure", "procedure", code=concept(code), status=status, performedDateTime=at(on), **elements
    )


def observation(code, on="2026-03-01", *, kind="lab", status="final", value=None, **elements):
    """``value``: a number with unit "%", ("number", unit), a whole number as int, or a code."""
    profile = f"{'observation-' if kind in OBSERVATIONS and 'cancelled' not in kind else ''}{kind}"
    return resource(
        "Observation",
        profile,
        code=concept(code),
        status=status,
        category=[concept(OBSERVATIONS.get(kind, "exam"), system=TERMS + "observation-category")],
        effectiveDateTime=at(on) if on else None,
        **valued(value),
        **elements,
    )


def valued(value):
    if value is None:
        return {}
    if isinstance(value, int):
        return {"valueInteger": value}
    if isinstance(value, tuple):
        return {"valueQuantity": quantity(*value)}
    return {"valueCodeableConcept": concept(value)}


def quantity(number, unit):
    return {"value": number, "unit": unit, "system": "http://unitsofmeasure.org", "code": unit}


def vital(profile, code, on="2026-03-01", *, value=None, status="final", **elements):
    return resource(
        "Observation",
        USCORE + profile,
        code=concept(code),
        status=status,
        effectiveDateTime=at(on),
        **valued(value),
        **elements,
    )


def pressure(systolic, diastolic, on="2026-03-01T08:30:00.000+00:00", **elements):
    pairs = (("loinc:8480-6", systolic), ("loinc:8462-4", diastolic))
    parts = [
        {"code": concept(code), "valueQuantity": quantity(number, "mm[Hg]")}
        for code, number in pairs
        if number is not None
    ]
    return vital("blood-pressure", "loinc:85354-9", on, component=parts, **elements)


def cancelled(code, issued="2026-03-01", *, why="", status="cancelled", **elements):
    return observation(
        code, None, kind="observationcancelled", status=status, issued=at(issued), **refusal(why), **elements
    )


def refusal(why, name="notDoneReason"):
    return {"extension": [{"url": QICORE + name, "valueCodeableConcept": concept(why)}]} if why else {}


def order(code, on="2026-03-01", *, status="active", intent="order", why="", **elements):
    return resource(
        "ServiceRequest",
        "servicerequest",
        code=concept(code),
        status=status,
        intent=intent,
        authoredOn=at(on),
        reasonCode=[concept(why)] if why else None,
        **elements,
    )


def not_ordered(code, on="2026-03-01", *, why="patient_declined", status="completed"):
    return resource(
        "ServiceRequest",
        "servicenotrequested",
        code=concept(code),
        status=status,
        intent="order",
        doNotPerform=True,
        authoredOn=at(on),
        **refusal(why, "doNotPerformReason"),
    )


def prescription(code, on="2026-03-01", *, supplied=30, status="active", intent="order", **elements):
    supply = {"expectedSupplyDuration": {"value": supplied, "code": "d"}} if supplied else {}
    return resource(
        "MedicationRequest",
        "medicationrequest",
        medicationCodeableConcept=concept(code),
        status=status,
        intent=intent,
        authoredOn=at(on),
        dispenseRequest=supply or None,
        **elements,
    )


def vaccine(code, on, *, status="completed"):
    return resource(
        "Immunization", "immunization", vaccineCode=concept(code), status=status, occurrenceDateTime=at(on)
    )


@dataclass(frozen=True)
class Case:
    """Resources and the populations they should give. Groups as several mappings; one for most measures."""

    title: str
    resources: list
    expected: dict | tuple
    groups: tuple = field(init=False)

    def __post_init__(self):
        groups = self.expected if isinstance(self.expected, tuple) else (self.expected,)
        object.__setattr__(self, "groups", groups)

    def bundle(self):
        entries = [{"resource": {"id": f"r{number}", **one}} for number, one in enumerate(self.resources)]
        return json.dumps({"resourceType": "Bundle", "id": "case", "type": "collection", "entry": entries})


def stand_ins(loaded):
    """Every value set that the measure asks, with its one code."""
    return {one.canonical: frozenset({(STAND_IN, one.name)}) for one in loaded.value_sets}


def history(case):
    return bundle_events(case.bundle().encode()).history


def populations(**counts):
    """Shorthand: ip, den, denex, denexcep, num."""
    names = {
        "ip": "initial_population",
        "den": "denominator",
        "denex": "denominator_exclusion",
        "denexcep": "denominator_exception",
        "num": "numerator",
    }
    return {names[name]: count for name, count in counts.items()}


OUT = populations(ip=0, den=0, num=0)
IN = populations(ip=1, den=1, num=0)
MET = populations(ip=1, den=1, num=1)
EXCLUDED = populations(ip=1, den=1, denex=1, num=0)
EXCEPTED = populations(ip=1, den=1, denexcep=1, num=0)


def differing(results, cases):
    """What an engine got wrong, in words."""
    wrong = []
    for case, result in zip(cases, results, strict=True):
        for number, (wanted, group) in enumerate(zip(case.groups, result.groups, strict=True), start=1):
            found = {name: group.counts.get(name) for name in wanted}
            if found != wanted:
                wrong.append(f"{case.title} (group {number}): {found}, not {wanted}")
    return wrong


def one_by_one(key, cases):
    loaded = load_measure(key)
    return [
        evaluate(measure=loaded.measure, history=history(one), value_sets=stand_ins(loaded), period=PERIOD)
        for one in cases
    ]


def all_at_once(key, cases):
    loaded = load_measure(key)
    found = judge_histories(
        measure=loaded.measure,
        histories={number: history(one) for number, one in enumerate(cases)},
        value_sets=stand_ins(loaded),
        period=PERIOD,
    )
    return [found[number] for number in range(len(cases))]
