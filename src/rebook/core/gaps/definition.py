"""One reason to come back, as a clinician signs it (R-C1): who, since when, how long, how grave.

A definition is data. It names the clinic's own visit types, procedure kinds and condition kinds, never a
licensed code. Both engines read these same values.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date
from functools import lru_cache
from typing import Literal

from rebook.core.criteria import Expression

from .contradictions import MAX_RISK_CLASS, DefinitionInvalid, contradictions
from .schedule import Age, Phase, read_age

FirstDue = Literal["never", "age", "condition", "medication", "procedure"]
Outreach = Literal["yes", "at_visit", "staff"]
# From this class on a definition runs only when a clinician has signed it, and gaps open when due (R-C3).
SIGNED_FROM_CLASS = 3

__all__ = [
    "MAX_RISK_CLASS",
    "SIGNED_FROM_CLASS",
    "DefinitionInvalid",
    "FirstDue",
    "GapDefinition",
    "Outreach",
    "Qualifying",
]


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
    # Likewise: any of these must be taken now, none of those.
    medications: tuple[str, ...] = ()
    none_of_medications: tuple[str, ...] = ()
    # What lists cannot say: any, all, not, counts within windows, value sets.
    eligible_when: Expression | None = None
    excluded_when: Expression | None = None
    exclusion_words: tuple[str, ...] = ()
    # Ever done, ever charted.
    exclusion_procedures: tuple[str, ...] = ()
    exclusion_conditions: tuple[str, ...] = ()
    # What is due when there never was one: nothing; from an age; an interval after the condition or the
    # medication began, or after the latest of ``anchor_procedures``.
    first_due: FirstDue = "never"
    first_due_age: int | None = None
    anchor_procedures: tuple[str, ...] = ()
    # Due once after the anchor, or once in a lifetime; a qualifying one from then on ends it for good.
    once: bool = False
    # Instead of an interval: due at these ages ("2m", "4y"); so many days early still counts for one.
    at_ages: tuple[str, ...] = ()
    early_days: int = 0
    # Instead of one interval: by how long after the anchor the last one was.
    phases: tuple[Phase, ...] = ()
    # Opens on these days of the year only, like ("09-01", "03-31").
    season: tuple[str, ...] = ()
    # Opens so many days before it is due, instead of after a grace.
    lead_days: int = 0
    # No longer a gap so many days after it was due; 0 means never.
    lapses_after_days: int = 0
    # Keys of rules that are not for whom this one is for.
    supersedes: tuple[str, ...] = ()
    # Count like a qualifying one.
    satisfied_by_visit_types: tuple[str, ...] = ()
    satisfied_by_procedures: tuple[str, ...] = ()
    # Close the gap when booked, but do not start the interval anew.
    satisfied_by_appointments: tuple[str, ...] = ()
    # "at_visit": raised when the patient comes, never a message; "staff": a task, no message.
    outreach: Outreach = "yes"
    # May share one contact with the patient's other gaps (R-C7).
    combine: bool = True
    first_channel: str = "sms"
    max_delay_days: int = 0
    owner_role: str = "front_desk"
    sensitivity: tuple[str, ...] = ()
    source: str = ""
    guideline: str = ""
    guideline_version: str = ""
    valid_until: date | None = None
    signed_off_by: str = ""
    retired_note: str = ""

    def __post_init__(self) -> None:
        for name, reason in contradictions(self):
            raise DefinitionInvalid(name, reason)

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
    def ages(self) -> tuple[Age, ...]:
        """The ages of ``at_ages``, in their order."""
        return tuple(age for age in map(read_age, self.at_ages) if age is not None)

    @property
    def expressions(self) -> tuple[Expression, ...]:
        """What lists of words cannot say: ``eligible_when`` and ``excluded_when``, as far as given."""
        return tuple(one for one in (self.eligible_when, self.excluded_when) if one is not None)

    @property
    def blocks_unsigned(self) -> bool:
        """Does not run until a clinician has signed it."""
        return self.risk_class >= SIGNED_FROM_CLASS

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
        """SHA-256 of everything but the signature and the note: what a clinician signs.

        What a rule does not use is left out: a field that Rebook learns later voids no signature.
        """
        return _content_hash(self)

    def words(self, language: str = "en") -> str:
        """The label in ``language``, in English where it is missing."""
        return self.label.get(language) or self.label.get("en") or self.key

    def is_expired(self, as_of: date) -> bool:
        """The guideline should have been looked at again by now (R-C8)."""
        return self.valid_until is not None and as_of > self.valid_until


@lru_cache(maxsize=4096)
def _content_hash(definition: GapDefinition) -> str:
    content = asdict(definition)
    for name in ("signed_off_by", "retired_note"):
        del content[name]
    for name, unused in _LATER_FIELDS.items():
        if content[name] == unused:
            del content[name]
    for name in ("eligible_when", "excluded_when"):
        written = getattr(definition, name)
        if written is not None:
            content[name] = written.text
    content["label"] = dict(sorted(definition.label.items()))
    return hashlib.sha256(json.dumps(content, sort_keys=True, default=str).encode()).hexdigest()


# Fields that came after the first signatures, with the value that means "not used".
_LATER_FIELDS = {
    one.name: one.default
    for one in fields(GapDefinition)
    if one.name
    in (
        *(
            "medications",
            "none_of_medications",
            "eligible_when",
            "excluded_when",
            "anchor_procedures",
            "once",
        ),
        *("at_ages", "early_days", "phases", "season", "lead_days", "lapses_after_days", "supersedes"),
        *("outreach", "combine"),
    )
}
