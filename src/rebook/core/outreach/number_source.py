"""Where a number or address came from, and what it was given for (R-A4, R-A20).

A number that the patient gave is a permission within what it was given for; one that came from elsewhere is
none. Where nobody wrote down how a number came, the house takes it as given by the patient: it stands in the
practice's own register, which patients fill in. A practice may be stricter (``refuses_unknown_source``).
"""

from collections.abc import Mapping, Sequence
from typing import Final, Literal

NumberSource = Literal[
    "patient_form",
    "patient_page",
    "patient_said",
    "previous_practice",
    "insurer",
    "skip_trace",
    "other",
    "",
]
GIVEN_BY_PATIENT: Final = frozenset({"patient_form", "patient_page", "patient_said"})
# For whoever asks "how did we get it?"; the order is that of the form.
SOURCE_WORDS: Final[Mapping[str, str]] = {
    "patient_form": "The patient, on a form",
    "patient_said": "The patient told us",
    "patient_page": "The patient, on their page",
    "previous_practice": "Another practice",
    "insurer": "An insurer or payer",
    "skip_trace": "Looked up (skip trace)",
    "other": "Somewhere else",
    "": "Not written down",
}
# Words of forms and other systems, and ours.
_ALIASES: Final[Mapping[str, str]] = {
    **{key: key for key in SOURCE_WORDS if key},
    **dict.fromkeys(("patient", "form", "intake", "intake_form", "registration", "paper"), "patient_form"),
    **dict.fromkeys(("portal", "web", "website", "online", "page"), "patient_page"),
    **dict.fromkeys(("phone_call", "in_person", "front_desk", "told", "verbal"), "patient_said"),
    **dict.fromkeys(
        ("practice", "referral", "referring_practice", "transfer", "migration"), "previous_practice"
    ),
    **dict.fromkeys(("payer", "payor", "insurance", "eligibility", "health_plan"), "insurer"),
    **dict.fromkeys(("skiptrace", "lookup", "append", "data_broker", "vendor"), "skip_trace"),
    **dict.fromkeys(("unknown_other", "elsewhere"), "other"),
}

# Purposes by the words in which forms say what a number is for (R-A4); "all" narrows nothing.
SCOPES: Final[Mapping[str, frozenset[str]]] = {
    **dict.fromkeys(
        ("appointment", "appointments", "reminder", "reminders", "operations", "billing"),
        frozenset({"operations"}),
    ),
    **dict.fromkeys(("treatment", "care"), frozenset({"treatment_recall", "operations", "informational"})),
    **dict.fromkeys(("recall", "treatment_recall"), frozenset({"treatment_recall"})),
    **dict.fromkeys(("information", "informational"), frozenset({"informational"})),
    "newsletter": frozenset({"informational", "marketing"}),
    "marketing": frozenset({"marketing"}),
}
# What a form of ours offers; other words of imports are shown as they are.
SCOPE_CHOICES: Final[Mapping[str, str]] = {
    "": "Anything the practice sends",
    "care": "Their care and appointments",
    "appointments": "Appointments only",
    "care, marketing": "Care, and news and offers",
}
_UNNARROWED = frozenset({"", "all", "any", "everything"})
NOTHING = frozenset({"nothing"})


def read_source(text: str) -> str | None:
    """Our word for what a form or another system calls it; "" for nothing said, None when nobody knows it."""
    word = "_".join(text.strip().casefold().replace("-", " ").split())
    return _ALIASES.get(word) if word else ""


def read_scope(text: str) -> tuple[str, ...] | None:
    """Words of one cell ("appointments; recall"), each of them known; None when one is not."""
    words = tuple(
        dict.fromkeys(
            "_".join(part.split()) for part in text.casefold().replace(";", ",").split(",") if part.strip()
        )
    )
    return words if all(word in SCOPES or word in _UNNARROWED for word in words) else None


def purposes_of(words: Sequence[str]) -> frozenset[str]:
    """The purposes that these words of a form allow; empty when they narrow nothing.

    A word that nobody knows allows nothing by itself: doubt refuses.
    """
    said = [word.strip().lower() for word in words]
    if not said or _UNNARROWED.intersection(said):
        return frozenset()
    return frozenset[str]().union(*(SCOPES.get(word, frozenset()) for word in said)) or NOTHING
