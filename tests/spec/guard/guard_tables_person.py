"""Tables of the rules about the person and what they permitted."""

from datetime import date

from guard_cases import (
    CALL,
    CHILD,
    DAYS,
    EMAIL,
    HOURS,
    MARKETING,
    MINUTES,
    NOW,
    Case,
    Section,
    contact,
    held,
    past,
    said,
    stop,
)

REPLY = {"origin": "reply", "patient_last_wrote_at": NOW - 4 * MINUTES}
CONFIRMATION = {"origin": "reply", "template_key": "opt_out_confirmation"}

PERSON = Section(
    "Who may be contacted at all",
    "These rules bind every origin unless the table says otherwise.",
    (
        Case("an ordinary contact", {}, "allow", ("allowed",)),
        Case("recorded as deceased", {"is_deceased": True}, "refuse", ("deceased",)),
        Case(
            "deceased, and a safety answer",
            {"is_deceased": True, "origin": "safety"},
            "refuse",
            ("deceased",),
        ),
        Case("merged into another record", {"is_merged_away": True}, "refuse", ("merged",)),
        Case("asked for no contact", {"do_not_contact": True}, "refuse", ("do_not_contact",)),
        Case("left the practice", {"has_left_practice": True}, "refuse", ("left_practice",)),
        Case("left the practice, but wrote to us", {"has_left_practice": True} | REPLY, "allow"),
        Case("in hospice", {"exclusions": ("hospice",)}, "refuse", ("excluded",)),
        Case("an exclusion of one screening only", {"exclusions": ("hysterectomy",)}, "allow"),
        Case(
            "in hospice, about an appointment they have",
            {"exclusions": ("hospice",), "purpose": "operations"},
            "allow",
        ),
        Case("in the holdout", {"arm": "holdout"}, "refuse", ("holdout",)),
        Case(
            "in the holdout, staff write by hand",
            {"arm": "holdout", "origin": "manual"},
            "refuse",
            ("holdout",),
        ),
        Case(
            "several reasons, most severe first",
            {"is_deceased": True, "arm": "holdout", "has_left_practice": True},
            "refuse",
            ("deceased", "left_practice", "holdout"),
        ),
    ),
)

AGE = Section(
    "Minors and adults",
    "A minor is reached only through the recorded adult, an adult only themselves (R-A150 to R-A153). "
    "The age is read on every plausible clock, the age of majority in every plausible jurisdiction.",
    (
        Case("a child's own number", CHILD, "refuse", ("minor_without_adult",)),
        Case("a child, through the adult", CHILD | {"contact_is_responsible_adult": True}, "allow"),
        Case(
            "an adult, through the parent",
            {"contact_is_responsible_adult": True},
            "refuse",
            ("parent_permission_ended",),
        ),
        Case(
            "an adult, through a legal guardian",
            {"contact_is_responsible_adult": True, "contact_is_legal_representative": True},
            "allow",
        ),
        Case("18 today", {"birth_on": date(2008, 12, 1)}, "allow"),
        Case("18 tomorrow", {"birth_on": date(2008, 12, 2)}, "refuse", ("minor_without_adult",)),
        Case(
            "18 today in New York, tomorrow in Honolulu",
            {"birth_on": date(2008, 12, 1), "time_zones": ("America/New_York", "Pacific/Honolulu")},
            "refuse",
            ("minor_without_adult", "quiet_hours"),
            now=NOW.replace(hour=6),
        ),
        Case(
            "18 today in New York, tomorrow in Honolulu, through the parent",
            {
                "birth_on": date(2008, 12, 1),
                "time_zones": ("America/New_York", "Pacific/Honolulu"),
                "contact_is_responsible_adult": True,
            },
            "refuse",
            ("parent_permission_ended", "quiet_hours"),
            now=NOW.replace(hour=6),
        ),
        Case(
            "18, and may live in Alabama",
            {"birth_on": date(2008, 5, 1), "jurisdictions": ("us-ma", "us-al")},
            "refuse",
            ("minor_without_adult",),
        ),
        Case(
            "18, may live in Alabama, through the parent",
            {
                "birth_on": date(2008, 5, 1),
                "jurisdictions": ("us-ma", "us-al"),
                "contact_is_responsible_adult": True,
            },
            "refuse",
            ("parent_permission_ended",),
        ),
        Case("no birth date", {"birth_on": None}, "refuse", ("age_unknown",)),
        Case("no birth date, a person calls", {"birth_on": None} | CALL, "allow"),
        Case("born in the future", {"birth_on": date(2027, 1, 1)}, "refuse", ("age_unknown",)),
        Case(
            "a minor's confidential care, through the parent",
            CHILD | CALL | {"contact_is_responsible_adult": True, "sensitivity": ("minor_confidential",)},
            "refuse",
            ("minor_confidential",),
        ),
    ),
)

