"""What signing texts and campaigns has in common: who may sign as what, and the practice's rules."""

from rebook.accounts import read as accounts
from rebook.core.outreach.approval import ROLE_OF_STAFF, SIGN_OFF_ROLES, ApprovalRules, approval_rules
from rebook.core.outreach.message import Template

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


def current_texts(organisation_id: int) -> tuple[Template, ...]:
    """Every text as the practice sends it, or will once it is signed, with its test arms, in order."""
    found = template_library(organisation_id=organisation_id).newest()
    return tuple(found[place] for place in sorted(found))
