"""Whom each rule binds: one contact that it alone speaks against, made by every kind of sender in turn.

The letters stand for who is bound, said here once more and not read from the guard: campaign, manual (staff),
reply, test, safety. Whoever is not named is spared.
"""

from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

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
    booked,
    contact,
    held,
    past,
    said,
    stop,
    utc,
)

from rebook.core.outreach.guard_views import ConfidentialView, NumberView, OfferView
from rebook.core.outreach.law import ConsentRule, Law
from rebook.core.outreach.values import ContactView

WHO = {"c": "campaign", "m": "manual", "r": "reply", "t": "test", "s": "safety"}
# Says nothing of texts; says nothing of names in the open; wants a relation of two years for marketing.
SILENT = Law("us", "test", (ConsentRule("care_direct", "email", "none", "care"),))
NAMELESS = Law(
    "us",
    "test",
    (ConsentRule("care_direct", "sms", "none", "care"),),
    open_fields=frozenset({"practice_name"}),
)
RELATION = Law("us", "test", (ConsentRule("marketing", "email", "implied", "relation", 24),))
BY_MAIL = MARKETING | EMAIL
BY_POST = MARKETING | {"channel": "letter", "contact": ContactView("postal", "postal")}
BY_MAIL_ONLY_SO = Law(
    "us",
    "test",
    (ConsentRule("marketing", "letter", "none", "commercial_with_opt_out"),),
    duties=("marketing_mail_names_removal",),
)
ATTEMPTS = {"history": tuple(past(20 + days, case=True) for days in range(6))}


@dataclass(frozen=True)
class Bound:
    rule: str
    # Who is bound.
    by: str
    differs: dict[str, Any]
    until: datetime | None = None
    now: datetime = NOW
    policy: dict[str, Any] | None = None
    because: tuple[str, ...] = ()


def wish(**asked: Any) -> dict[str, Any]:
    return {"confidential": (ConfidentialView(**asked),)}


ROWS = (
    Bound("stopped", "cmrts", stop("organisation")),
    Bound("deceased", "cmrts", {"is_deceased": True}),
    Bound("merged", "cmrts", {"is_merged_away": True}),
    Bound("do_not_contact", "cmrts", {"do_not_contact": True}),
    Bound("opted_out", "cmrts", {"consents": (said("revoked"),)}),
    Bound("confidential", "cmrs", wish(channels=frozenset({"letter"}))),
    Bound("code_word", "cmrs", {"text_holds_code_word": True}),
    Bound("unusable_format", "cmrs", wish(needs=frozenset({"semaphore"}))),
    Bound("hold", "cmr", held("red_flag")),
    Bound("left_practice", "cm", {"has_left_practice": True}),
    Bound("responsible_adult", "cm", CHILD, because=("minor_without_adult",)),
    Bound(
        "minor_confidential",
        "cmrs",
        CHILD
        | {
            "sensitivity": ("minor_confidential",),
            "contact_is_responsible_adult": True,
            "template_is_generic": True,
        },
    ),
    Bound("excluded", "cm", {"exclusions": ("hospice",)}),
    Bound("consent_missing", "cmrts", MARKETING | {"last_visit_at": NOW - 100 * DAYS}),
    Bound("no_lawful_basis", "cmrts", {}, policy={"laws": (SILENT,)}),
    Bound(
        "relation_ended", "cm", BY_MAIL | {"last_visit_at": NOW - 900 * DAYS}, policy={"laws": (RELATION,)}
    ),
    Bound("out_of_scope", "cm", contact(given_for=frozenset({"operations"}))),
    Bound("test_only_to_staff", "t", {"contact_is_staff": False}),
    Bound("contact_point", "cmrts", contact(state="wrong_person"), because=("contact_unusable",)),
    Bound("blocked_number", "cmrts", {"number": NumberView(is_blocked=True)}),
    Bound("quarantined", "cm", {"number": NumberView(check="reassigned", checked_at=NOW - DAYS)}),
    Bound("unseen_number", "cm", {"template_fields": frozenset({"first_name"})}),
    Bound("sensitive", "cmr", {"sensitivity": ("mental_health",)}),
    Bound("sensitive_reason", "c", EMAIL | {"gap_is_sensitive": True, "template_is_generic": True}),
    Bound(
        "field_not_allowed",
        "cmr",
        {"template_fields": frozenset({"practice_phone"})},
        policy={"laws": (NAMELESS,)},
    ),
    Bound("paid_by_third_party", "cmr", BY_MAIL | {"is_paid_by_third_party": True}),
    Bound("offer_refused", "cmr", BY_MAIL | {"offer": OfferView(1000), "payer_class": "self_pay"}),
    Bound("marketing_mail", "cmr", BY_POST, policy={"laws": (BY_MAIL_ONLY_SO,)}),
    Bound("not_approved", "cmrs", {"template_is_approved": False}),
    Bound("message_problem", "cmrts", {"message_problems": ("a value is missing",)}),
    Bound("holdout", "cm", {"arm": "holdout"}),
    Bound("gap_closed", "cm", {"gap_is_open": False}),
    Bound("not_for_messages", "cm", {"gap_is_not_for_messages": True}),
    Bound("appointment_booked", "cm", booked(20)),
    Bound("recently_seen", "cm", {"last_visit_at": NOW - 7 * DAYS}),
    Bound("case_exhausted", "cm", ATTEMPTS),
    Bound("stale_data", "cm", {"data_as_of": NOW - 96 * HOURS}, until=NOW + HOURS),
    Bound("no_time_zone", "cmr", {"time_zones": ()} | CALL),
    Bound("expired", "cmrs", {"due_at": NOW - 2 * HOURS, "expires_at": NOW - HOURS}),
    Bound("not_due", "cmr", {"due_at": NOW + HOURS}, until=NOW + HOURS),
    Bound("cap_reached", "cmr", {"history": (past(6), past(5), past(4))}, until=NOW + DAYS),
    Bound("too_soon", "cmr", {"history": (past(47.5 / 24),)}, until=NOW + 30 * MINUTES),
    Bound("marketing_apart", "cm", {"history": (past(13.75, purpose="marketing"),)}, until=NOW + 6 * HOURS),
    Bound("no_capacity", "cm", {"capacity_left": 0}, until=NOW + HOURS),
    Bound("confidential_hours", "cmr", wish(opens=time(17)), until=utc(12, 1, 22)),
    Bound("quiet_hours", "cmr", {}, now=utc(12, 2, 4), until=utc(12, 2, 14)),
)


def _cases(row: Bound) -> list[Case]:
    found = []
    for letter, origin in WHO.items():
        is_bound = letter in row.by
        found.append(
            Case(
                f"{row.rule}, {origin}",
                {"origin": origin, "contact_is_staff": True} | row.differs,
                ("defer" if row.until else "refuse") if is_bound else "allow",
                (row.because or (row.rule,)) if is_bound else (),
                now=row.now,
                until=row.until if is_bound else None,
                policy=row.policy or {},
            )
        )
    return found


SECTIONS = (Section("Whom each rule binds", "", tuple(case for row in ROWS for case in _cases(row))),)
