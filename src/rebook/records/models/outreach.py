"""Campaigns, the cases they open, and every attempt to reach somebody."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from rebook.core.words import (
    ATTEMPT_ORIGINS,
    ATTEMPT_STATES,
    CAMPAIGN_STATES,
    CASE_ARMS,
    CASE_OUTCOMES,
    GUARD_DECISION_VERDICTS,
    HOLDOUT_ASSIGNMENT_ARMS,
    PROGRAMMES,
    STOP_SCOPES,
)

from .base import OrganisationRow, known


class Campaign(OrganisationRow):
    """A standing plan: segment, sequence, owner, goal, daily limit, holdout."""

    name = models.CharField(max_length=120)
    state = models.CharField(max_length=10, default="draft")
    # {"kinds": [...], "definitions": [...], "tiers": [...], "locations": [ids], "visit_types": [...]}
    segment = models.JSONField(default=dict)
    # The sequence as frozen at launch; cases stay on it.
    sequence_key = models.CharField(max_length=60)
    sequence = models.JSONField(default=dict)
    purpose = models.CharField(max_length=20, default="treatment_recall")
    owner = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    # Looks after it when the owner is away.
    backup = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    # "recall" or "reactivation" (R-C144); empty takes in both.
    programme = models.CharField(max_length=12, blank=True, db_default="")
    # So many won back by the plan's own definition of success, by this day.
    goal_visits = models.PositiveIntegerField(null=True)
    goal_on = models.DateField(null=True)
    budget_cents = models.PositiveBigIntegerField(null=True)
    # Days of rest after any case before this campaign takes a patient in; empty: as its sequence says.
    rest_days = models.PositiveSmallIntegerField(null=True)
    # As ``core.outreach.campaign_plan`` writes it: calendar, trigger, success by kind of gap, re-entry.
    plan = models.JSONField(default=dict, db_default={})
    cloned_from = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="+")
    daily_limit = models.PositiveIntegerField(default=50)
    holdout_percent = models.PositiveSmallIntegerField(default=10)
    # Attribution windows frozen at launch (R-F41), days.
    booking_window_days = models.PositiveSmallIntegerField(default=60)
    visit_window_days = models.PositiveSmallIntegerField(default=120)
    created_at = models.DateTimeField(db_default=Now())
    launched_at = models.DateTimeField(null=True)
    paused_at = models.DateTimeField(null=True)
    archived_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "name"], name="campaign_name_once"),
            models.CheckConstraint(
                condition=known("programme", ("", *PROGRAMMES)), name="campaign_programme_known"
            ),
            models.UniqueConstraint(fields=["organisation", "id"], name="campaign_by_organisation"),
            models.CheckConstraint(condition=known("state", CAMPAIGN_STATES), name="campaign_state_known"),
            models.CheckConstraint(
                condition=Q(holdout_percent__lte=50), name="campaign_holdout_at_most_half"
            ),
            models.CheckConstraint(
                condition=Q(state="draft") | Q(launched_at__isnull=False),
                name="campaign_launched_before_active",
            ),
        ]

    def __str__(self) -> str:
        return f"campaign {self.pk}"


class HoldoutAssignment(OrganisationRow):
    """The arm of a patient's household for one gap kind; assigned once, sticky for the cycle (R-F50)."""

    # Household key, or "patient:<id>" where there is none.
    unit = models.CharField(max_length=80)
    stratum = models.CharField(max_length=120)
    cycle = models.CharField(max_length=40)
    arm = models.CharField(max_length=10)
    assigned_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "unit", "cycle"], name="holdout_assigned_once"),
            models.CheckConstraint(condition=known("arm", HOLDOUT_ASSIGNMENT_ARMS), name="holdout_arm_known"),
        ]

    def __str__(self) -> str:
        return f"{self.unit} {self.arm}"


