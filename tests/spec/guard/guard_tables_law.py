"""Tables of the rules that come from the law of a place, and of scope.

The laws here are written out for the tables; those that are shipped have tables of their own.
"""

from dataclasses import replace
from datetime import date
from typing import Any

from guard_cases import (
    CALL,
    DAYS,
    EMAIL,
    HOURS,
    MAIL,
    MARKETING,
    NOW,
    Case,
    Section,
    contact,
    past,
    said,
    utc,
)

from rebook.core.outreach.law import ConsentRule, Law
from rebook.core.outreach.values import ContactView

EXPRESS, WRITTEN = "prior_express_consent", "prior_express_written_consent"
US = Law(
    "us",
    "test",
    (
        ConsentRule("care_direct", "sms", "contact_given", EXPRESS),
        ConsentRule("care_direct", "phone", "contact_given", EXPRESS, automated_only=True),
        ConsentRule("care_direct", "email", "none", "treatment_communication"),
        ConsentRule("service_info", "sms", "contact_given", EXPRESS),
        ConsentRule("marketing", "sms", "written", WRITTEN),
        ConsentRule("marketing", "phone", "written", WRITTEN, automated_only=True),
        ConsentRule("marketing", "email", "none", "commercial_with_opt_out"),
    ),
    relationship_months=18,
    inquiry_months=3,
    revoke_all_from=date(2027, 1, 31),
    emergency_numbers=("911",),
)
FLORIDA = Law("us-fl", "test", (), max_per_day=3)
CANADA = Law(
    "ca",
    "test",
    (
        ConsentRule("care_direct", "sms", "none", "implied_health_care"),
        ConsentRule("care_direct", "email", "none", "implied_health_care"),
        ConsentRule("marketing", "sms", "implied", "existing_business_relationship", 24),
        ConsentRule("marketing", "email", "implied", "existing_business_relationship", 24),
    ),
    inquiry_months=6,
)
BRITAIN = Law(
    "gb",
    "test",
    (
        ConsentRule("care_direct", "sms", "none", "public_task_9_2_h"),
        ConsentRule("marketing", "sms", "soft_opt_in", "soft_opt_in"),
        ConsentRule("marketing", "email", "express", "consent"),
        ConsentRule("marketing", "phone", "never", "consent"),
    ),
)
FRANCE = Law(
    "fr",
    "test",
    (ConsentRule("care_direct", "sms", "none", "art_9_2_h"),),
    open_fields=frozenset({"practice_name", "visit_on", "link"}),
)
SILENT = Law("zz", "test", (ConsentRule("care_direct", "email", "none", "care"),))
MONTHS = 30.5 * DAYS
TO_EMAIL = {"channel": "email", "contact": MAIL}


def under(*laws: Law, **more: Any) -> dict[str, Any]:
    return {"policy": {"laws": laws, **more}}


def living(*places: str) -> dict[str, Any]:
    return {"jurisdictions": places}


def seen(months: float) -> dict[str, Any]:
    return {"last_visit_at": NOW - months * MONTHS}


def signed(channel: str = "sms", **more: Any) -> dict[str, Any]:
    return {"consents": (said("granted", channel, purpose="marketing", evidence="written", **more),)}


# Sunday is open in these places, and no state narrows the hours: the tables are about permission.
CA, GB, FR = living("ca"), living("gb"), living("fr")

