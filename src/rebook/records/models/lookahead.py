"""How much room there is, what that did to campaigns, and what was forecast."""

from django.db import models
from django.db.models import F, Q

from rebook.core.words import CAPACITY_STATES, FORECAST_MEASURES

from .base import OrganisationRow, known


class RoomCount(OrganisationRow):
    """Free times as last counted, one row for each organisation: losing it loses nothing but time."""

    counted_at = models.DateTimeField()
    # [[location id, visit type, "2026-03-16", free], ...]
    days = models.JSONField(default=list)
    # {visit type: {"free": 12 or null, "invited": 30, "rate": 0.12, "source": "..."}}
    types = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation"], name="room_count_once")]

    def __str__(self) -> str:
        return f"room of {self.organisation_id}"


class CapacityDay(OrganisationRow):
    """How many patients a campaign could take in on one day, and why not more."""

    campaign = models.ForeignKey("records.Campaign", on_delete=models.PROTECT, related_name="capacity_days")
    as_of = models.DateField()
    state = models.CharField(max_length=10)
    # Empty: nothing limited it but its own daily limit.
    left = models.PositiveIntegerField(null=True)
    reasons = models.JSONField(default=list)
    found_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["campaign", "as_of"], name="capacity_once_a_day"),
            models.CheckConstraint(condition=known("state", CAPACITY_STATES), name="capacity_state_known"),
            models.CheckConstraint(
                condition=Q(state="open") | Q(left__isnull=False) & ~Q(reasons=[]),
                name="capacity_limited_says_why",
            ),
        ]
        indexes = [models.Index(fields=["organisation", "as_of"], name="capacity_by_day")]

    def __str__(self) -> str:
        return f"capacity of campaign {self.campaign_id} on {self.as_of}"


class Forecast(OrganisationRow):
    """What one day's look ahead expected of a later day, to be held against what then happened.

    No foreign keys beside the organisation: a forecast outlives what it was made for. A figure without a row
    was forecast as nothing.
    """

    # -1: all campaigns.
    campaign_id = models.BigIntegerField()
    # 0: no site; -1: all sites; -2: all sites, from the first day up to this one.
    location_id = models.BigIntegerField(default=0)
    made_on = models.DateField()
    meant_on = models.DateField()
    measure = models.CharField(max_length=20)
    expected = models.FloatField()
    low = models.FloatField()
    high = models.FloatField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "made_on", "campaign_id", "location_id", "meant_on", "measure"],
                name="forecast_once",
            ),
            models.CheckConstraint(
                condition=known("measure", FORECAST_MEASURES), name="forecast_measure_known"
            ),
            models.CheckConstraint(
                condition=Q(low__lte=F("expected"), high__gte=F("expected"), low__gte=0),
                name="forecast_interval_in_order",
            ),
            models.CheckConstraint(condition=Q(meant_on__gte=F("made_on")), name="forecast_looks_ahead"),
        ]

    def __str__(self) -> str:
        return f"forecast of {self.made_on} for {self.meant_on}"