class Case(OrganisationRow):
    """One patient x one gap in one campaign, from opening to exactly one outcome (promise 6)."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="cases")
    patient = models.ForeignKey("records.Patient", on_delete=models.PROTECT, related_name="cases")
    gap = models.ForeignKey("records.Gap", on_delete=models.PROTECT, related_name="cases")
    # The patient's other gaps that share the contact, and the visit offered, which closes most (R-C7).
    also_gap_ids = ArrayField(models.BigIntegerField(), default=list, db_default=[])
    visit_type = models.CharField(max_length=60, blank=True, db_default="")
    arm = models.CharField(max_length=10, default="contact")
    # 0 the first time; 1 and more when taken in again after a booked visit that was not kept.
    entry = models.PositiveSmallIntegerField(default=0, db_default=0)
    opened_at = models.DateTimeField()
    # Next step of the campaign's frozen sequence, counted from 0; it only grows, so no step comes twice.
    step_index = models.PositiveSmallIntegerField(default=0)
    # 0: the campaign's present sequence; else the number of the former one that the case stays on.
    sequence_version = models.PositiveSmallIntegerField(default=0, db_default=0)
    # Place in the plan = step_index + step_shift; set when a case moves to another version of it.
    step_shift = models.SmallIntegerField(default=0, db_default=0)
    # When that step falls due; empty when the sequence is exhausted or the case waits for a person.
    next_step_at = models.DateTimeField(null=True)
    # Set by a reply, call, hold: nothing is planned until a person or a date releases it (R-A191).
    paused_at = models.DateTimeField(null=True)
    pause_reason = models.CharField(max_length=40, blank=True)
    first_attempt_at = models.DateTimeField(null=True)
    last_attempt_at = models.DateTimeField(null=True)
    reached_at = models.DateTimeField(null=True)
    responded_at = models.DateTimeField(null=True)
    # The satisfying appointment credited to the case (R-F40 ff).
    appointment = models.ForeignKey(
        "records.Appointment", null=True, on_delete=models.PROTECT, related_name="+"
    )
    booked_at = models.DateTimeField(null=True)
    # The completed visit that satisfied the gap, prompted or not.
    visit_kept_at = models.DateTimeField(null=True)
    barrier = models.CharField(max_length=30, blank=True)
    outcome = models.CharField(max_length=30, blank=True)
    closed_at = models.DateTimeField(null=True)
    outcome_detail = models.CharField(max_length=100, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["campaign", "gap", "entry"], name="case_once_per_gap_and_entry"),
            # Nobody is in two sequences at once.
            models.UniqueConstraint(
                fields=["organisation", "patient"], condition=Q(closed_at__isnull=True), name="case_open_once"
            ),
            models.UniqueConstraint(fields=["organisation", "id"], name="case_by_organisation"),
            models.CheckConstraint(condition=known("arm", CASE_ARMS), name="case_arm_known"),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, outcome="")
                | Q(closed_at__isnull=False, outcome__in=CASE_OUTCOMES),
                name="case_closed_with_one_outcome",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_step_at"],
                condition=Q(closed_at__isnull=True, paused_at__isnull=True, arm="contact"),
                name="case_step_due",
            ),
        ]

    def __str__(self) -> str:
        return f"case {self.pk}"


class Attempt(OrganisationRow):
    """One contact attempt; its row exists before anything is sent (promise 1).

    planned -> claimed -> accepted|sent -> delivered|failed; or refused, deferred, expired, unknown.
    ``reference`` is the idempotency key given to the vendor.
    """

    # Every index is paid for with each step of every message: only those that a query needs.
    organisation = models.ForeignKey(
        "accounts.Organisation", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    case = models.ForeignKey(Case, null=True, on_delete=models.PROTECT, related_name="attempts")
    patient = models.ForeignKey(
        "records.Patient", on_delete=models.PROTECT, related_name="attempts", db_index=False
    )
    origin = models.CharField(max_length=10, default="campaign")
    step_index = models.PositiveSmallIntegerField(default=0)
    channel = models.CharField(max_length=20)
    reference = models.CharField(max_length=80)
    purpose = models.CharField(max_length=20, default="treatment_recall")
    lawful_basis = models.CharField(max_length=40, blank=True)
    contact_point = models.ForeignKey(
        "records.ContactPoint", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    to_value = models.CharField(max_length=254, blank=True)
    template_key = models.CharField(max_length=80, blank=True)
    template_hash = models.CharField(max_length=64, blank=True)
    language = models.CharField(max_length=8, blank=True)
    subject = models.CharField(max_length=200, blank=True)
    body = models.TextField(blank=True)
    body_html = models.TextField(blank=True)
    # Ends e-mail with one POST (RFC 8058); carries the link's token.
    unsubscribe_url = models.CharField(max_length=200, blank=True)
    segments = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(max_length=12, default="planned")
    planned_at = models.DateTimeField()
    due_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True)
    claimed_by = models.CharField(max_length=80, blank=True)
    # Key of the adapter that the claim hands it to: the one to ask what became of it.
    adapter = models.CharField(max_length=20, blank=True)
    # Transient failures so far.
    tries = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    result_at = models.DateTimeField(null=True)
    provider_message_id = models.CharField(max_length=120, blank=True)
    error_code = models.CharField(max_length=60, blank=True)
    # Reasons of the guard's last decision on this attempt: [{"rule": ..., "detail": ...}]
    reasons = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["reference"], name="attempt_reference_once"),
            models.UniqueConstraint(
                fields=["case", "step_index", "channel"],
                # One that a pause took back before it was ever sent leaves its place to the one made anew.
                condition=Q(origin="campaign") & ~Q(error_code="replanned"),
                name="attempt_once_per_step_and_channel",
            ),
            models.UniqueConstraint(fields=["organisation", "id"], name="attempt_by_organisation"),
            models.CheckConstraint(condition=known("state", ATTEMPT_STATES), name="attempt_state_known"),
            models.CheckConstraint(condition=known("origin", ATTEMPT_ORIGINS), name="attempt_origin_known"),
            models.CheckConstraint(
                condition=~Q(state="claimed") | Q(claimed_at__isnull=False) & ~Q(claimed_by=""),
                name="attempt_claim_has_a_name",
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gte=F("due_at")), name="attempt_expires_after_due"
            ),
        ]
        indexes = [
            models.Index(
                fields=["organisation", "due_at", "id"],
                condition=Q(state__in=["planned", "deferred"]),
                name="attempt_due",
            ),
            models.Index(fields=["claimed_at"], condition=Q(state="claimed"), name="attempt_in_the_air"),
            models.Index(fields=["patient", "planned_at"]),
            models.Index(fields=["organisation", "provider_message_id"]),
            models.Index(fields=["organisation", "to_value", "sent_at"]),
            models.Index(
                fields=["organisation", "sent_at"],
                condition=Q(channel="portal", state__in=["accepted", "sent", "delivered"]),
                name="attempt_portal_unread",
            ),
            models.Index(
                fields=["organisation", "id"],
                condition=Q(channel="letter", state="accepted"),
                name="attempt_letter_waiting",
            ),
        ]

    def __str__(self) -> str:
        return f"attempt {self.pk} {self.state}"


class AttemptEvent(OrganisationRow):
    """One fact about an attempt, appended: accepted, sent, delivered ... with source and time."""

    organisation = models.ForeignKey(
        "accounts.Organisation", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    # Found by the unique constraint, which begins with it.
    attempt = models.ForeignKey(Attempt, on_delete=models.CASCADE, related_name="events", db_index=False)
    state = models.CharField(max_length=12)
    at = models.DateTimeField()
    # worker, provider, staff.
    source = models.CharField(max_length=20)
    code = models.CharField(max_length=60, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["attempt", "state", "source", "code"], name="attempt_event_once"),
        ]

    def __str__(self) -> str:
        return f"{self.attempt_id} {self.state}"


class GuardDecision(OrganisationRow):
    """What the guard decided and by which rules, also where no attempt came of it (promise 2)."""

    organisation = models.ForeignKey(
        "accounts.Organisation", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    patient = models.ForeignKey("records.Patient", on_delete=models.PROTECT, related_name="+", db_index=False)
    attempt = models.ForeignKey(Attempt, null=True, on_delete=models.CASCADE, related_name="decisions")
    case = models.ForeignKey(Case, null=True, on_delete=models.CASCADE, related_name="decisions")
    channel = models.CharField(max_length=20)
    verdict = models.CharField(max_length=10)
    reasons = models.JSONField(default=list)
    decided_at = models.DateTimeField()
    defer_until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=known("verdict", GUARD_DECISION_VERDICTS), name="decision_verdict_known"
            ),
            models.CheckConstraint(
                condition=~Q(verdict="defer") | Q(defer_until__isnull=False),
                name="decision_deferred_until_when",
            ),
        ]
        indexes = [models.Index(fields=["organisation", "decided_at"]), models.Index(fields=["patient"])]

    def __str__(self) -> str:
        return f"{self.verdict} {self.pk}"


class TemplateApproval(OrganisationRow):
    """A text whose sign-off is complete as it stands: what the guard asks. Written from ``Approval`` rows."""

    template_key = models.CharField(max_length=80)
    language = models.CharField(max_length=8)
    content_hash = models.CharField(max_length=64)
    approved_by = models.CharField(max_length=100)
    approved_at = models.DateTimeField()
    # When the first signature that it needs runs out.
    expires_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "template_key", "language", "content_hash"],
                name="template_approved_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.template_key} {self.language}"


class Stop(OrganisationRow):
    """The kill switch: nothing goes out for the organisation, a campaign or a channel until ended."""

    scope = models.CharField(max_length=14)
    # Campaign id or channel key; empty for the whole organisation.
    key = models.CharField(max_length=40, blank=True)
    reason = models.CharField(max_length=200, blank=True)
    started_at = models.DateTimeField()
    started_by = models.CharField(max_length=100)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=100, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "scope", "key"], condition=Q(ended_at__isnull=True), name="stop_once"
            ),
            models.CheckConstraint(condition=known("scope", STOP_SCOPES), name="stop_scope_known"),
        ]

    def __str__(self) -> str:
        return f"stop {self.scope} {self.key}"
