"""What a resource is read as: by the QI-Core or US Core profile it names, else by its category and code."""

from collections.abc import Mapping
from typing import Any

Json = Mapping[str, Any]

_NAMED: Mapping[str, str] = {
    "condition-problems-health-concerns": "problem",
    "condition-encounter-diagnosis": "encounter-diagnosis",
    "observation-screening-assessment": "screening-assessment",
    "observation-lab": "lab",
    "observation-clinical-result": "clinical-result",
    "simple-observation": "simple",
    "blood-pressure": "blood-pressure",
    "bp": "blood-pressure",
    "bmi": "bmi",
    "pediatric-bmi-for-age": "bmi-for-age",
    "body-height": "body-height",
    "bodyheight": "body-height",
    "body-weight": "body-weight",
    "bodyweight": "body-weight",
    "observationcancelled": "cancelled",
    "servicenotrequested": "not-requested",
    "medicationnotrequested": "not-requested",
    "devicenotrequested": "not-requested",
    "procedurenotdone": "not-done",
    "immunizationnotdone": "not-done",
    "communicationnotdone": "not-done",
    "tasknotdone": "not-done",
    "taskrejected": "not-done",
    "mednotdispensed": "not-done",
    "medicationadministrationnotdone": "not-done",
}
NOT_DONE = frozenset({"cancelled", "not-requested", "not-done"})
_CATEGORIES: Mapping[str, str] = {
    "laboratory": "lab",
    "survey": "screening-assessment",
    "imaging": "clinical-result",
    "procedure": "clinical-result",
    "exam": "clinical-result",
    "therapy": "clinical-result",
    "activity": "clinical-result",
}
_VITAL_SIGNS: Mapping[str, str] = {
    "85354-9": "blood-pressure",
    "39156-5": "bmi",
    "59576-9": "bmi-for-age",
    "8302-2": "body-height",
    "29463-7": "body-weight",
}


def profiles(resource: Json) -> frozenset[str]:
    """Our words for what the resource is. One that names a profile we know is nothing else."""
    named = (resource.get("meta") or {}).get("profile") or []
    found = {_NAMED.get(_tail(one)) for one in named if isinstance(one, str)} - {None}
    return frozenset(one for one in found if one) or _derived(resource)


def _tail(address: str) -> str:
    name = address.partition("|")[0].rpartition("/")[2]
    return name.removeprefix("qicore-").removeprefix("us-core-")


def _derived(resource: Json) -> frozenset[str]:
    kind = resource.get("resourceType")
    categories = {code for one in _list(resource, "category") for code in _codes(one)}
    if kind == "Condition":
        return frozenset({"encounter-diagnosis" if "encounter-diagnosis" in categories else "problem"})
    if kind != "Observation":
        return frozenset()
    if resource.get("status") == "cancelled":
        return frozenset({"cancelled"})
    found = {_CATEGORIES[one] for one in categories if one in _CATEGORIES}
    found |= {_VITAL_SIGNS[one] for one in _codes(resource.get("code")) if one in _VITAL_SIGNS}
    return frozenset({*found, "simple"})


def _list(resource: Json, name: str) -> list[Any]:
    value = resource.get(name)
    return value if isinstance(value, list) else [value]


def _codes(concept: Any) -> list[str]:
    codings = concept.get("coding") if isinstance(concept, Mapping) else None
    return [str(one.get("code")) for one in codings or [] if isinstance(one, Mapping)]
