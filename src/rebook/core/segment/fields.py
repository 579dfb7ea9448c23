"""What a segment may filter by (Q-33 to Q-35, Q-146, Q-224, Q-235, Q-464, Q-465)."""

from dataclasses import dataclass
from typing import Literal

from rebook.core.gaps import KINDS, TIERS
from rebook.core.words import CASE_OUTCOMES

Shape = Literal["choice", "ids", "range"]
About = Literal["reason", "patient", "history"]

CHANNELS = ("sms", "email", "phone", "letter")
RISK_CLASSES = ("0", "1", "2", "3", "4")
# A patient whom no campaign has written to yet.
NO_OUTCOME = "none"


@dataclass(frozen=True, slots=True)
class SegmentField:
    """One thing to filter by.

    ``phrase`` finishes the sentence "Patients ..." with the chosen values at ``{}``; ``words`` closes the
    list of values where the ledger does; a range lies between ``least`` and ``most``, both included.
    """

    key: str
    about: About
    shape: Shape
    label: str
    phrase: str
    not_phrase: str
    unit: str = ""
    words: tuple[str, ...] = ()
    least: int = 0
    most: int = 0
    # Shown beside the field: filtering by it can be unfair (R-F64).
    caution: str = ""


FIELDS: dict[str, SegmentField] = {
    one.key: one
    for one in (
        SegmentField(
            *("gap_kind", "reason", "choice", "Kind of reason"),
            *("because of {}", "not because of {}"),
            words=KINDS,
        ),
        SegmentField(
            "definition", "reason", "choice", "Rule", "due by the rule {}", "not due by the rule {}"
        ),
        SegmentField(
            "gap_visit_type", "reason", "choice", "Visit needed", "who need {}", "who do not need {}"
        ),
        SegmentField(
            *("risk_class", "reason", "choice", "How grave", "of class {}", "not of class {}"),
            words=RISK_CLASSES,
        ),
        SegmentField(
            *("overdue_days", "reason", "range", "Overdue for"),
            *("overdue for {}", "not overdue for {}"),
            unit="days",
            most=36_500,
        ),
        SegmentField(
            *("tier", "reason", "choice", "Time since last visit", "{}", "not {}"),
            words=TIERS,
        ),
        SegmentField(
            *("last_visit_months", "history", "range", "Last visit"),
            *("last seen {} ago", "not last seen {} ago"),
            unit="months",
            most=1_200,
        ),
        SegmentField(
            *("last_visit_type", "history", "choice", "Last visit was"),
            *("whose last visit was {}", "whose last visit was not {}"),
        ),
        SegmentField(
            *("visit_type", "history", "choice", "Has ever had the visit"),
            *("who have had {}", "who never had {}"),
        ),
        SegmentField(
            *("procedure", "history", "choice", "Has ever had the procedure"),
            *("who have had {}", "who never had {}"),
        ),
        SegmentField(
            *("condition", "history", "choice", "Diagnosis group"),
            *("with {}", "without {}"),
        ),
        SegmentField(
            *("prior_outcome", "history", "choice", "How the last outreach ended"),
            *("whose last outreach ended with {}", "whose last outreach did not end with {}"),
            words=(*CASE_OUTCOMES, NO_OUTCOME),
        ),
        SegmentField("location", "patient", "ids", "Site", "at {}", "not at {}"),
        SegmentField("practitioner", "patient", "ids", "Practitioner", "seen by {}", "not seen by {}"),
        SegmentField(
            *("age", "patient", "range", "Age", "aged {}", "not aged {}"),
            unit="years",
            most=130,
        ),
        SegmentField(
            *("language", "patient", "choice", "Language", "who speak {}", "who do not speak {}"),
            caution="Nobody may wait longer for care because of their language.",
        ),
        SegmentField(
            *("channel", "patient", "choice", "Can be reached by"),
            *("who can be reached by {}", "who cannot be reached by {}"),
            words=CHANNELS,
        ),
        SegmentField(
            *("payer_class", "patient", "choice", "Who pays", "covered by {}", "not covered by {}"),
            caution="Nobody may wait longer for care because of who pays.",
        ),
        SegmentField(
            *("value", "patient", "range", "Paid in a lifetime"),
            *("who have paid {}", "who have not paid {}"),
            unit="dollars",
            most=10_000_000,
            caution="Money never decides who is seen first.",
        ),
    )
}
