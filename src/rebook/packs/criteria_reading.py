"""Tests of events and conditions on patients, read from one table of a criteria file."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, cast, get_args

from rebook.core.criteria import (
    OWN_WORDS,
    Aged,
    AgedAt,
    Condition,
    Counted,
    Every,
    FlagIs,
    HasCode,
    Holds,
    Measured,
    No,
    Own,
    Pick,
    Point,
    Related,
    SexIs,
    Some,
    Test,
    Timing,
    WordIs,
)
from rebook.core.criteria.phrases import PhraseInvalid, point, timing

from .loader import Table

_TERMINOLOGY = "http://terminology.hl7.org/CodeSystem/"
SYSTEMS: Mapping[str, str] = {
    "snomed": "http://snomed.info/sct",
    "loinc": "http://loinc.org",
    "cpt": "http://www.ama-assn.org/go/cpt",
    "hcpcs": "http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets",
    "icd10cm": "http://hl7.org/fhir/sid/icd-10-cm",
    "icd10pcs": "http://www.cms.gov/Medicare/Coding/ICD10",
    "cvx": "http://hl7.org/fhir/sid/cvx",
    "rxnorm": "http://www.nlm.nih.gov/research/umls/rxnorm",
}
# Key in the file -> the place of the code, and the system of codes written without one.
PLACES: Mapping[str, str] = {
    "codes": OWN_WORDS,
    "profile": "profile",
    "category": _TERMINOLOGY + "observation-category",
    "class": _TERMINOLOGY + "v3-ActCode",
    "clinical": _TERMINOLOGY + "condition-clinical",
    "verification": _TERMINOLOGY + "condition-ver-status",
    "reason": "",
    "refusal": "",
    "value": "",
    "body_site": "",
    "disposition": "",
}
CONDITION_CATEGORIES: Mapping[str, str] = {
    "problem-list-item": _TERMINOLOGY + "condition-category",
    "encounter-diagnosis": _TERMINOLOGY + "condition-category",
    "health-concern": "http://hl7.org/fhir/us/core/CodeSystem/condition-category",
}
WORDS = ("status", "intent")
FLAGS = {"not_done": "is_not_done", "has_value": "has_value"}
TEST_KEYS = frozenset(
    {*PLACES, *WORDS, *FLAGS, "in", "measured", "age", "when", "related", "any", "all", "not"}
)
OWN_TIMES: tuple[Own, ...] = get_args(Own)
BOUNDS = ("at_least", "above", "at_most", "below")


@dataclass(slots=True)
class Reader:
    """Reads inside ``table``; what is wrong is noted at the table's entry ``key``.

    ``names``: the value sets' names. What sets, windows and conditions were named is left in ``named``, and
    value sets in ``value_sets``.
    """

    table: Table
    names: Mapping[str, str]
    key: str = ""
    named: set[tuple[str, str]] = field(default_factory=set)
    value_sets: set[str] = field(default_factory=set)

    def wrong(self, reason: str, key: str = "") -> None:
        self.table.wrong(self.key or key, reason)

    # Tests of an event

    def tests(self, data: Mapping[str, Any], *, is_top: bool = False) -> Test:
        """Every test in ``data``; other keys are the caller's when ``is_top``."""
        found: list[Test] = []
        for key, value in data.items():
            if key not in TEST_KEYS:
                if not is_top:
                    self.wrong(f"unknown field '{key}'")
                continue
            outer, self.key = self.key, self.key or key
            found += self._test(key, value)
            self.key = outer
        return found[0] if len(found) == 1 else Every(tuple(found))

    def _test(self, key: str, value: Any) -> list[Test]:
        if key in ("any", "all"):
            parts = tuple(self.tests(one) for one in self._tables(value))
            return [Some(parts) if key == "any" else Every(parts)]
        if key == "not":
            return [No(self.tests(one)) for one in self._tables(value)]
        if key in WORDS:
            return [WordIs(key, self._words(value))]
        if key in FLAGS:
            if not isinstance(value, bool):
                self.wrong("wants true or false")
            return [FlagIs(FLAGS[key], bool(value))]
        if key == "when":
            return [*self._timings(value)]
        if key == "measured":
            return [self._measured(one) for one in self._tables(value)]
        if key == "age":
            return [self._aged_at(one) for one in self._tables(value)]
        if key == "related":
            return [self._related(one) for one in self._tables(value)]
        return [self._coded(key, value)]

    def _coded(self, key: str, value: Any) -> HasCode:
        role = "code" if key in ("in", "codes") else key
        value_sets, codes = [], []
        for one in self._words(value):
            system, _, code = one.partition(":")
            if system in SYSTEMS and code:
                codes.append((SYSTEMS[system], code))
            elif one in self.names:
                value_sets.append(self.names[one])
                self.value_sets.add(one)
            elif key == "in" or (not PLACES[key] and key != "codes"):
                self.wrong(f"there is no value set '{one}'")
            elif key == "category":
                codes.append((CONDITION_CATEGORIES.get(one, PLACES[key]), one))
            else:
                codes.append((PLACES[key], one))
        return HasCode(role, tuple(value_sets), tuple(codes))

    def _measured(self, data: Mapping[str, Any]) -> Measured:
        self._only(data, {"component", "unit", *BOUNDS})
        bounds = {name: self._number(data, name) for name in BOUNDS}
        component = None
        if "component" in data:
            system, _, code = str(data["component"]).partition(":")
            if system not in SYSTEMS or not code:
                self.wrong('component wants a code like "loinc:8480-6"')
            component = (SYSTEMS.get(system, ""), code)
        return Measured(component, str(data.get("unit", "")), **bounds)

    def _aged_at(self, data: Mapping[str, Any]) -> AgedAt:
        self._only(data, {"at", "at_least", "at_most"})
        return AgedAt(
            self._own(data.get("at", "starts")), self._years(data, "at_least"), self._years(data, "at_most")
        )

    def _related(self, data: Mapping[str, Any]) -> Related:
        self._only(data, {"to", "when", "its", "refers", "pick", "by", "then"})
        to, then, pick = str(data.get("to", "")), str(data.get("then", "")), data.get("pick", "")
        if not to:
            self.wrong("related wants 'to'")
        if pick not in ("", "first", "last"):
            self.wrong("pick must be 'first' or 'last'")
        self.named |= {("set", name) for name in (to, then) if name}
        return Related(
            to=to,
            when=self._timings(data.get("when", [])),
            its=self._timings(data.get("its", []), inner="this"),
            refers=str(data.get("refers", "")),
            pick=pick if pick in ("first", "last") else "",
            by=self._own(data.get("by", "starts")),
            then=then,
        )

    def _timings(self, value: Any, *, inner: str = "it") -> tuple[Timing, ...]:
        found = []
        for text in self._words(value):
            try:
                one = timing(text)
            except PhraseInvalid as error:
                self.wrong(str(error))
                continue
            if one.target != inner:
                self.named.add(("window", one.target))
            found.append(one)
        return tuple(found)

    def pick(self, text: Any) -> Pick | None:
        """ "last by starts", "first by recorded", "last day by latest"."""
        parts = str(text).split(" ")
        if len(parts) < 3 or parts[0] not in ("first", "last") or parts[1:-1] not in (["by"], ["day", "by"]):
            self.table.wrong("pick", "write like 'last by starts' or 'last day by latest'")
            return None
        which = cast(Literal["first", "last"], parts[0])
        return Pick(which, self._own(parts[-1]), is_day=parts[1] == "day")

    # Conditions on a patient

    def condition(self, data: Any) -> Condition:
        """One condition."""
        if not isinstance(data, Mapping) or not data:
            self.wrong('wants a table like { exists = "..." } or { all = [ ... ] }')
            return Every(())
        for key, read in (("any", Some), ("all", Every)):
            if key in data:
                self._only(data, {key})
                return cast(Condition, read(tuple(self.condition(one) for one in self._tables(data[key]))))
        if "not" in data:
            self._only(data, {"not"})
            return No(self.condition(data["not"]))
        if "condition" in data:
            self._only(data, {"condition"})
            self.named.add(("condition", str(data["condition"])))
            return Holds(str(data["condition"]))
        if "sex" in data:
            self._only(data, {"sex"})
            return SexIs(tuple(one.partition(":")[2] or one for one in self._words(data["sex"])))
        if "age" in data:
            return self._aged(data)
        return self._counted(data)

    def _counted(self, data: Mapping[str, Any]) -> Condition:
        if "exists" in data:
            self._only(data, {"exists"})
            self.named.add(("set", str(data["exists"])))
            return Counted(str(data["exists"]))
        if "count" in data:
            self._only(data, {"count", "at_least", "days"})
            self.named.add(("set", str(data["count"])))
            days = self._own(data["days"]) if "days" in data else ""
            return Counted(str(data["count"]), self._years(data, "at_least") or 1, cast(Any, days))
        self.wrong("wants one of any, all, not, exists, count, age, sex, condition")
        return Every(())

    def _aged(self, data: Mapping[str, Any]) -> Condition:
        self._only(data, {"age"})
        (age,) = self._tables(data["age"]) or ({},)
        self._only(age, {"at", "at_least", "at_most"})
        at = self.point(age.get("at", "end of period"))
        return Aged(at, self._years(age, "at_least"), self._years(age, "at_most"))

    def point(self, text: Any) -> Point:
        """A moment in words."""
        try:
            found = point(str(text))
        except PhraseInvalid as error:
            self.wrong(str(error))
            return Point("period")
        self.named.add(("anchor", found.anchor))
        return found

    # Plain values

    def _only(self, data: Mapping[str, Any], known: set[str]) -> None:
        for key in sorted(set(data) - known):
            self.wrong(f"unknown field '{key}'")

    def _tables(self, value: Any) -> list[Mapping[str, Any]]:
        tables = value if isinstance(value, list) else [value]
        if not tables or not all(isinstance(one, Mapping) for one in tables):
            self.wrong("wants a table, or a list of them")
            return []
        return tables

    def _words(self, value: Any) -> tuple[str, ...]:
        words = [value] if isinstance(value, str) else value
        if not isinstance(words, list) or not all(isinstance(one, str) and one for one in words):
            self.wrong("wants a word in quotes, or a list of them")
            return ()
        return tuple(words)

    def _number(self, data: Mapping[str, Any], key: str) -> float | None:
        value = data.get(key)
        if value is None:
            return None
        if not isinstance(value, int | float) or isinstance(value, bool):
            self.wrong(f"{key} wants a number")
            return None
        return float(value)

    def _years(self, data: Mapping[str, Any], key: str) -> int | None:
        value = self._number(data, key)
        return None if value is None else int(value)

    def _own(self, value: Any) -> Own:
        if value not in OWN_TIMES:
            self.wrong(f"'{value}' is no time of an event: {', '.join(OWN_TIMES)}")
            return "starts"
        return cast(Own, value)
