"""``/api/v1``: what a clinic's own programs may read. OpenAPI at ``/api/v1/openapi.json``.

Signed in like the pages (session); each answer is about one practice the person works for.
"""

from datetime import date, datetime
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import NinjaAPI, Query, Schema
from ninja.errors import HttpError
from ninja.security import SessionAuth

from rebook.accounts import read as accounts
from rebook.accounts.scope import organisation_scope
from rebook.records.read import gaps as gap_reads
from rebook.records.read import tasks as task_reads

# Who may see patients by name or number sees them here too (R-A129).
ROLES = frozenset({"front_desk", "coordinator", "clinician", "manager", "compliance"})
LONGEST_PAGE = 200


class StaffSession(SessionAuth):
    """The session of a member of staff who may see patients."""

    def authenticate(self, request: HttpRequest, key: str | None) -> Any:
        user = request.user
        if not user.is_authenticated or not user.is_active:
            return None
        return user


# The interactive page would load its script from elsewhere, so only the description is served.
api = NinjaAPI(title="Rebook", version="1", auth=StaffSession(), docs_url=None, urls_namespace="api-v1")


class Paging(Schema):
    """``practice`` is the short name, needed by people who work for several."""

    practice: str = ""
    limit: int = 50
    offset: int = 0


class GapOut(Schema):
    id: int
    patient_id: int
    definition_key: str
    kind: str
    visit_type: str
    risk_class: int
    due_on: date
    overdue_on: date
    tier: str
    rank: int | None


class TaskOut(Schema):
    id: int
    kind: str
    urgency: int
    owner_role: str
    opened_at: datetime
    due_at: datetime
    is_late: bool
    patient_id: int | None
    case_id: int | None
    reply_id: int | None
    intent: str


@api.get("/gaps", response=list[GapOut], summary="Open gaps, foremost first")
def gaps(request: HttpRequest, page: Query[Paging]) -> list[Any]:
    """Reasons for patients to come back, in the order in which they are worked."""
    organisation_id, limit, offset = _page(request, page)
    with organisation_scope(organisation_id):
        return list(gap_reads.open_gaps(organisation_id=organisation_id, limit=limit, offset=offset))


@api.get("/tasks", response=list[TaskOut], summary="Open tasks, most urgent first")
def tasks(request: HttpRequest, page: Query[Paging]) -> list[Any]:
    """Work that is open now, without what was put off to later."""
    organisation_id, limit, offset = _page(request, page)
    with organisation_scope(organisation_id):
        return list(
            task_reads.work_list(
                organisation_id=organisation_id,
                user_id=None,
                roles=(),
                now=timezone.now(),
                limit=limit,
                offset=offset,
            )
        )


def _page(request: HttpRequest, page: Paging) -> tuple[int, int, int]:
    """(organisation, limit, offset) for the person who asks. 403 when they may not see patients there."""
    memberships = accounts.memberships_of(user_id=int(request.user.pk or 0))
    slugs = {one.id: one.slug for one in accounts.organisations()}
    mine = [one for one in memberships if not page.practice or slugs[one.organisation_id] == page.practice]
    if len(mine) > 1:
        raise HttpError(422, "say which practice: " + ", ".join(slugs[one.organisation_id] for one in mine))
    if not mine or mine[0].role not in ROLES:
        raise HttpError(403, "not allowed")
    return mine[0].organisation_id, max(1, min(page.limit, LONGEST_PAGE)), max(0, page.offset)
