"""Asking the Reassigned Numbers Database of the United States, file by file (R-A60, R-A61).

A question is a number and the last day on which it was known to be the patient's; an answer is yes (it was
permanently disconnected on that day or since), no, or no data. Other countries' numbers cannot be asked for.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, Literal

import phonenumbers

from rebook.core.contacts import read_phone
from rebook.core.outreach.other_contacts import Problem

CheckKind = Literal["same", "reassigned", "no_data"]
# A disconnected number rests so long before somebody else may get it: what was good then is good still.
AGING_DAYS: Final = 45
# What no data says of a day before the database began to be filled everywhere.
DATA_SINCE: Final = date(2021, 1, 27)
QUESTION_COLUMNS: Final = ("tn", "date")
# Names of columns in answers; a file without them holds number, date, answer in that order.
NUMBER_NAMES: Final = ("tn", "number", "phone", "phone_number", "telephone_number", "telephone")
ANSWER_NAMES: Final = ("disconnected", "answer", "result", "response", "status", "reassigned")
ANSWER_COLUMNS: Final = (*NUMBER_NAMES, *ANSWER_NAMES, "date")
UNNAMED_COLUMNS: Final = ("tn", "date", "disconnected")
_ANSWERS: Final[Mapping[str, CheckKind]] = {
    **dict.fromkeys(("yes", "y", "true", "1"), "reassigned"),
    **dict.fromkeys(("no", "n", "false", "0"), "same"),
    **dict.fromkeys(("no_data", "nodata", "no_info", "unknown"), "no_data"),
}
# The states and the territories whose numbers the database holds; toll-free numbers count to all of them.
_COVERED: Final = frozenset({"US", "PR", "GU", "VI", "AS", "MP"})


@dataclass(frozen=True, slots=True)
class Answer:
    """What a check said of a number (E.164)."""

    number: str
    kind: CheckKind


def can_be_asked(number: str) -> bool:
    """Whether the database holds numbers like this one (E.164)."""
    try:
        parsed = phonenumbers.parse(number, None)
    except phonenumbers.NumberParseException:
        return False
    return phonenumbers.region_code_for_number(parsed) in _COVERED


def question(number: str, *, good_on: date) -> tuple[str, str]:
    """A line of the file to upload: ten digits, and the day as 2025-03-17."""
    return number.removeprefix("+1"), good_on.isoformat()


def is_due(*, good_at: datetime | None, checked_at: datetime | None, now: datetime) -> bool:
    """Whether a number wants to be asked about: no sign of the patient, no answer within the aging time."""
    signs = [at for at in (good_at, checked_at) if at is not None]
    return not signs or now - max(signs) >= timedelta(days=AGING_DAYS)


def read_answer(row: Mapping[str, str]) -> Answer | Problem:
    """One row of the answers, by its column names."""
    number = next((row[name].strip() for name in NUMBER_NAMES if row.get(name, "").strip()), "")
    said = next((row[name].strip() for name in ANSWER_NAMES if row.get(name, "").strip()), "")
    if not number:
        return Problem("tn", "there is no number")
    read = read_phone(number, region="US")
    if read.problem:
        return Problem("tn", read.problem)
    kind = _ANSWERS.get("_".join(said.casefold().replace("-", " ").split()))
    if kind is None:
        return Problem("disconnected", "neither yes, no nor no data")
    return Answer(read.value, kind)
