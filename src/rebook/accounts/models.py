"""Organisations, their locations, the people who sign in, and the audit trail.

Every other row in the ledger carries an ``organisation_id`` that points here.
"""

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class Organisation(models.Model):
    """A practice: the wall nobody sees across."""

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=200)
    # A neutral name goes into open channels when the practice's name itself reveals a condition (R-A196).
    neutral_name = models.CharField(max_length=200, blank=True)
    time_zone = models.CharField(max_length=64)
    jurisdiction = models.CharField(max_length=16, default="us")
    default_language = models.CharField(max_length=8, default="en")
    phone = models.CharField(max_length=32, blank=True)
    postal_address = models.CharField(max_length=300, blank=True)
    # Keys of the specialty packs in use, in order.
    pack_keys = models.JSONField(default=list)
    # House settings with their own validation in core (quiet hours, caps, stale-data limit).
    settings = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="organisation_has_name"),
            models.CheckConstraint(condition=~Q(time_zone=""), name="organisation_has_time_zone"),
        ]

    def __str__(self) -> str:
        return self.slug


class Location(models.Model):
    """One site of an organisation."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="locations")
    external_id = models.CharField(max_length=200)
    name = models.CharField(max_length=200)
    time_zone = models.CharField(max_length=64)
    phone = models.CharField(max_length=32, blank=True)
    address_line = models.CharField(max_length=300, blank=True)
    city = models.CharField(max_length=100, blank=True)
    state = models.CharField(max_length=32, blank=True)
    postal_code = models.CharField(max_length=16, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "external_id"], name="location_once"),
            models.UniqueConstraint(fields=["organisation", "id"], name="location_by_organisation"),
        ]

    def __str__(self) -> str:
        return self.external_id


class UserManager(BaseUserManager["User"]):
    def create_user(self, *, email: str, password: str | None, name: str = "") -> "User":
        user = self.model(email=self.normalize_email(email).lower(), name=name)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser, PermissionsMixin):
    """A member of staff. One person, one account; no shared sign-ins (R-A120)."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=200, blank=True)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    joined_at = models.DateTimeField(db_default=Now())

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    def __str__(self) -> str:
        return f"user {self.pk}"


class Role(models.TextChoices):
    """What a member may do (R-A129)."""

    FRONT_DESK = "front_desk", "Front desk"
    COORDINATOR = "coordinator", "Care coordinator"
    CLINICIAN = "clinician", "Clinician"
    MANAGER = "manager", "Practice manager"
    WRITER = "writer", "Writer"
    COMPLIANCE = "compliance", "Compliance officer"
    ANALYST = "analyst", "Analyst"


class Membership(models.Model):
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="memberships")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=20, choices=Role)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "user"], name="membership_once"),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="membership_role_known"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.organisation_id} as {self.role}"


class AuditEvent(models.Model):
    """One line of the audit trail: append-only and hash-chained per organisation (promise 10, R-A124).

    Keeps ids, not foreign keys, so that a line outlives what it names. The database refuses
    updates and deletes (see migration ``0002``).
    """

    organisation_id = models.BigIntegerField()
    sequence = models.BigIntegerField()
    at = models.DateTimeField()
    actor = models.CharField(max_length=100)
    action = models.CharField(max_length=60)
    subject_kind = models.CharField(max_length=40)
    subject_id = models.CharField(max_length=64)
    detail = models.JSONField(default=dict)
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation_id", "sequence"], name="audit_sequence_once"),
        ]
        indexes = [models.Index(fields=["organisation_id", "subject_kind", "subject_id"])]

    def __str__(self) -> str:
        return f"{self.organisation_id}/{self.sequence} {self.action}"
