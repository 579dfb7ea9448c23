"""Who provides care, which kinds of visit there are, and when there is room."""

from django.db import models
from django.db.models import F, Q

from .base import OrganisationRow, SourceRow


class Practitioner(SourceRow):
    name = models.CharField(max_length=200)
    location = models.ForeignKey("accounts.Location", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "source", "external_id"], name="practitioner_once"
            ),
            models.UniqueConstraint(fields=["organisation", "id"], name="practitioner_by_organisation"),
        ]

    def __str__(self) -> str:
        return self.external_id


class VisitType(OrganisationRow):
    """Kind of appointment; rows elsewhere name it by ``key``."""

    key = models.SlugField(max_length=60)
    label = models.CharField(max_length=100)
    minutes = models.PositiveSmallIntegerField(default=30)
    # Offered on the patient page (R-D78).
    is_self_bookable = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "key"], name="visit_type_once"),
            models.CheckConstraint(condition=Q(minutes__gt=0), name="visit_type_takes_time"),
        ]

    def __str__(self) -> str:
        return self.key


class PractitionerHours(OrganisationRow):
    """Weekly hours in which a practitioner sees patients at a location, on that location's clock."""

    practitioner = models.ForeignKey(Practitioner, on_delete=models.CASCADE, related_name="hours")
    location = models.ForeignKey("accounts.Location", on_delete=models.PROTECT, related_name="+")
    # Monday is 0, as in ``datetime.weekday``.
    weekday = models.PositiveSmallIntegerField()
    starts = models.TimeField()
    ends = models.TimeField()
    # Patients seen at the same time.
    capacity = models.PositiveSmallIntegerField(default=1)
    # Empty: every visit type.
    visit_type_keys = models.JSONField(default=list)
    from_on = models.DateField(null=True)
    until_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(weekday__lte=6), name="hours_weekday_in_week"),
            models.CheckConstraint(condition=Q(starts__lt=F("ends")), name="hours_start_before_end"),
            models.CheckConstraint(condition=Q(capacity__gte=1), name="hours_have_capacity"),
        ]

    def __str__(self) -> str:
        return f"hours {self.pk}"
