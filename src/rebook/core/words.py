"""The closed vocabularies of the ledger: every status word, in one place.

Check constraints are made from these tuples, so a word that is not listed cannot be stored.
"""

BOOKING_STATES = (
    "confirmed",
    "cancelled",
    "moved",
)
BOOKING_ORIGINS = (
    "patient_page",
    "staff",
    "reply",
)
APPOINTMENT_STATUSES = (
    "proposed",
    "pending",
    "booked",
    "arrived",
    "fulfilled",
    "cancelled",
    "noshow",
    "entered-in-error",
    "checked-in",
    "waitlist",
)
IMPORT_RUN_STATES = (
    "running",
    "done",
    "failed",
)
CAMPAIGN_STATES = (
    "draft",
    "active",
    "paused",
    "archived",
)
HOLDOUT_ASSIGNMENT_ARMS = (
    "contact",
    "holdout",
)
SEQUENCE_STATES = (
    "draft",
    "published",
)
CASE_ARMS = (
    "contact",
    "holdout",
)
CASE_OUTCOMES = (
    "visit_kept",
    "booked_not_kept",
    "returned_unprompted",
    "declined",
    "deferred",
    "unreachable",
    "opted_out",
    "wrong_person",
    "moved",
    "deceased",
    "gap_closed",
    "excluded",
    "clinician_review",
    "no_response",
    "not_returned",
    "campaign_ended",
)
ATTEMPT_STATES = (
    "planned",
    "deferred",
    "refused",
    "claimed",
    "accepted",
    "sent",
    "delivered",
    "read",
    "failed",
    "expired",
    "unknown",
)
ATTEMPT_ORIGINS = (
    "campaign",
    "manual",
    "reply",
    "test",
    "safety",
)
GUARD_DECISION_VERDICTS = (
    "allow",
    "defer",
    "refuse",
)
# R-C144: kept apart, each with reports of its own.
PROGRAMMES = (
    "recall",
    "reactivation",
)
SENT_TEST_KINDS = (
    "text",
    "code",
)
SENT_TEST_FACTS = (
    "claimed",
    "accepted",
    "sent",
    "delivered",
    "read",
    "failed",
    "unknown",
)
STAFF_CONTACT_CHANNELS = (
    "sms",
    "email",
)
READINESS_KINDS = (
    "staffed",
    "on_call",
    "on_call_tested",
    "channel",
)
STOP_SCOPES = (
    "organisation",
    "campaign",
    "channel",
)
PATIENT_SEXES = (
    "female",
    "male",
    "other",
    "unknown",
)
CONTACT_POINT_SYSTEMS = (
    "phone",
    "email",
)
CONTACT_POINT_STATES = (
    "unverified",
    "verified",
    "invalid",
    "wrong_person",
    "unreachable",
)
CONSENT_CHANNELS = (
    "sms",
    "email",
    "phone",
    "letter",
    "portal",
    "all",
)
CONSENT_PURPOSES = (
    "treatment_recall",
    "operations",
    "informational",
    "marketing",
    "all",
)
CONSENT_STATES = (
    "granted",
    "revoked",
)
# How a statement of consent reached the practice (R-A43); "" for lines from before that was asked.
CONSENT_WAYS = (
    "sms",
    "email",
    "page",
    "voice",
    "in_person",
    "voicemail",
    "letter",
    "portal",
    "review_site",
    "form",
    "import",
    "provider",
    "",
)
# Who said it: the patient, somebody for them, or whoever answers at the number.
CONSENT_SPEAKERS = (
    "patient",
    "relative",
    "representative",
    "number_holder",
)
# How strong a permission is (R-A6, R-B11); "" where it was never asked.
CONSENT_PERMISSIONS = (
    "",
    "implied",
    "soft_opt_in",
    "express",
    "written",
    "authorisation",
)
# What proves a statement.
CONSENT_EVIDENCE = (
    "",
    "message",
    "page",
    "file",
    "note",
    "import_row",
    "provider",
)
AUTOMATION_HOLD_KINDS = (
    "red_flag",
    "clinical_review",
    "complaint",
    "snooze",
    "reply_pending",
    "data_quality",
)
REPLY_STATES = (
    "new",
    "handled",
)
TASK_KINDS = (
    "safety",
    "call",
    "call_back",
    "answer_reply",
    "clinical_question",
    "confirm_opt_out",
    "data_quality",
    "book",
    "unable_to_reach",
    "settle_unknown",
    "complaint",
    "billing",
    "gap_review",
    # About the house itself, not a patient: ``note`` is its key.
    "alarm",
)
WORDING_TEST_STATES = (
    "running",
    # The rule has spoken, or a person ended it; the main text goes on until somebody applies one.
    "found",
    "ended",
    "applied",
)
TASK_STATES = (
    "open",
    "done",
    "cancelled",
)
# What was begun and waits to be finished (``core.gaps.pending``).
PENDING_KINDS = (
    "result_awaiting_follow_up",
    "referral_out_incomplete",
    "referral_in_not_scheduled",
    "report_missing",
    "intake_unfinished",
    "high_intent",
    "test_not_done",
    "safety_notice",
    "waiting_list_match",
    "authorisation_ending",
    "refill_lapsed",
    "treatment_unscheduled",
    "treatment_plan_dropped",
)
PENDING_PRIORITIES = (
    "routine",
    "urgent",
    "critical",
)
PENDING_STATES = (
    "proposed",
    "open",
    "done",
    "cancelled",
)
DAY_PARTS = (
    "morning",
    "afternoon",
    "evening",
)
# May a gap be written about: by itself, only when the patient comes, or by staff alone.
GAP_OUTREACH = (
    "yes",
    "at_visit",
    "staff",
)
BACKTEST_STATES = (
    "waiting",
    "running",
    "done",
    "failed",
)
# What may be settled for one patient: an interval or a next date of their own, a wait, no recall at all.
RECALL_PREFERENCE_KINDS = ("interval", "next_date", "snooze", "no_recall")
# What is learned from the practice's own records: coming back, keeping a booked visit, a contact's worth.
FITTED_MODEL_KINDS = ("return", "show", "gain")
# How much a campaign may take in today: as much as it wants, less, or nobody.
CAPACITY_STATES = ("open", "slowed", "paused")
# What a look ahead counts for each day; "sms" and the like are contacts by that channel.
FORECAST_MEASURES = ("enrolled", "sms", "email", "phone", "letter", "portal", "replies", "bookings", "visits")
TEXT_STATES = (
    "draft",
    "published",
    "withdrawn",
)
# Who made a text: a person, a machine, or a machine with a person who read it (R-A161).
TEXT_REVIEWS = (
    "draft",
    "machine",
    "human_reviewed",
)
# Why post comes back.
LETTER_RETURNS = (
    "moved",
    "unknown_there",
    "bad_address",
    "refused",
    "deceased",
    "other",
)
# Kinds of channel by which a person can be contacted, ours or another tool's.
CONTACT_CHANNELS = ("sms", "email", "phone", "letter", "portal")
# Marks on a number: never contact it; a check said it is still theirs, somebody else's, or knew nothing.
NUMBER_MARK_KINDS = ("blocked", "same", "reassigned", "no_data")
# How the practice got a number or address (R-A4); "" where nobody wrote it down.
NUMBER_SOURCES = (
    "patient_form",
    "patient_page",
    "patient_said",
    "previous_practice",
    "insurer",
    "skip_trace",
    "other",
    "",
)
# Signatures beside the ordinary approval of a text.
SPECIAL_APPROVAL_KINDS = ("sensitive_clinical", "sensitive_privacy", "offer")
# How far a patient got on the pages of a link; "answered": pressed another answer than a time.
LINK_STEPS = ("opened", "chose", "checked", "booked", "answered")
