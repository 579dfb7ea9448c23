"""What signing texts and campaigns has in common: who may sign as what, and the practice's rules."""

from collections.abc import Iterable
from datetime import datetime
from typing import Literal

from rebook.accounts import read as accounts
from rebook.core.outreach.approval import (
    ROLE_OF_STAFF,
    SIGN_OFF_ROLES,
    ApprovalRules,
    approval_rules,
    expires_at,
)
from rebook.core.outreach.approved_content import Content
from rebook.core.outreach.message import Template
from rebook.records.write import approvals as write

from .library import template_library


class UnableToApprove(Exception):
    """It cannot be signed: there is none such, it changed since it was shown, or its words forbid it."""

    permanent = True
    is_for_people = True


def rules_of(organisation_id: int) -> ApprovalRules:
    """The practice's rules. Raises ``BadRules`` where its settings do not hold together."""
    settings = accounts.organisation(organisation_id=organisation_id).settings
    return approval_rules(settings.get("approvals"))


def signing_roles(*, organisation_id: int, actor: str) -> tuple[str, ...]:
    """What this person may sign as; nothing for staff without such a role.

    Who sets the installation up without being a member ("demo") signs in every role.
    """
    for one in accounts.members(organisation_id=organisation_id):
        if actor == f"user:{one.user_id}":
            role = ROLE_OF_STAFF.get(one.role)
            return (role,) if role else ()
    return SIGN_OFF_ROLES


def add_signatures(
    *,
    organisation_id: int,
    kind: Literal["template", "campaign"],
    key: str,
    content: Content,
    content_hash: str,
    roles: Iterable[str],
    rules: ApprovalRules,
    now: datetime,
    actor: str,
) -> list[str]:
    """Sign a content in these roles, in the caller's transaction; those roles that had not signed it."""
    return [
        role
        for role in roles
        if write.add_signature(
            organisation_id=organisation_id,
            kind=kind,
            key=key,
            content_hash=content_hash,
            role=role,
            content=content,
            actor=actor,
            now=now,
            expires_at=expires_at(signed_at=now, rules=rules),
        )
    ]


def current_texts(organisation_id: int) -> tuple[Template, ...]:
    """Every text as the practice sends it, or will once it is signed, with its test arms, in order."""
    found = template_library(organisation_id=organisation_id).newest()
    return tuple(found[place] for place in sorted(found))
