"""Tables of the rules about what others may learn, and about numbers beside their state."""

from datetime import time

from guard_cases import CALL, DAYS, EMAIL, HOURS, NOW, Case, Section, utc

from rebook.core.outreach.guard_views import ConfidentialView, NumberView
from rebook.core.outreach.values import ContactView

LETTER = {"channel": "letter", "contact": ContactView("postal", "postal")}
REPLY = {"origin": "reply", "patient_last_wrote_at": NOW}


def wish(**asked):
    return {"confidential": (ConfidentialView(**asked),)}


OWN_NUMBER = wish(phone="+16175550199")
CONFIDENTIAL = Section(
    "Confidential communications",
    "What the patient asked for beats every campaign and binds every path (R-A101); what they cannot read or "
    "hear is not sent (R-B37).",
    (
        Case("letters only, a text", wish(channels=frozenset({"letter"})), "refuse", ("confidential",)),
        Case("letters only, a letter", wish(channels=frozenset({"letter"})) | LETTER, "allow"),
        Case(
            "letters only, staff write a text",
            wish(channels=frozenset({"letter"})) | {"origin": "manual"},
            "refuse",
            ("confidential",),
        ),
        Case(
            "letters only, an answer by text",
            wish(channels=frozenset({"letter"})) | REPLY,
            "refuse",
            ("confidential",),
        ),
        Case(
            "letters only, a safety answer",
            wish(channels=frozenset({"letter"})) | {"origin": "safety"},
            "refuse",
            ("confidential",),
        ),
        Case("another number was asked for", OWN_NUMBER, "refuse", ("confidential",)),
        Case("the number that was asked for", wish(phone="+16175550100"), "allow"),
        Case("another number, an e-mail", OWN_NUMBER | EMAIL, "allow"),
        Case("another e-mail address", wish(email="other@example.org") | EMAIL, "refuse", ("confidential",)),
        Case("letters to another address", wish(has_address=True) | LETTER, "refuse", ("confidential",)),
        Case(
            "letters to that address",
            wish(has_address=True) | LETTER | {"letter_goes_to_own_address": True},
            "allow",
        ),
        Case(
            "a closed envelope, a postcard",
            wish(in_envelope=True) | LETTER | {"letter_is_postcard": True},
            "refuse",
            ("confidential",),
        ),
        Case("a closed envelope, a letter", wish(in_envelope=True) | LETTER, "allow"),
        Case(
            "two requests, of records that were joined: both hold",
            {
                "confidential": (
                    ConfidentialView(phone="+16175550100"),
                    ConfidentialView(channels=frozenset({"email"})),
                )
            },
            "refuse",
            ("confidential",),
        ),
        Case("the text holds the code word", {"text_holds_code_word": True}, "refuse", ("code_word",)),
        Case(
            "after 17:00 only", wish(opens=time(17)), "defer", ("confidential_hours",), until=utc(12, 1, 22)
        ),
        Case("before noon only, in the morning", wish(closes=time(12)), "allow"),
        Case(
            "before nine only: never within calling hours",
            wish(closes=time(9)),
            "refuse",
            ("expired", "confidential_hours"),
        ),
        Case(
            "on Wednesdays only",
            wish(weekdays=frozenset({2})),
            "defer",
            ("confidential_hours",),
            until=utc(12, 2, 14),
        ),
        Case(
            "on Mondays only: later than it is of use",
            wish(weekdays=frozenset({0})),
            "refuse",
            ("expired", "confidential_hours"),
        ),
        Case(
            "after 17:00, and a cap until tomorrow morning",
            wish(opens=time(17)) | {"due_at": utc(12, 2, 15)},
            "defer",
            ("not_due", "confidential_hours"),
            until=utc(12, 2, 22),
        ),
        Case(
            "certain times, and no zone",
            wish(opens=time(17)) | {"time_zones": ()},
            "refuse",
            ("age_unknown", "no_time_zone", "confidential_hours"),
        ),
        Case("certain times, a letter", wish(opens=time(17)) | LETTER, "allow"),
        Case(
            "cannot hear, a call", wish(needs=frozenset({"no_voice"})) | CALL, "refuse", ("unusable_format",)
        ),
        Case("cannot hear, a text", wish(needs=frozenset({"no_voice"})), "allow"),
        Case(
            "a need that no table knows", wish(needs=frozenset({"semaphore"})), "refuse", ("unusable_format",)
        ),
    ),
)

