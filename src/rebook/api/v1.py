"""``/api/v1``: what a clinic's own programs may read. OpenAPI at ``/api/v1/openapi.json``.

Signed in like the pages (session); each answer is about one practice the person works for.
"""

from datetime import date, datetime
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import NinjaAPI, Query, Schema
from ninja.security import SessionAuth

from rebook.accounts.scope import organisation_scope
from rebook.api.access import Paging, practice_of
from rebook.api.segments import router as segments
from rebook.records.read import gaps as gap_reads
from rebook.records.read import tasks as task_reads


class StaffSession(SessionAuth):
    """The session of a member of staff who may see patients."""

    def authenticate(self, request: HttpRequest, key: str | None) -> Any:
        user = request.user
        if not user.is_authenticated or not user.is_active:
            return None
        return user


# The interactive page would load its script from elsewhere, so only the description is served.
api = NinjaAPI(title="Rebook", version="1", auth=StaffSession(), docs_url=None, urls_namespace="api-v1")
api.add_router("/segments", segments, tags=["segments"])


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
    organisation_id, _ = practice_of(request, page.practice)
    limit, offset = page.bounds
    with organisation_scope(organisation_id):
        return list(gap_reads.open_gaps(organisation_id=organisation_id, limit=limit, offset=offset))


@api.get("/tasks", response=list[TaskOut], summary="Open tasks, most urgent first")
def tasks(request: HttpRequest, page: Query[Paging]) -> list[Any]:
    """Work that is open now, without what was put off to later."""
    organisation_id, _ = practice_of(request, page.practice)
    limit, offset = page.bounds
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
