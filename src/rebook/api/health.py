"""Whether this process can do its work: for load balancers and container health checks."""

from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from rebook.records.read import health


@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """200 when the database answers, else 503. Says nothing about data."""
    if not health.answers():
        return JsonResponse({"status": "failing", "database": "unreachable"}, status=503)
    return JsonResponse({"status": "ok", "database": "ok"})
