"""The clinic's words for the ledger's words. A page never shows a key.

``words("task", "call")`` gives "Call"; an unknown key is shown in plain letters rather than hidden.
"""

import re
from datetime import date
from typing import Any

from babel import Locale

from rebook.core.gaps.rhythm import span
from rebook.core.response.dispositions import BARRIERS, DISPOSITIONS
from rebook.core.words import PENDING_KINDS
from rebook.web.approval_words import APPROVAL_WORDS
from rebook.web.attention_words import ATTENTION_WORDS
from rebook.web.experiment_words import EXPERIMENT_WORDS
from rebook.web.reply_words import REPLY_WORDS
from rebook.web.test_words import TEST_STATE_WORDS
from rebook.web.text_words import TEXT_WORDS

WORDS: dict[str, dict[str, str]] = {
    "task": {
        "safety": "Urgent: read and act now",
        "call": "Call",
        "call_back": "Call back",
        "answer_reply": "Answer a message",
        "clinical_question": "Clinical question",
        "confirm_opt_out": "Confirm a stop request",
        "data_quality": "Mend the record",
        "book": "Book a visit",
        "unable_to_reach": "Could not be reached",
        "settle_unknown": "Was it sent?",
        "complaint": "Complaint",
        "billing": "Billing question",
        "gap_review": "Look after something unfinished",
        "alarm": "Needs the manager",
    },
    # Tasks about the house itself, by their key.
    "alarm": {
        "nobody_looks_after": "Overdue patients nobody looks after",
        "campaign_stopped": "A campaign was stopped by its complaint budget",
        "stops_not_applied": "Somebody said stop, and something went past it",
        "no_longer_ready": "Not ready any more for what a running campaign may bring",
        "wording_test_found": "A test has an answer",
        "wording_test_uneven": "A test came out unevenly: something is wrong with it",
    },
    **EXPERIMENT_WORDS,
    **ATTENTION_WORDS,
    "gap": {
        "interval": "Regular visit overdue",
        "follow_up_not_booked": "Follow-up never booked",
        "cancelled_not_rebooked": "Cancelled and not rebooked",
        "no_show_not_rebooked": "Missed and not rebooked",
        "inactive": "Not seen for long",
        "later_than_usual": "Later than usual for them",
        "result_awaiting_follow_up": "Result awaiting follow-up",
        "referral_out_incomplete": "Referral with no appointment",
        "referral_in_not_scheduled": "Referred to us, not booked",
        "report_missing": "No report back from the specialist",
        "intake_unfinished": "Forms or booking left half-way",
        "high_intent": "Wants to come, has not booked",
        "test_not_done": "Ordered test not done",
        "safety_notice": "Safety notice",
        "waiting_list_match": "A time they asked for is free",
        "authorisation_ending": "Authorisation running out",
        "refill_lapsed": "Refill lapsed",
        "treatment_unscheduled": "Treatment planned, never booked",
        "treatment_plan_dropped": "Treatment plan broken off",
    },
    # The months differ by specialty and practice; Results > Time away names them.
    "tier": {
        "active": "Seen lately",
        "slipping": "Slipping away",
        "dormant": "Away for long",
        "long_lapsed": "Away for very long",
        "lost": "Lost from sight",
        "never": "Never seen",
    },
    "programme": {"recall": "Recall: due or just overdue", "reactivation": "Reactivation: gone for long"},
    "risk": {
        "4": "Time-critical",
        "3": "Delay can harm",
        "2": "Chronic care or treatment",
        "1": "Routine care",
        "0": "Elective",
    },
    "visit": {
        "annual_visit": "annual visit",
        "chronic_follow_up": "chronic care follow-up",
        "diabetes_visit": "diabetes visit",
        "mammogram": "mammogram",
        "well_child": "well-child visit",
        "follow_up": "follow-up",
        "acute": "visit",
        "hygiene": "cleaning",
        "periodontal_maintenance": "gum maintenance",
        "dental_exam": "dental exam",
        "restorative": "restorative visit",
    },
    #
    "success": {
        "visit": "The visit is kept",
        "rebooked_and_kept": "Booked anew, and kept",
        "visit_and_closed": "The visit is kept and settles the reason",
        "visit_and_follow_up": "The visit settles the reason, and the next one is booked",
        "item_done": "What was begun is finished",
    },
    # What a booking is tied to: never its cause.
    "touch": {
        "page": "On the page of a message",
        "talk": "With staff, within two weeks of a contact",
        "last": "With the practice, within two weeks of a contact",
        "earlier": "Later than two weeks after a contact",
        "none": "Before any contact",
    },
    "way": {
        "page": "Pages of messages",
        "page_answer": "Other answers on the page",
        "call": "Calls",
        "reply": "Written answers",
    },
    "way_step": {
        "sent": "Sent",
        "opened": "Opened the page",
        "chose": "Chose a time",
        "checked": "Showed who they are",
        "booked": "Booked",
        "answered": "Answered something else",
        "called": "Called",
        "talked": "Spoke with us",
        "wrote": "Wrote back",
    },
    "segment_by": {
        "kind": "Reason",
        "tier": "Time away",
        "location": "Site",
        "language": "Language",
        "age": "Age",
    },
    "trigger": {
        "birthday": "Birthday",
        "last_visit": "Last visit",
        "due": "Day the visit is due",
    },
    "campaign": {"draft": "Draft", "active": "Running", "paused": "Paused", "archived": "Ended"},
    "channel": {
        "sms": "Text message",
        "email": "E-mail",
        "phone": "Phone call",
        "letter": "Letter",
        "portal": "Portal",
        "postcard": "Postcard",
        "portal_fhir": "Portal",
        "all": "Every channel",
        "sandbox": "Text message (practice run)",
        "sandbox_email": "E-mail (practice run)",
        "email_smtp": "E-mail",
        "phone_task": "Phone call",
        "patient_page": "Patient page",
    },
    "attempt": {
        "planned": "Waiting to go out",
        "deferred": "Put off",
        "refused": "Not sent",
        "claimed": "Going out",
        "accepted": "Handed over",
        "sent": "Sent",
        "delivered": "Delivered",
        "read": "Read",
        "failed": "Failed",
        "expired": "Too late, dropped",
        "unknown": "Unclear whether it went out",
    },
    "verdict": {"allow": "Allowed now", "defer": "Not now", "wait": "Not today", "refuse": "Not allowed"},
    # What judging a rule for one patient said.
    "finding": {
        "open": "On the list",
        "booked": "A visit is booked",
        "not_due": "Not due yet",
        "seen_since": "Seen since",
        "covered": "Covered by another reason",
        "replaced": "Replaced by a newer one",
        "too_old": "Too long ago",
        "not_eligible": "Does not apply",
        "unknown": "The record does not say enough",
        "excluded": "Left out by the practice's rules",
        "unsigned": "The rule is not signed yet",
        "nothing_to_count_from": "Nothing to count from",
        "deceased": "Deceased",
        "merged": "Record joined with another",
        "left_practice": "Left the practice",
        "done": "Finished",
        "lapsed": "Waited for no longer",
        "superseded": "Another rule applies in its place",
        "aged_out": "Too old for it by now",
        "off_season": "Not in its season",
        "snoozed": "Left alone for now",
        "no_recall": "Not to be recalled",
    },
    # What stands of a rule's signature.
    "review": {
        "off": "Off until a clinician signs",
        "blocked": "Past its date: no new campaign",
        "expired": "Past its date",
        "changed": "Changed since it was signed",
        "signed": "Signed",
        "unsigned": "In use, not signed",
    },
    "outreach": {
        "yes": "Patients are contacted",
        "at_visit": "Raised when the patient comes, never a message",
        "staff": "A task for staff, no message to the patient",
    },
    "settled": {
        "interval": "An interval of their own",
        "next_date": "A next date of their own",
        "snooze": "Left alone for now",
        "no_recall": "Not to be recalled",
    },
    "outcome": {
        "visit_kept": "Came to the visit",
        "booked_not_kept": "Booked, did not come",
        "returned_unprompted": "Came back by themselves",
        "declined": "Said no",
        "deferred": "Asked for later",
        "unreachable": "Could not be reached",
        "opted_out": "Asked us to stop",
        "wrong_person": "Wrong person",
        "moved": "Moved away",
        "deceased": "Deceased",
        "gap_closed": "No longer needed",
        "excluded": "Left out by a rule",
        "clinician_review": "With a clinician",
        "no_response": "No answer",
        "not_returned": "Did not come back",
        "campaign_ended": "Campaign ended",
        "": "Under way",
    },
    "arm": {"contact": "Contacted", "holdout": "Comparison group"},
    "hold": {
        "red_flag": "Safety: a clinician must release this",
        "clinical_review": "A clinician is reading this",
        "complaint": "Complaint being handled",
        "snooze": "Asked for later",
        "reply_pending": "Waiting for our answer",
        "data_quality": "Record needs mending",
    },
    **REPLY_WORDS,
    "contact_state": {
        "unverified": "Not yet confirmed",
        "verified": "Confirmed",
        "invalid": "Not valid",
        "wrong_person": "Belongs to someone else",
        "unreachable": "Does not work",
    },
    "appointment": {
        "proposed": "Proposed",
        "pending": "Pending",
        "booked": "Booked",
        "arrived": "Arrived",
        "fulfilled": "Came",
        "cancelled": "Cancelled",
        "noshow": "Did not come",
        "entered-in-error": "Entered in error",
        "checked-in": "Checked in",
        "waitlist": "Waiting list",
    },
    "consent": {"granted": "May contact", "revoked": "Must not contact"},
    "role": {
        "front_desk": "Front desk",
        "coordinator": "Care coordinator",
        "clinician": "Clinician",
        "manager": "Practice manager",
        "writer": "Writer",
        "compliance": "Compliance officer",
        "analyst": "Analyst",
    },
    "act": {
        "anything": "a place in this practice",
        "patients": "leave to see patients",
        "work": "leave to work with patients",
        "campaigns": "leave to change campaigns",
        "wording": "leave to write texts",
        "test_sends": "leave to send tests",
        "approve": "leave to approve wording",
        "approval_rules": "leave to say who signs",
        "sign_off": "a clinician's role",
        "release": "a clinician's or coordinator's role",
        "audit": "leave to read the audit trail",
        "start_again": "leave to end a stop",
        "packs": "leave to add or remove a specialty",
        "review_rules": "leave to record a review of rules",
    },
    **APPROVAL_WORDS,
    "purpose": {
        "treatment_recall": "Care that is due",
        "operations": "Appointments",
        "informational": "Information",
        "marketing": "Marketing",
        "all": "Everything",
    },
    "origin": {
        "campaign": "Campaign",
        "manual": "Written by staff",
        "reply": "Answer",
        "test": "Test",
        "safety": "Safety answer",
    },
    "import": {"running": "Reading now", "done": "Done", "failed": "Failed"},
    "disposition": {key: one.label for key, one in DISPOSITIONS.items()},
    "barrier": BARRIERS,
    **TEXT_WORDS,
    **TEST_STATE_WORDS,
    "pause": {"reply": "a message to answer", "booked": "visit booked", "call": "a call under way"},
}


