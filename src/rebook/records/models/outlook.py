"""What a find leaves for the next one, so that a day's change costs a day's work.

Written by sets and by triggers (migration 0009), for every patient: no foreign keys, which cost a look-up for
each row. Losing these rows loses nothing but time: without them everybody is judged again.
"""

from django.db import models

from .base import OrganisationRow


class PatientChange(OrganisationRow):
    """Something that the rules read has changed about a patient; triggers write it beside every such row."""

    patient_id = models.BigIntegerField()
    # Number of the first snapshot that has the change; empty until there is one.
    noticed_in = models.PositiveIntegerField(null=True)

    class Meta:
        indexes = [models.Index(fields=["organisation", "noticed_in"], name="patient_change_by_snapshot")]

    def __str__(self) -> str:
        return f"change of patient {self.patient_id}"


class GapOutlook(OrganisationRow):
    """Where the last find left a patient, and the day on which the answer may be another one by itself."""

    patient_id = models.BigIntegerField(primary_key=True)
    tier = models.CharField(max_length=12)
    # Gaps that a coming appointment closes.
    booked = models.PositiveSmallIntegerField(default=0)
    # Empty when nothing ever changes by itself.
    recheck_on = models.DateField(null=True)

    class Meta:
        indexes = [models.Index(fields=["organisation", "recheck_on"], name="gap_outlook_by_day")]

    def __str__(self) -> str:
        return f"outlook of patient {self.patient_id}"


class GapRound(OrganisationRow):
    """The last find of an organisation: what it saw, and by which rules."""

    snapshot_number = models.PositiveIntegerField()
    as_of = models.DateField()
    # Day of the last find that judged everybody.
    full_on = models.DateField()
    rules_hash = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation"], name="gap_round_once")]

    def __str__(self) -> str:
        return f"find on snapshot {self.snapshot_number}"
