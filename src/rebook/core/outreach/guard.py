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

from datetime import datetime

from rebook.core.outreach import guard_care as care
from rebook.core.outreach import guard_consent as consent
from rebook.core.outreach import guard_content as content
from rebook.core.outreach import guard_hours as hours
from rebook.core.outreach import guard_limits as limits
from rebook.core.outreach import guard_person as person
from rebook.core.outreach.guard_rule import Finding, GuardRule
from rebook.core.outreach.values import Decision, GuardPolicy, GuardSubject, Origin
from rebook.core.reasons import Reason

_TEST: frozenset[Origin] = frozenset({"test"})
_ANSWERS: frozenset[Origin] = frozenset({"reply", "safety", "test"})
_SAFETY: frozenset[Origin] = frozenset({"safety", "test"})

RULES: tuple[GuardRule, ...] = (
    GuardRule("stopped", content.stopped, "The practice, campaign or channel is stopped.", "promise 2"),
    GuardRule("deceased", person.deceased, "The patient has died.", "R-A156"),
    GuardRule("merged", person.merged, "The record was merged into another.", "R-A192"),
    GuardRule("do_not_contact", person.do_not_contact, "Asked for no contact at all.", "R-A53, R-A157"),
    GuardRule("opted_out", consent.opted_out, "Opted out and has not opted in since.", "R-A40 to R-A54"),
    GuardRule("hold", person.hold, "Held back for a clinician, a person or a date.", "R-E35", _SAFETY),
    GuardRule("left_practice", person.left_practice, "Has left the practice.", "R-A157", _ANSWERS),
    GuardRule("responsible_adult", person.responsible_adult,
              "Minors only through their adult, adults only themselves; an unknown age refuses.",
              "R-A150 to R-A153", _ANSWERS),
    GuardRule("minor_confidential", person.minor_confidential,
              "A minor's confidential care never goes to the parent.", "R-A151", _TEST),
    GuardRule("excluded", person.excluded, "Excluded from recall.", "R-A157", _ANSWERS),
    GuardRule("consent_missing", consent.consent_missing, "The purpose needs consent given before.", "R-A6"),
    GuardRule("no_lawful_basis", consent.no_lawful_basis, "No lawful basis for this number.", "R-A1, R-A4"),
    GuardRule("test_only_to_staff", content.test_only_to_staff, "Tests go to staff only.", "promise 2"),
    GuardRule("contact_point", content.contact_point,
              "Nothing usable to reach: missing, marked bad, or of the wrong kind.", "R-D9, R-A62"),
    GuardRule("sensitive", content.sensitive, "Sensitive, and others may read the channel.",
              "R-A140, R-A145", _SAFETY),
    GuardRule("not_approved", content.not_approved, "The text was not signed off.", "R-A195", _TEST),
    GuardRule("message_problem", content.message_problem, "The text failed its checks.", "R-D8, R-A196"),
    GuardRule("holdout", person.holdout, "In the share not contacted.", "R-F50", _ANSWERS),
    GuardRule("gap_closed", care.gap_closed, "The visit is no longer due.", "R-A192", _ANSWERS),
    GuardRule("not_for_messages", care.not_for_messages, "The reason is staff's own, never a message.",
              "R-C120, R-C127, R-C133", _ANSWERS),
    GuardRule("appointment_booked", care.appointment_booked, "A visit that serves is booked.", "R-A192",
              _ANSWERS),
    GuardRule("recently_seen", care.recently_seen, "Was seen lately.", "R-A192", _ANSWERS),
    GuardRule("case_exhausted", limits.case_exhausted, "The case has used up its attempts.",
              "R-A190, R-D55", _ANSWERS),
    GuardRule("stale_data", care.stale_data, "The records are not fresh.", "R-A192", _ANSWERS),
    GuardRule("no_time_zone", hours.no_time_zone, "Nobody can tell the time at the patient's.", "R-A32",
              _SAFETY),
    GuardRule("expired", limits.expired, "Too late to be of use.", "R-A34", _TEST),
    GuardRule("not_due", limits.not_due, "Not due yet.", "R-A34", _SAFETY),
    GuardRule("cap_reached", limits.cap_reached, "Enough contacts in a day or week.", "R-A25, R-A190",
              _SAFETY),
    GuardRule("too_soon", limits.too_soon, "Too soon after the last contact.", "R-A190", _SAFETY),
    GuardRule("marketing_apart", limits.marketing_apart, "Marketing keeps its distance.", "R-A190", _ANSWERS),
    GuardRule("no_capacity", limits.no_capacity, "No free times to offer.", "R-A193", _ANSWERS),
    GuardRule("quiet_hours", hours.quiet_hours, "Outside calling hours where the patient may be.",
              "R-A30 to R-A39, R-A75", _SAFETY),
)  # fmt: skip


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
    evaluated: list[str] = []
    for rule in RULES:
        if subject.origin in rule.not_for:
            continue
        evaluated.append(rule.key)
        finding = rule.judge(subject, policy, now)
        if finding is not None:
            (refusals if finding.until is None else waits).append(finding)
    asked = tuple(evaluated)
    if refusals:
        by = tuple(reason.rule for reason in _reasons(refusals))
        return Decision("refuse", _reasons(refusals + waits), evaluated=asked, refused_by=by)
    if waits:
        return _defer(subject, policy, now, waits, asked)
    return Decision(
        "allow",
        (Reason("allowed", f"{len(asked)} rules asked, none spoke"),),
        lawful_basis=consent.lawful_basis(subject),
        evaluated=asked,
    )


def _defer(
    subject: GuardSubject, policy: GuardPolicy, now: datetime, waits: list[Finding], asked: tuple[str, ...]
) -> Decision:
    until: datetime | None = max(wait.until for wait in waits if wait.until is not None)
    if until is not None and hours.binds_hours(subject, policy, until):
        pairs = hours.clocks(subject, policy)
        until = hours.next_open(pairs, until, margin_minutes=policy.closing_margin_minutes)
    if until is None or until >= subject.expires_at:
        late = Reason("expired", f"would have to wait beyond {subject.expires_at:%Y-%m-%d %H:%M} UTC")
        return Decision("refuse", (late, *_reasons(waits)), evaluated=asked, refused_by=(late.rule,))
    return Decision("defer", _reasons(waits), defer_until=until, evaluated=asked)


def _reasons(findings: list[Finding]) -> tuple[Reason, ...]:
    return tuple(finding.reason for finding in findings)