def words(key: str | int | None, kind: str) -> str:
    """The clinic's words for ``key`` of vocabulary ``kind``."""
    key = "" if key is None else str(key)
    found = WORDS[kind].get(key)
    return found if found is not None else plain(key)


def plain(key: str) -> str:
    """ "some_key" as "Some key": the last resort for keys that packs and vendors bring."""
    text = key.rsplit(".", maxsplit=1)[-1].replace("_", " ").replace("-", " ").strip()
    return text[:1].upper() + text[1:] if text else "–"


def language(key: str) -> str:
    """ "es-MX" as "Spanish"; the tag itself when nobody knows it."""
    if not key:
        return "language not recorded"
    return Locale("en").languages.get(key.split("-")[0].lower(), key)


def sections(script: str) -> list[tuple[str, str]]:
    """A call script by its headings ("## Say"): [(heading, text)]; without headings one empty one."""
    found: list[tuple[str, str]] = []
    for part in re.split(r"^##\s*", script.strip(), flags=re.MULTILINE):
        if part.strip():
            heading, _, text = part.partition("\n") if "## " in script else ("", "", part)
            found.append((heading.strip(), text.strip()))
    return found


def visit(key: str) -> str:
    """A kind of visit inside a sentence: "cleaning"."""
    return WORDS["visit"].get(key, plain(key).lower() if key else "visit")


