"""The single decision before every attempt, on every path: allow, defer until, or refuse (promise 2).

``RULES`` is the guard: one line per rule, most severe first, with the origins it does not bind. Every rule
is asked, every reason is kept. A contact is refused when any rule refuses, deferred when none refuses and
some ask to wait, and allowed only when no rule speaks. Doubt refuses or defers.

What is exempt, and why:
- ``safety`` (the fixed answer to a red flag) goes at any hour and beyond caps, but never after an opt-out,
  a death or a stop, nor in words that were not signed off; then a person calls (R-E30).
- ``reply`` answers somebody who wrote: the reasons of a recall (gap, booking, capacity) do not concern it.
- ``manual`` is bound by all but the holds that only keep machines away (see ``guard_person``).
- ``test`` goes to staff only, so it needs no patient's circumstances.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import get_args

from rebook.core.outreach import guard_care as care
from rebook.core.outreach import guard_consent as consent
from rebook.core.outreach import guard_content as content
from rebook.core.outreach import guard_hours as hours
from rebook.core.outreach import guard_laws as laws
from rebook.core.outreach import guard_limits as limits
from rebook.core.outreach import guard_number as number
from rebook.core.outreach import guard_offers as offers
from rebook.core.outreach import guard_person as person
from rebook.core.outreach import guard_privacy as privacy
from rebook.core.outreach.guard_rule import Finding, GuardRule
from rebook.core.outreach.values import Decision, GuardPolicy, GuardSubject, Origin
from rebook.core.reasons import Reason

_TEST: frozenset[Origin] = frozenset({"test"})
_ANSWERS: frozenset[Origin] = frozenset({"reply", "safety", "test"})
_SAFETY: frozenset[Origin] = frozenset({"safety", "test"})
# Beyond it a wait is no wait.
_FAR = timedelta(days=21)
_ALL_BUT_TESTS: frozenset[Origin] = frozenset({"campaign", "manual", "reply", "safety"})
_ALL_BUT_CAMPAIGNS: frozenset[Origin] = frozenset({"manual", "reply", "safety", "test"})

RULES: tuple[GuardRule, ...] = (
    GuardRule("stopped", content.stopped, "The practice, campaign or channel is stopped.", "promise 2",
              looks_at=("stops", "campaign_id", "channel", "channel_key")),
    GuardRule("deceased", person.deceased, "The patient has died.", "R-A156", looks_at=("is_deceased",)),
    GuardRule("merged", person.merged, "The record was merged into another.", "R-A192",
              looks_at=("is_merged_away",)),
    GuardRule("do_not_contact", person.do_not_contact, "Asked for no contact at all.", "R-A53, R-A157",
              looks_at=("do_not_contact",)),
    GuardRule("opted_out", consent.opted_out, "Opted out and has not opted in since.",
              "R-A37, R-A40 to R-A54", looks_at=("consents", "channel", "purpose", "channel_is_manual")),
    GuardRule("confidential", privacy.confidential, "Asked to be reached another way, in confidence.",
              "R-A101", _TEST, ("confidential", "channel", "contact")),
    GuardRule("code_word", privacy.code_word, "The text holds the patient's code word.", "R-A101", _TEST,
              ("text_holds_code_word",)),
    GuardRule("unusable_format", privacy.unusable_format, "The patient cannot use what this channel brings.",
              "R-B37", _TEST, ("confidential", "channel")),
    GuardRule("hold", person.hold, "Held back for a clinician, a person or a date.", "R-E35", _SAFETY,
              ("holds",)),
    GuardRule("left_practice", person.left_practice, "Has left the practice.", "R-A157", _ANSWERS,
              ("has_left_practice",)),
    GuardRule("responsible_adult", person.responsible_adult,
              "Minors only through their adult, adults only themselves; an unknown age refuses.",
              "R-A150 to R-A154", _ANSWERS,
              ("birth_on", "contact_is_responsible_adult", "contact_is_legal_representative")),
    GuardRule("minor_confidential", person.minor_confidential,
              "A minor's confidential care never goes to the parent.", "R-A151", _TEST,
              ("sensitivity", "contact_is_responsible_adult")),
    GuardRule("excluded", person.excluded, "Excluded from recall.", "R-A157", _ANSWERS,
              ("exclusions", "purpose")),
    GuardRule("consent_missing", consent.consent_missing,
              "The law of a place where they may be wants a permission that is not on file.",
              "R-A2, R-A3, R-A6, R-B2, R-B52", looks_at=("consents", "jurisdictions", "purpose", "channel")),
    GuardRule("no_lawful_basis", consent.no_lawful_basis, "No lawful basis for this number.", "R-A1, R-A4",
              looks_at=("contact", "jurisdictions", "channel")),
    GuardRule("relation_ended", consent.relation_ended,
              "The relation that a permission rests on has run out.", "R-A36, R-A37, R-B11", _ANSWERS,
              ("last_visit_at", "patient_last_wrote_at", "consents", "jurisdictions")),
    GuardRule("out_of_scope", consent.out_of_scope, "The number was given for something else.", "R-A4",
              _ANSWERS, ("consents", "contact", "purpose")),
    GuardRule("test_only_to_staff", content.test_only_to_staff, "Tests go to staff only.", "promise 2",
              _ALL_BUT_TESTS, ("contact_is_staff",)),
    GuardRule("contact_point", content.contact_point,
              "Nothing usable to reach: missing, marked bad, or of the wrong kind.", "R-D9, R-A62",
              looks_at=("contact", "channel")),
    GuardRule("blocked_number", number.blocked_number, "A number that is never contacted.", "R-A14",
              looks_at=("number", "contact")),
    GuardRule("quarantined", number.quarantined, "The number may have another owner by now.",
              "R-A60, R-A61", _ANSWERS, ("number",)),
    GuardRule("unseen_number", number.unseen_number,
              "A number long without a sign gets words that name nobody.", "R-A63", _ANSWERS,
              ("number", "template_fields")),
    GuardRule("sensitive", privacy.sensitive, "Sensitive, and others may read the channel.",
              "R-A140, R-A142", _SAFETY,
              ("sensitivity", "gap_is_sensitive", "channel_is_open", "template_is_generic",
               "sender_is_neutral")),
    GuardRule("sensitive_reason", privacy.sensitive_reason,
              "A sensitive reason is not written to many without two signatures, and never by text.",
              "R-A145", _ALL_BUT_CAMPAIGNS,
              ("gap_is_sensitive", "channel", "sensitive_reason_is_approved")),
    GuardRule("field_not_allowed", privacy.field_not_allowed,
              "The law of a place does not let an open channel show this.", "R-A196, R-B51", _SAFETY,
              ("template_fields", "jurisdictions", "channel_is_open")),
    GuardRule("paid_by_third_party", offers.paid_by_third_party,
              "Somebody else pays for the message.", "R-A94, R-A95", _SAFETY,
              ("is_paid_by_third_party", "consents")),
    GuardRule("offer_refused", offers.offer_refused, "The offer may not be made to this patient.",
              "R-A110 to R-A119", _SAFETY, ("offer", "payer_class", "offers_this_year_cents", "purpose")),
    GuardRule("marketing_mail", offers.marketing_mail,
              "Marketing by post lacks what a place wants of it.", "R-A106", _SAFETY,
              ("channel", "purpose", "letter_is_postcard", "letter_names_toll_free", "jurisdictions")),
    GuardRule("not_approved", content.not_approved, "The text was not signed off.", "R-A195", _TEST,
              ("template_key", "template_is_approved")),
    GuardRule("message_problem", content.message_problem, "The text failed its checks.", "R-D8, R-A196",
              looks_at=("message_problems",)),
    GuardRule("holdout", person.holdout, "In the share not contacted.", "R-F50", _ANSWERS, ("arm",)),
    GuardRule("gap_closed", care.gap_closed, "The visit is no longer due.", "R-A192", _ANSWERS,
              ("gap_is_open",)),
    GuardRule("not_for_messages", care.not_for_messages, "The reason is staff's own, never a message.",
              "R-C120, R-C127, R-C133", _ANSWERS, ("gap_is_not_for_messages",)),
    GuardRule("appointment_booked", care.appointment_booked, "A visit that serves is booked.", "R-A192",
              _ANSWERS, ("future_appointments", "satisfying_visit_types")),
    GuardRule("recently_seen", care.recently_seen, "Was seen lately.", "R-A192", _ANSWERS,
              ("last_visit_at", "gap_arose_at")),
    GuardRule("case_exhausted", limits.case_exhausted, "The case has used up its attempts.",
              "R-A190, R-D55", _ANSWERS, ("history",)),
    GuardRule("stale_data", care.stale_data, "The records are not fresh.", "R-A192", _ANSWERS,
              ("data_as_of",)),
    GuardRule("no_time_zone", hours.no_time_zone, "Nobody can tell the time at the patient's.", "R-A32",
              _SAFETY, ("time_zones",)),
    GuardRule("expired", limits.expired, "Too late to be of use.", "R-A34", _TEST, ("expires_at",)),
    GuardRule("not_due", limits.not_due, "Not due yet.", "R-A34", _SAFETY, ("due_at",)),
    GuardRule("cap_reached", limits.cap_reached, "Enough contacts in a day or week.",
              "R-A25, R-A70 to R-A72, R-A190", _SAFETY, ("history", "jurisdictions")),
    GuardRule("too_soon", limits.too_soon, "Too soon after the last contact.", "R-A190", _SAFETY,
              ("history", "risk_class")),
    GuardRule("marketing_apart", limits.marketing_apart, "Marketing keeps its distance.", "R-A190", _ANSWERS,
              ("history", "purpose")),
    GuardRule("no_capacity", limits.no_capacity, "No free times to offer.", "R-A193", _ANSWERS,
              ("capacity_left",)),
    GuardRule("confidential_hours", privacy.confidential_hours,
              "Outside the times the patient asked for.", "R-A101", _SAFETY, ("confidential", "time_zones")),
    GuardRule("quiet_hours", hours.quiet_hours, "Outside calling hours where the patient may be.",
              "R-A30 to R-A39, R-A75", _SAFETY, ("time_zones", "jurisdictions", "channel")),
)  # fmt: skip

# The rules that bind each origin, in order, and their keys as the ledger keeps them.
BINDING: Mapping[Origin, tuple[GuardRule, ...]] = {
    origin: tuple(rule for rule in RULES if origin not in rule.not_for) for origin in get_args(Origin)
}
_KEYS: Mapping[Origin, tuple[str, ...]] = {
    origin: tuple(rule.key for rule in rules) for origin, rules in BINDING.items()
}
_ASKED = {origin: f"{len(rules)} rules asked, none spoke" for origin, rules in BINDING.items()}


def decide(subject: GuardSubject, policy: GuardPolicy, *, now: datetime) -> Decision:
    """The guard's answer with every reason, most severe first. Pure, and never in favour of doubt.

    A deferral names the first instant at which every waiting rule lets go and the hours are open; when that
    lies at or beyond ``subject.expires_at`` the contact is refused as expired (R-A34).
    Raises ``ValueError`` when ``now`` is naive.
    """
    if now.tzinfo is None:
        raise ValueError("now must be aware")
    refusals: list[Finding] = []
    waits: list[Finding] = []
    for rule in BINDING[subject.origin]:
        finding = rule.judge(subject, policy, now)
        if finding is not None:
            (refusals if finding.until is None else waits).append(finding)
    asked = _KEYS[subject.origin]
    if refusals:
        by = tuple(reason.rule for reason in _reasons(refusals))
        return Decision("refuse", _reasons(refusals + waits), evaluated=asked, refused_by=by)
    if waits:
        return _defer(subject, policy, now, waits, asked)
    return Decision(
        "allow",
        (Reason("allowed", _ASKED[subject.origin]),),
        lawful_basis=laws.lawful_basis(subject, policy, now),
        evaluated=asked,
    )


def _defer(
    subject: GuardSubject, policy: GuardPolicy, now: datetime, waits: list[Finding], asked: tuple[str, ...]
) -> Decision:
    until: datetime | None = max(wait.until for wait in waits if wait.until is not None)
    if until is not None:
        until = _first_open(subject, policy, until)
    if until is None or until >= subject.expires_at:
        late = Reason("expired", f"would have to wait beyond {subject.expires_at:%Y-%m-%d %H:%M} UTC")
        return Decision("refuse", (late, *_reasons(waits)), evaluated=asked, refused_by=(late.rule,))
    return Decision("defer", _reasons(waits), defer_until=until, evaluated=asked)


def _first_open(subject: GuardSubject, policy: GuardPolicy, since: datetime) -> datetime | None:
    """The first instant that the law's hours and the patient's own both leave open, as far as they bind."""
    binds = hours.binds_hours(subject, policy, since)
    pairs = hours.clocks(subject, policy) if binds else ()
    asks = subject.channel in hours.QUIET_CHANNELS and subject.origin not in _SAFETY
    wanted = privacy.wanted_hours(subject) if asks else ()
    at: datetime | None = since
    while at is not None and at - since <= _FAR:
        opens = hours.next_open(pairs, at, margin_minutes=policy.closing_margin_minutes)
        at = hours.next_open(wanted, opens, margin_minutes=0) if opens is not None and wanted else opens
        if at == opens:
            return at
    return None


def _reasons(findings: list[Finding]) -> tuple[Reason, ...]:
    return tuple(finding.reason for finding in findings)
