"""Organisations and people, as values."""

from dataclasses import dataclass, field
from typing import Any

from rebook.accounts.models import Location, Membership, Organisation, Role, User

# What a member may be (R-A129).
ROLES: tuple[str, ...] = tuple(Role.values)


@dataclass(frozen=True, slots=True)
class OrganisationView:
    id: int
    slug: str
    name: str
    # What open channels may call the practice (R-A196).
    public_name: str
    time_zone: str
    jurisdiction: str
    default_language: str
    phone: str
    postal_address: str
    pack_keys: tuple[str, ...]
    settings: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LocationView:
    id: int
    external_id: str
    name: str
    time_zone: str
    phone: str
    address_line: str
    city: str
    state: str
    postal_code: str


@dataclass(frozen=True, slots=True)
class MemberView:
    user_id: int
    organisation_id: int
    name: str
    role: str
    email: str = ""


def _organisation_view(row: Organisation) -> OrganisationView:
    return OrganisationView(
        id=row.pk,
        slug=row.slug,
        name=row.name,
        public_name=row.neutral_name or row.name,
        time_zone=row.time_zone,
        jurisdiction=row.jurisdiction,
        default_language=row.default_language,
        phone=row.phone,
        postal_address=row.postal_address,
        pack_keys=tuple(row.pack_keys),
        settings=row.settings,
    )


def organisations() -> list[OrganisationView]:
    """Every organisation of this installation, by short name."""
    return [_organisation_view(row) for row in Organisation.objects.order_by("slug")]


def organisation(*, organisation_id: int) -> OrganisationView:
    return _organisation_view(Organisation.objects.get(pk=organisation_id))


def locations(*, organisation_id: int) -> list[LocationView]:
    """The sites of an organisation, by name."""
    rows = Location.objects.filter(organisation_id=organisation_id).order_by("name", "id")
    return [
        LocationView(
            id=row.pk,
            external_id=row.external_id,
            name=row.name,
            time_zone=row.time_zone,
            phone=row.phone,
            address_line=row.address_line,
            city=row.city,
            state=row.state,
            postal_code=row.postal_code,
        )
        for row in rows
    ]


def members(*, organisation_id: int) -> list[MemberView]:
    """The people of an organisation, by name."""
    rows = Membership.objects.filter(organisation_id=organisation_id).select_related("user")
    return [
        MemberView(
            user_id=row.user_id,
            organisation_id=organisation_id,
            name=row.user.name or row.user.email,
            role=row.role,
            email=row.user.email,
        )
        for row in rows.order_by("user__name", "user_id")
    ]


def has_account(*, email: str) -> bool:
    """Whether somebody signs in with this address already, at whatever organisation."""
    return User.objects.filter(email=email.lower()).exists()


def memberships_of(*, user_id: int) -> list[MemberView]:
    """The organisations a person works for, oldest first."""
    rows = Membership.objects.filter(user_id=user_id).select_related("user").order_by("pk")
    return [
        MemberView(
            user_id=user_id,
            organisation_id=row.organisation_id,
            name=row.user.name or row.user.email,
            role=row.role,
            email=row.user.email,
        )
        for row in rows
    ]
