"""Who asks, and for which practice."""

from django.http import HttpRequest
from ninja import Schema
from ninja.errors import HttpError

from rebook.accounts import read as accounts

# Who may see patients by name or number sees them here too (R-A129).
ROLES = frozenset({"front_desk", "coordinator", "clinician", "manager", "compliance"})
LONGEST_PAGE = 200


class Paging(Schema):
    """``practice`` is the short name, needed by people who work for several."""

    practice: str = ""
    limit: int = 50
    offset: int = 0

    @property
    def bounds(self) -> tuple[int, int]:
        """(limit, offset) within reason."""
        return max(1, min(self.limit, LONGEST_PAGE)), max(0, self.offset)


def practice_of(request: HttpRequest, practice: str) -> tuple[int, str]:
    """(organisation, role) of the person who asks. 403 when they may not see patients there."""
    memberships = accounts.memberships_of(user_id=int(request.user.pk or 0))
    slugs = {one.id: one.slug for one in accounts.organisations()}
    mine = [one for one in memberships if not practice or slugs[one.organisation_id] == practice]
    if len(mine) > 1:
        raise HttpError(422, "say which practice: " + ", ".join(slugs[one.organisation_id] for one in mine))
    if not mine or mine[0].role not in ROLES:
        raise HttpError(403, "not allowed")
    return mine[0].organisation_id, mine[0].role