CONSENT = Section(
    "Permission by law",
    "For the class of the message and the channel every plausible law must be met, by the ledger of consent "
    "or by the facts that the law accepts; the word of the strictest is recorded as the lawful basis "
    "(R-A1, R-B2).",
    (
        Case("a recall to a number they gave", {}, "allow", **under(US), basis=EXPRESS),
        Case(
            "a number from elsewhere",
            contact(number_source="insurer"),
            "refuse",
            ("no_lawful_basis",),
            **under(US),
        ),
        Case(
            "a number from elsewhere, permission on file",
            contact(number_source="insurer") | {"consents": (said("granted"),)},
            "allow",
            **under(US),
            basis=EXPRESS,
        ),
        Case(
            "a number of which nobody wrote down how it came",
            contact(number_source=""),
            "allow",
            **under(US),
            basis=EXPRESS,
        ),
        Case(
            "the same, in a practice that wants it written down",
            contact(number_source=""),
            "refuse",
            ("no_lawful_basis",),
            **under(US, takes_unknown_source=False),
        ),
        Case(
            "given on a form, in a practice that wants it written down",
            contact(number_source="patient_form"),
            "allow",
            **under(US, takes_unknown_source=False),
            basis=EXPRESS,
        ),
        Case(
            "a letter, in a practice that wants it written down",
            {"channel": "letter", "contact": ContactView("postal", "postal")},
            "allow",
            **under(US, takes_unknown_source=False),
        ),
        Case(
            "a looked-up number, a person dials",
            contact(number_source="skip_trace") | CALL,
            "allow",
            **under(US, takes_unknown_source=False),
            basis="manual_dial",
        ),
        Case("a call that a person dials", CALL, "allow", **under(US), basis="manual_dial"),
        Case("a recall by e-mail", EMAIL, "allow", **under(US), basis="treatment_communication"),
        Case(
            "marketing by text, permission not signed",
            MARKETING | {"consents": (said("granted", purpose="marketing"),)},
            "refuse",
            ("consent_missing",),
            **under(US),
        ),
        Case("marketing by text, signed", MARKETING | signed(), "allow", **under(US), basis=WRITTEN),
        Case(
            "signed for e-mail only",
            MARKETING | signed("email"),
            "refuse",
            ("consent_missing",),
            **under(US),
        ),
        Case(
            "marketing by e-mail", MARKETING | TO_EMAIL, "allow", **under(US), basis="commercial_with_opt_out"
        ),
        Case(
            "marketing, seen 23 months ago",
            MARKETING | TO_EMAIL | CA | seen(23),
            "allow",
            **under(CANADA),
            basis="existing_business_relationship",
        ),
        Case(
            "marketing, seen 25 months ago",
            MARKETING | TO_EMAIL | CA | seen(25),
            "refuse",
            ("relation_ended",),
            **under(CANADA),
        ),
        Case(
            "seen 25 months ago, asked us something five months ago",
            MARKETING | TO_EMAIL | CA | seen(25) | {"patient_last_wrote_at": NOW - 5 * MONTHS},
            "allow",
            **under(CANADA),
        ),
        Case(
            "seen 25 months ago, an express permission does not run out",
            MARKETING
            | TO_EMAIL
            | CA
            | seen(25)
            | {"consents": (said("granted", "email", purpose="marketing"),)},
            "allow",
            **under(CANADA),
        ),
        Case(
            "a recall, seen 40 months ago",
            TO_EMAIL | CA | seen(40),
            "allow",
            **under(CANADA),
            basis="implied_health_care",
        ),
        Case(
            "details from a service, refusal not offered then",
            MARKETING | GB,
            "refuse",
            ("consent_missing",),
            **under(BRITAIN, consent_required=frozenset()),
        ),
        Case(
            "details from a service, refusal offered then",
            MARKETING | GB | {"consents": (said("granted", purpose="marketing", evidence="soft_opt_in"),)},
            "allow",
            **under(BRITAIN, consent_required=frozenset()),
            basis="soft_opt_in",
        ),
        Case(
            "where that is not enough",
            MARKETING
            | TO_EMAIL
            | GB
            | {"consents": (said("granted", "email", purpose="marketing", evidence="soft_opt_in"),)},
            "refuse",
            ("consent_missing",),
            **under(BRITAIN),
        ),
        Case(
            "never by this channel, whatever was signed",
            MARKETING | GB | CALL | signed("phone"),
            "refuse",
            ("consent_missing",),
            **under(BRITAIN),
        ),
        Case(
            "Massachusetts or Canada: both must be met",
            MARKETING | living("us-ma", "ca") | signed() | seen(30),
            "allow",
            **under(US, CANADA),
            basis=WRITTEN,
        ),
        Case(
            "Massachusetts or Canada: one is not",
            MARKETING | TO_EMAIL | living("us-ma", "ca") | seen(30),
            "refuse",
            ("relation_ended",),
            **under(US, CANADA),
        ),
        Case(
            "a place that no law knows takes every law",
            MARKETING
            | TO_EMAIL
            | living("us-ma", "atlantis")
            | seen(30)
            | {"time_zones": ("America/New_York",)},
            "refuse",
            ("consent_missing", "relation_ended"),
            **under(US, CANADA, BRITAIN),
        ),
        Case(
            "a law that says nothing of texts", living("zz"), "refuse", ("no_lawful_basis",), **under(SILENT)
        ),
        Case(
            "an answer to somebody who wrote",
            contact(number_source="insurer") | {"origin": "reply", "patient_last_wrote_at": NOW},
            "allow",
            **under(US),
            basis=EXPRESS,
        ),
        Case("a safety answer", {"origin": "safety"}, "allow", **under(US), basis="emergency"),
        Case(
            "a field that the law keeps from open channels",
            FR | {"template_fields": frozenset({"practice_name", "practitioner_name"})},
            "refuse",
            ("field_not_allowed",),
            **under(FRANCE),
        ),
        Case(
            "only the practice and the time",
            FR | {"template_fields": frozenset({"practice_name", "visit_on"})},
            "allow",
            **under(FRANCE),
        ),
        Case(
            "the same field where the law names none",
            {"template_fields": frozenset({"practice_name", "practitioner_name"})},
            "allow",
            **under(US),
        ),
    ),
)