def audit_words(action: str) -> str:
    """An action of the trail: "patient.viewed" as "Patient viewed"."""
    return plain(action.replace(".", " "))


def why(gap: Any) -> str:
    """One line for a gap: "Overdue for cleaning since March 2026".

    ``gap`` has ``kind, visit_type, anchor_on, due_on, overdue_on`` as in `records.read.worklist.GapLine`.
    """
    kind, what = gap.kind, visit(gap.visit_type)
    if kind == "cancelled_not_rebooked":
        return f"Cancelled {_a(what)}{_on(gap.anchor_on)} and has no new time"
    if kind == "no_show_not_rebooked":
        return f"Did not come to {_a(what)}{_on(gap.anchor_on)} and has no new time"
    if kind == "follow_up_not_booked":
        return f"Was asked back for {_a(what)} by {gap.due_on:%B %Y}, and nothing is booked"
    if kind == "later_than_usual" and gap.anchor_on and gap.interval_days:
        return f"Usually here every {span(gap.interval_days)}, last seen in {gap.anchor_on:%B %Y}"
    if kind in PENDING_KINDS:
        return _begun(kind, gap)
    if kind == "inactive":
        return f"Not seen since {gap.anchor_on:%B %Y}" if gap.anchor_on else "Never seen here"
    if gap.anchor_on is None:
        # Due by age or diagnosis: a date from long before the first visit here would only puzzle.
        return f"Overdue for {_a(what)}, none on record here"
    return f"Overdue for {_a(what)} since {gap.overdue_on:%B %Y}"


