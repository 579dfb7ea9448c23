"""One reason to come back, as a clinician signs it (R-C1): who, since when, how long, how grave.

A definition is data. It names the clinic's own visit types, procedure kinds and condition kinds, never a
licensed code. Both engines read these same values.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Literal

FirstDue = Literal["never", "age", "condition"]
MAX_RISK_CLASS = 4
# From this class on a definition runs only when a clinician has signed it, and gaps open when due (R-C3).
SIGNED_FROM_CLASS = 3


class DefinitionInvalid(ValueError):
    """A definition that cannot mean anything; ``field`` says where. Trying again does not help."""

    permanent = True

    def __init__(self, field_name: str, reason: str) -> None:
        self.field = field_name
        self.reason = reason
        super().__init__(f"{field_name}: {reason}")


@dataclass(frozen=True, slots=True)
class Qualifying:
    """Visits or procedures from which the next one is counted, with an interval of their own if given."""

    visit_types: tuple[str, ...] = ()
    procedures: tuple[str, ...] = ()
    interval_months: int = 0
    interval_days: int = 0


@dataclass(frozen=True, slots=True)
class GapDefinition:
    """An interval rule. Ages in whole years, both ends included; dates are the patient's calendar dates."""

    key: str
    label: Mapping[str, str]
    specialty: str
    # The appointment that closes it, and how long it takes.
    visit_type: str
    minutes: int
    interval_months: int = 0
    interval_days: int = 0
    grace_days: int = 0
    risk_class: int = 1
    last: tuple[Qualifying, ...] = ()
    kind: str = "interval"
    min_age: int | None = None
    max_age: int | None = None
    sexes: tuple[str, ...] = ()
    # Any of these must be charted and not over.
    conditions: tuple[str, ...] = ()
    none_of_conditions: tuple[str, ...] = ()
    exclusion_words: tuple[str, ...] = ()
    # Ever done, ever charted.
    exclusion_procedures: tuple[str, ...] = ()
    exclusion_conditions: tuple[str, ...] = ()
    # What is due when there never was one: nothing; from an age; an interval after the condition began.
    first_due: FirstDue = "never"
    first_due_age: int | None = None
    # Count like a qualifying one.
    satisfied_by_visit_types: tuple[str, ...] = ()
    satisfied_by_procedures: tuple[str, ...] = ()
    # Close the gap when booked, but do not start the interval anew.
    satisfied_by_appointments: tuple[str, ...] = ()
    first_channel: str = "sms"
    max_delay_days: int = 0
    owner_role: str = "front_desk"
    sensitivity: tuple[str, ...] = ()
    source: str = ""
    guideline: str = ""
    guideline_version: str = ""
    valid_until: date | None = None
    signed_off_by: str = ""

    def __post_init__(self) -> None:
        check(self)

    def __hash__(self) -> int:
        # ``label`` is a mapping and has no hash; equality still looks at everything.
        return hash((self.key, self.source, self.interval_months, self.interval_days))

    @property
    def qualifying(self) -> tuple[Qualifying, ...]:
        """Everything the interval counts from, one group for each length of interval."""
        extra = Qualifying(self.satisfied_by_visit_types, self.satisfied_by_procedures)
        groups: dict[tuple[int, int], Qualifying] = {}
        for one in (*self.last, extra):
            if not (one.visit_types or one.procedures):
                continue
            own = (one.interval_months, one.interval_days)
            length = own if any(own) else (self.interval_months, self.interval_days)
            known = groups.get(length, Qualifying())
            groups[length] = Qualifying(
                known.visit_types + one.visit_types, known.procedures + one.procedures, *length
            )
        return tuple(groups.values())

    @property
    def return_types(self) -> frozenset[str]:
        """Visit types whose recommended return date beats the interval (R-C2)."""
        return frozenset(kind for one in self.last for kind in one.visit_types)

    @property
    def booked_types(self) -> frozenset[str]:
        """Visit types of a coming appointment that close the gap."""
        counting = frozenset(kind for one in self.qualifying for kind in one.visit_types)
        return counting | {self.visit_type} | frozenset(self.satisfied_by_appointments)

    @property
    def content_hash(self) -> str:
        """SHA-256 of everything but the signature: what a clinician signs."""
        content = asdict(self)
        del content["signed_off_by"]
        content["label"] = dict(sorted(self.label.items()))
        return hashlib.sha256(json.dumps(content, sort_keys=True, default=str).encode()).hexdigest()

    def words(self, language: str = "en") -> str:
        """The label in ``language``, in English where it is missing."""
        return self.label.get(language) or self.label.get("en") or self.key

    def is_expired(self, as_of: date) -> bool:
        """The guideline should have been looked at again by now (R-C8)."""
        return self.valid_until is not None and as_of > self.valid_until


def check(definition: GapDefinition) -> None:
    """Raises ``DefinitionInvalid`` for a definition that contradicts itself."""
    for name, reason in _contradictions(definition):
        raise DefinitionInvalid(name, reason)


def _contradictions(definition: GapDefinition) -> list[tuple[str, str]]:
    low, high = definition.min_age, definition.max_age
    positive = definition.interval_months >= 0 and definition.interval_days >= 0
    tests = [
        (not definition.key, "key", "is empty"),
        (not definition.label.get("en"), "label", "needs at least English (en)"),
        (not definition.source, "source", "is missing: every rule says where it comes from"),
        (not positive, "interval_months", "cannot be negative"),
        (
            not (definition.interval_months or definition.interval_days),
            "interval_months",
            "the interval is zero: give interval_months or interval_days",
        ),
        (definition.interval_months > 1200, "interval_months", "is longer than a lifetime"),
        (definition.grace_days < 0, "grace_days", "cannot be negative"),
        (not 0 <= definition.risk_class <= MAX_RISK_CLASS, "risk_class", "must be 0 to 4"),
        (definition.minutes <= 0, "minutes", "must be more than 0"),
        (not definition.last, "last", "names no visit type or procedure to count from"),
        (low is not None and low < 0, "min_age", "cannot be negative"),
        (low is not None and high is not None and low > high, "max_age", "is below min_age"),
        (
            definition.first_due == "age" and definition.first_due_age is None,
            "first_due_age",
            'is missing, and first_due is "age"',
        ),
        (
            definition.first_due == "condition" and not definition.conditions,
            "first_due",
            'is "condition", but conditions is empty',
        ),
    ]
    found = [(name, reason) for wrong, name, reason in tests if wrong]
    for one in definition.last:
        if not (one.visit_types or one.procedures):
            found.append(("last", "names neither visit_types nor procedures"))
        if one.interval_months < 0 or one.interval_days < 0:
            found.append(("last", "an interval cannot be negative"))
    return found