PART_2 = {"sensitivity": ("substance_use",)}
SENSITIVE = Section(
    "Sensitive matters by channel",
    "The table says what a channel may carry: any words, the generic ones, the generic ones under a name "
    "that says nothing, a person's voice only, nothing (R-A140, R-A142). A campaign for a sensitive reason "
    "needs two signatures and never goes by text (R-A145).",
    (
        Case(
            "addiction care, generic words", PART_2 | {"template_is_generic": True}, "refuse", ("sensitive",)
        ),
        Case(
            "addiction care, generic words, a name that says nothing",
            PART_2 | {"template_is_generic": True, "sender_is_neutral": True},
            "allow",
        ),
        Case("addiction care, a person calls", PART_2 | CALL, "allow"),
        Case(
            "addiction care, a machine calls",
            PART_2 | {"channel": "phone", "template_is_generic": True, "sender_is_neutral": True},
            "refuse",
            ("sensitive",),
        ),
        Case(
            "a home that is not safe, generic words",
            {"sensitivity": ("domestic_violence",), "template_is_generic": True},
            "refuse",
            ("sensitive",),
        ),
        Case(
            "a home that is not safe, a letter",
            {"sensitivity": ("domestic_violence",), "template_is_generic": True} | LETTER,
            "refuse",
            ("sensitive",),
        ),
        Case(
            "a home that is not safe, a person calls", {"sensitivity": ("domestic_violence",)} | CALL, "allow"
        ),
        Case("a word that no table knows", {"sensitivity": ("something_new",)}, "refuse", ("sensitive",)),
        Case(
            "a word that no table knows, generic words",
            {"sensitivity": ("something_new",), "template_is_generic": True},
            "allow",
        ),
        Case(
            "two matters: the stricter",
            {"sensitivity": ("mental_health", "domestic_violence"), "template_is_generic": True},
            "refuse",
            ("sensitive",),
        ),
        Case(
            "no table: generic words only",
            {"sensitivity": ("mental_health",)},
            "refuse",
            ("sensitive",),
            policy={"sensitivity": {}},
        ),
        Case(
            "a sensitive reason, a campaign by text",
            {"gap_is_sensitive": True, "template_is_generic": True, "sensitive_reason_is_approved": True},
            "refuse",
            ("sensitive_reason",),
        ),
        Case(
            "a sensitive reason, an e-mail of a campaign",
            {"gap_is_sensitive": True, "template_is_generic": True} | EMAIL,
            "refuse",
            ("sensitive_reason",),
        ),
        Case(
            "the same, signed twice",
            {"gap_is_sensitive": True, "template_is_generic": True, "sensitive_reason_is_approved": True}
            | EMAIL,
            "allow",
        ),
        Case(
            "a sensitive reason, staff write generic words",
            {"gap_is_sensitive": True, "template_is_generic": True, "origin": "manual"},
            "allow",
        ),
    ),
)


def number(**known):
    return {"number": NumberView(**known)}


NAMING = {"template_fields": frozenset({"first_name", "practice_name"})}
NUMBERS = Section(
    "Numbers beside their state",
    "Numbers that are never contacted, those that a check says have another owner, and those long without a "
    "sign (R-A14, R-A60 to R-A63).",
    (
        Case(
            "on the list of numbers never to contact", number(is_blocked=True), "refuse", ("blocked_number",)
        ),
        Case("on that list, an answer", number(is_blocked=True) | REPLY, "refuse", ("blocked_number",)),
        Case(
            "a check says another owner",
            number(check="reassigned", checked_at=NOW - DAYS),
            "refuse",
            ("quarantined",),
        ),
        Case(
            "the same, a call by hand",
            number(check="reassigned", checked_at=NOW - DAYS) | CALL,
            "refuse",
            ("quarantined",),
        ),
        Case("the same, an e-mail", number(check="reassigned", checked_at=NOW - DAYS) | EMAIL, "allow"),
        Case(
            "a check says another owner, and they wrote since",
            number(check="reassigned", checked_at=NOW - DAYS, seen_at=NOW - HOURS),
            "allow",
        ),
        Case(
            "46 days without a sign, where numbers are checked",
            number(seen_at=NOW - 46 * DAYS),
            "refuse",
            ("quarantined",),
            policy={"unchecked_number_days": 45},
        ),
        Case(
            "44 days without a sign, where numbers are checked",
            number(seen_at=NOW - 44 * DAYS),
            "allow",
            policy={"unchecked_number_days": 45},
        ),
        Case(
            "a check last week says theirs",
            number(check="same", checked_at=NOW - 7 * DAYS),
            "allow",
            policy={"unchecked_number_days": 45},
        ),
        Case("46 days without a sign, where nothing can check", number(seen_at=NOW - 46 * DAYS), "allow"),
        Case("a name to a number seen last year", number(seen_at=NOW - 365 * DAYS) | NAMING, "allow"),
        Case(
            "a name to a number not seen for two years",
            number(seen_at=NOW - 730 * DAYS) | NAMING,
            "refuse",
            ("unseen_number",),
        ),
        Case("a name to a number never seen", NAMING, "refuse", ("unseen_number",)),
        Case("no name to a number never seen", {"template_fields": frozenset({"practice_name"})}, "allow"),
        Case("a name to an e-mail address never seen", NAMING | EMAIL, "allow"),
    ),
)
SECTIONS = (CONFIDENTIAL, SENSITIVE, NUMBERS)