def _begun(kind: str, gap: Any) -> str:
    """Something begun and not finished: "Treatment planned, never booked, since May 2, 2026"."""
    told = words(kind, "gap")
    if kind == "refill_lapsed":
        _, _, named = gap.definition_key.partition(":")
        of = f" of {plain(named).lower()}" if named and not named.isdigit() else ""
        return f"Refill{of} lapsed: the supply ended{_on(gap.due_on)}"
    if kind == "authorisation_ending":
        return f"{told}: ends{_on(gap.anchor_on)}" if gap.anchor_on and gap.anchor_on > gap.due_on else told
    for_what = f" ({visit(gap.visit_type)})" if gap.visit_type else ""
    began = gap.anchor_on or gap.due_on
    return f"{told}{for_what}, since {began:%B} {began.day}, {began.year}"


def _a(what: str) -> str:
    """With its article where one is needed: "an annual visit", "cleaning"."""
    if what == "cleaning" or what.endswith("maintenance"):
        return what
    return f"{'an' if what[:1] in 'aeiou' else 'a'} {what}"


def _on(at: date | None) -> str:
    return f" on {at:%B} {at.day}, {at.year}" if at else ""


def lower_first(text: str) -> str:
    return text[:1].lower() + text[1:]


def upper_first(text: str) -> str:
    return text[:1].upper() + text[1:]


FILTERS: dict[str, Any] = {
    "words": words,
    "lower_first": lower_first,
    "upper_first": upper_first,
    "plain": plain,
    "language": language,
    "visit_words": visit,
    "why": why,
    "sections": sections,
    "audit_words": audit_words,
}