OPT_OUT = Section(
    "Opt-outs",
    "A revocation binds a number or a person, on a channel and for a purpose, until the patient, later, "
    "permits again for the same (R-A40 to R-A54). An import never lifts one; a tie goes to the opt-out.",
    (
        Case("STOP on the number", {"consents": (said("revoked"),)}, "refuse", ("opted_out",)),
        Case("STOP of the person", {"consents": (said("revoked", number=False),)}, "refuse", ("opted_out",)),
        Case("asked for nothing at all", {"consents": (said("revoked", "all"),)}, "refuse", ("opted_out",)),
        Case("STOP to texts, an e-mail", {"consents": (said("revoked"),)} | EMAIL, "allow"),
        Case("STOP to texts, a call by hand", {"consents": (said("revoked"),)} | CALL, "allow"),
        Case(
            "STOP to texts, an automated call",
            {"consents": (said("revoked"),), "channel": "phone"},
            "refuse",
            ("opted_out",),
        ),
        Case("no more calls, a text", {"consents": (said("revoked", "phone"),)}, "allow"),
        Case(
            "no more calls, a call by hand",
            {"consents": (said("revoked", "phone"),)} | CALL,
            "refuse",
            ("opted_out",),
        ),
        Case("no more marketing, a recall", {"consents": (said("revoked", purpose="marketing"),)}, "allow"),
        Case(
            "no more recalls, a recall",
            {"consents": (said("revoked", purpose="treatment_recall"),)},
            "refuse",
            ("opted_out",),
        ),
        Case("START after STOP", {"consents": (said("revoked"), said("granted", days_ago=2))}, "allow"),
        Case(
            "START before STOP",
            {"consents": (said("granted", days_ago=20), said("revoked"))},
            "refuse",
            ("opted_out",),
        ),
        Case(
            "START and STOP at the same instant",
            {"consents": (said("granted"), said("revoked"))},
            "refuse",
            ("opted_out",),
        ),
        Case(
            "an import says yes after STOP",
            {"consents": (said("revoked"), said("granted", days_ago=2, patient=False))},
            "refuse",
            ("opted_out",),
        ),
        Case(
            "the person says yes, the number said STOP",
            {"consents": (said("revoked"), said("granted", days_ago=2, number=False))},
            "refuse",
            ("opted_out",),
        ),
        Case(
            "START by text after asking for nothing",
            {"consents": (said("revoked", "all"), said("granted", days_ago=2))},
            "allow",
        ),
        Case(
            "the same, an e-mail follows",
            {"consents": (said("revoked", "all"), said("granted", days_ago=2))} | EMAIL,
            "refuse",
            ("opted_out",),
        ),
        Case(
            "STOP dated later than now",
            {"consents": (said("revoked", days_ago=-0.01),)},
            "refuse",
            ("opted_out",),
        ),
        Case(
            "START dated later than now",
            {"consents": (said("revoked"), said("granted", days_ago=-0.01))},
            "refuse",
            ("opted_out",),
        ),
        Case(
            "a safety answer after STOP",
            {"consents": (said("revoked"),), "origin": "safety"},
            "refuse",
            ("opted_out",),
        ),
        Case(
            "the one confirmation, within five minutes",
            {"consents": (said("revoked", days_ago=3 / 1440),)} | CONFIRMATION,
            "allow",
        ),
        Case(
            "the confirmation, later",
            {"consents": (said("revoked", days_ago=6 / 1440),)} | CONFIRMATION,
            "refuse",
            ("opted_out",),
        ),
        Case(
            "a second confirmation",
            {"consents": (said("revoked", days_ago=3 / 1440),), "history": (past(1 / 1440, origin="reply"),)}
            | CONFIRMATION,
            "refuse",
            ("opted_out",),
        ),
        Case(
            "a campaign that calls itself a confirmation",
            {"consents": (said("revoked", days_ago=3 / 1440),), "template_key": "opt_out_confirmation"},
            "refuse",
            ("opted_out",),
        ),
        Case(
            "HELP is answered after STOP",
            {"consents": (said("revoked"),), "template_key": "help_answer"} | REPLY,
            "allow",
        ),
        Case(
            "HELP is not answered an hour late",
            {
                "consents": (said("revoked"),),
                "template_key": "help_answer",
                "origin": "reply",
                "patient_last_wrote_at": NOW - HOURS,
            },
            "refuse",
            ("opted_out",),
        ),
    ),
)