CALLS = MARKETING | CALL
RELATION = Section(
    "Relations that end",
    "A sales call or text needs a signed permission or a relation: seen within 18 months, or an inquiry "
    "within three; a request not to be called ends it at once. A recall is no sales call (R-A36, R-A37).",
    (
        Case(
            "a sales call, seen 17 months ago",
            CALLS | seen(17) | {"consents": (said("granted", "phone"),)},
            "allow",
            **under(US),
        ),
        Case(
            "a sales call, seen 19 months ago",
            CALLS | seen(19) | {"consents": (said("granted", "phone"),)},
            "refuse",
            ("relation_ended",),
            **under(US),
        ),
        Case(
            "a sales call, seen 19 months ago, signed",
            CALLS | seen(19) | signed("phone"),
            "allow",
            **under(US),
        ),
        Case(
            "a sales call, seen 19 months ago, asked us something last month",
            CALLS
            | seen(19)
            | {"consents": (said("granted", "phone"),), "patient_last_wrote_at": NOW - MONTHS},
            "allow",
            **under(US),
        ),
        Case("a recall, seen 40 months ago", CALL | seen(40), "allow", **under(US)),
        Case(
            "a sales text, seen lately, and no calls were wanted",
            MARKETING
            | seen(3)
            | {"consents": (said("revoked", "phone"), said("granted", purpose="marketing"))},
            "refuse",
            ("relation_ended",),
            **under(replace(US, consent=(ConsentRule("marketing", "sms", "express", EXPRESS),))),
        ),
    ),
)

SCOPE = Section(
    "What a number was given for, and how far a refusal reaches",
    "A number given for one thing is not used for another; the newest word on it counts (R-A4). What a "
    "system noted as a refusal of one kind binds every automated text and call; a patient's own narrow "
    "words stay narrow (R-A47).",
    (
        Case(
            "given for care",
            {"consents": (said("granted", scope=("treatment_recall", "operations")),)},
            "allow",
        ),
        Case(
            "given for appointments only",
            {"consents": (said("granted", scope=("operations",)),)},
            "refuse",
            ("out_of_scope",),
        ),
        Case(
            "given for appointments only, a call by hand",
            {"consents": (said("granted", "all", scope=("operations",)),)} | CALL,
            "allow",
        ),
        Case(
            "the number itself given for appointments only",
            contact(number_source="patient_form", given_for=frozenset({"operations"})),
            "refuse",
            ("out_of_scope",),
        ),
        Case(
            "the number itself given for care",
            contact(number_source="patient_form", given_for=frozenset({"treatment_recall"})),
            "allow",
        ),
        Case(
            "given for appointments, a wider permission since",
            contact(
                number_source="patient_form",
                given_for=frozenset({"operations"}),
                given_at=NOW - 30 * DAYS,
            )
            | {"consents": (said("granted", days_ago=2),)},
            "allow",
        ),
        Case(
            "a wider permission, then given for appointments only",
            contact(number_source="patient_form", given_for=frozenset({"operations"}), given_at=NOW - DAYS)
            | {"consents": (said("granted", days_ago=2),)},
            "refuse",
            ("out_of_scope",),
        ),
        Case(
            "the number given for appointments only, a call by hand",
            contact(given_for=frozenset({"operations"})) | CALL,
            "allow",
        ),
        Case(
            "widened later",
            {"consents": (said("granted", scope=("operations",)), said("granted", days_ago=2))},
            "allow",
        ),
        Case(
            "narrowed later",
            {"consents": (said("granted", days_ago=20), said("granted", scope=("operations",)))},
            "refuse",
            ("out_of_scope",),
        ),
        Case(
            "a system notes: no marketing",
            {"consents": (said("revoked", purpose="marketing", patient=False),)},
            "refuse",
            ("opted_out",),
        ),
        Case(
            "a system notes: no marketing, a call by hand",
            {"consents": (said("revoked", "all", purpose="marketing", patient=False),)} | CALL,
            "allow",
        ),
        Case(
            "a system notes: no marketing; a house that waits for the law, before its day",
            {"consents": (said("revoked", purpose="marketing", patient=False),)},
            "allow",
            **under(US, is_revoke_all_in_force=False),
        ),
        Case(
            "the same, from that day on",
            {"consents": (said("revoked", purpose="marketing", patient=False),)},
            "refuse",
            ("opted_out",),
            now=NOW.replace(year=2027, month=2, day=2),
            **under(US, is_revoke_all_in_force=False),
        ),
    ),
)


STRICTEST = Section(
    "Caps by law",
    "The strictest of house, practice and law counts; what another tool sent counts like our own (R-A70 to "
    "R-A72, field note 38).",
    (
        Case(
            "Florida allows three, the house one",
            living("us-fl") | {"history": (past(1 / 24, person=False, number=False),)},
            "defer",
            ("cap_reached",),
            until=NOW + 23 * HOURS,
            **under(US, FLORIDA),
        ),
        Case(
            "a law of one a week",
            living("us-fl") | {"history": (past(3),)},
            "refuse",
            ("expired", "cap_reached"),
            **under(US, replace(FLORIDA, max_per_week=1)),
        ),
        Case(
            "another tool wrote this morning",
            {"history": (replace(past(0.1), system="reminders"),)},
            "defer",
            ("cap_reached", "too_soon"),
            until=utc(12, 3, 14),
        ),
    ),
)
SECTIONS = (CONSENT, RELATION, SCOPE, STRICTEST)
