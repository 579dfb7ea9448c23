"""The least effort that a class of risk is owed before a case may be given up (R-C5, R-C6).

What counts is what a patient gets who never answers, whatever a vendor reports of the messages: a step that
some silent patient would not get does not count for the class.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

from rebook.core.gaps.tiers import TIERS
from rebook.core.outreach.sequence import Sequence, Step
from rebook.core.outreach.sequence_when import HIGHEST_CLASS, SoFar, unmet

# A case of such a class never ends silently: when nobody was reached a clinician hears of it (R-C6).
NEVER_SILENT_CLASS = 3
SAME_DAY_CLASS = 4


@dataclass(frozen=True, slots=True)
class Effort:
    """Contacts, calls that nothing replaces, and letters."""

    contacts: int
    calls: int = 0
    letters: int = 0
    calls_the_same_day: bool = False

    def reaches(self, least: "Effort") -> bool:
        return (
            self.contacts >= least.contacts
            and self.calls >= least.calls
            and self.letters >= least.letters
            and self.calls_the_same_day >= least.calls_the_same_day
        )


LEAST_EFFORT: tuple[Effort, ...] = (
    Effort(2),
    Effort(2),
    Effort(3),
    Effort(4, calls=2, letters=1),
    Effort(4, calls=2, letters=1, calls_the_same_day=True),
    Effort(4, calls=2, letters=1, calls_the_same_day=True),
)


@dataclass(frozen=True, slots=True)
class Shortfall:
    """A class for which the sequence does too little; ``says`` is for people."""

    risk_class: int
    says: str


def steps_when_silent(
    sequence: Sequence, *, risk_class: int, tier: str = "", delivered: bool = True, read: bool = False,
    clicked: bool = False,
) -> tuple[tuple[int, Step], ...]:  # fmt: skip
    """(days after the first day, step) of what a patient gets who never answers."""
    so_far = SoFar(delivered=delivered, read=read, clicked=clicked, risk_class=risk_class, tier=tier)
    days = 0
    taken = []
    for step in sequence.steps:
        days += step.delay_days
        if unmet(step.when, so_far) is None:
            taken.append((days, step))
    return tuple(taken)


def effort_for(sequence: Sequence, *, risk_class: int) -> Effort:
    """The least that a silent patient of this class gets, over every tier and every report of delivery."""
    return _least(list(_efforts(sequence, risk_class)))


def _efforts(sequence: Sequence, risk_class: int) -> Iterator[Effort]:
    # Read without delivered is nothing a vendor could mean.
    arrivals = ((False, False), (True, False), (True, True))
    for (delivered, read), clicked, tier in product(arrivals, (False, True), ("", *TIERS)):
        yield _effort(
            steps_when_silent(
                sequence, risk_class=risk_class, tier=tier, delivered=delivered, read=read, clicked=clicked
            )
        )


def _effort(taken: tuple[tuple[int, Step], ...]) -> Effort:
    calls = [(day, step) for day, step in taken if _is_live_call(step)]
    return Effort(
        contacts=len(taken),
        calls=len(calls),
        letters=sum(step.channel == "letter" for _, step in taken),
        calls_the_same_day=any(day == 0 for day, _ in calls),
    )


def _least(efforts: list[Effort]) -> Effort:
    return Effort(
        min(one.contacts for one in efforts),
        min(one.calls for one in efforts),
        min(one.letters for one in efforts),
        all(one.calls_the_same_day for one in efforts),
    )


def _is_live_call(step: Step) -> bool:
    """A call that a patient's liking for texts would turn into a text is no live call."""
    return step.channel == "phone" and not step.preference_may_replace


def shortfalls(sequence: Sequence) -> tuple[Shortfall, ...]:
    """Every class the sequence is offered for and does too little for (R-C5); empty when it may be used."""
    found = []
    for risk_class in range(sequence.min_class, min(sequence.max_class, HIGHEST_CLASS) + 1):
        least, given = LEAST_EFFORT[risk_class], effort_for(sequence, risk_class=risk_class)
        if not given.reaches(least):
            found.append(Shortfall(risk_class, f"class {risk_class} needs {_said(least)}; {_missing(given)}"))
    return tuple(found)


def _said(least: Effort) -> str:
    parts = [f"{least.contacts} contacts"]
    if least.calls:
        parts.append(f"{least.calls} of them calls that a preference does not replace")
    if least.letters:
        parts.append("a letter")
    if least.calls_the_same_day:
        parts.append("a call on the first day")
    return ", ".join(parts) + " (R-C5)"


def _missing(given: Effort) -> str:
    letters = f"{given.letters} letter{'s' if given.letters != 1 else ''}"
    same_day = "" if given.calls_the_same_day else ", no call on the first day"
    return (
        f"who never answers may get {given.contacts} contacts, {given.calls} such calls, {letters}{same_day}"
    )