BASIS = Section(
    "Consent and lawful basis",
    "A number the patient gave carries consent for care (R-A4); marketing by text or call needs consent "
    "given before, in writing (R-A6).",
    (
        Case("marketing without consent", MARKETING, "refuse", ("consent_missing",)),
        Case(
            "marketing with signed consent",
            MARKETING | {"consents": (said("granted", purpose="marketing", evidence="written"),)},
            "allow",
        ),
        Case(
            "marketing with consent that nobody signed",
            MARKETING | {"consents": (said("granted", purpose="marketing"),)},
            "refuse",
            ("consent_missing",),
        ),
        Case(
            "marketing, consent to everything on every channel",
            MARKETING
            | {"consents": (said("granted", "all", number=False, patient=False, evidence="written"),)},
            "allow",
        ),
        Case(
            "marketing, consent for e-mail only",
            MARKETING | {"consents": (said("granted", "email"),)},
            "refuse",
            ("consent_missing",),
        ),
        Case(
            "marketing, consent for recalls only",
            MARKETING | {"consents": (said("granted", purpose="treatment_recall"),)},
            "refuse",
            ("consent_missing",),
        ),
        Case("marketing by e-mail", MARKETING | EMAIL, "allow"),
        Case("a number from elsewhere", contact(number_source="insurer"), "refuse", ("no_lawful_basis",)),
        Case("a number from elsewhere, a call by hand", contact(number_source="insurer") | CALL, "allow"),
        Case(
            "a number from elsewhere, its owner wrote first",
            contact(number_source="insurer") | REPLY,
            "allow",
        ),
    ),
)

HOLDS = Section(
    "Holds and stops",
    "A red flag holds back everything but the safety answer until a clinician releases it (R-E35). Other "
    "holds keep machines away; a person may write.",
    (
        Case("everything stopped", stop("organisation"), "refuse", ("stopped",)),
        Case(
            "everything stopped, a safety answer",
            stop("organisation") | {"origin": "safety"},
            "refuse",
            ("stopped",),
        ),
        Case("this campaign stopped", stop("campaign", "7"), "refuse", ("stopped",)),
        Case("another campaign stopped", stop("campaign", "8"), "allow"),
        Case(
            "a campaign stopped, a message outside any",
            stop("campaign", "7") | {"campaign_id": None},
            "allow",
        ),
        Case("this kind of channel stopped", stop("channel", "sms"), "refuse", ("stopped",)),
        Case("this adapter stopped", stop("channel", "sandbox"), "refuse", ("stopped",)),
        Case("another channel stopped", stop("channel", "email"), "allow"),
        Case("a red flag", held("red_flag"), "refuse", ("hold",)),
        Case("a red flag, staff write", held("red_flag") | {"origin": "manual"}, "refuse", ("hold",)),
        Case("a red flag, an automatic answer", held("red_flag") | REPLY, "refuse", ("hold",)),
        Case("a red flag, the safety answer", held("red_flag") | {"origin": "safety"}, "allow"),
        Case("a complaint", held("complaint"), "refuse", ("hold",)),
        Case("a complaint, staff write", held("complaint") | {"origin": "manual"}, "allow"),
        Case("a reply waits to be read", held("reply_pending"), "refuse", ("hold",)),
        Case("a reply waits to be read, and is answered", held("reply_pending") | REPLY, "allow"),
        Case(
            "asked to wait two days", held("snooze", NOW + 2 * DAYS), "defer", ("hold",), until=NOW + 2 * DAYS
        ),
        Case("asked to wait a week", held("snooze", NOW + 7 * DAYS), "refuse", ("expired", "hold")),
        Case("the wait is over", held("snooze", NOW), "allow"),
    ),
)
SECTIONS = (PERSON, AGE, OPT_OUT, BASIS, HOLDS)
