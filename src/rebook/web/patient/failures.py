"""Where Django sends a form that failed its check: patients and staff each get a page of their own."""

from django.http import HttpRequest, HttpResponse

from rebook.web.patient.page import failed_form
from rebook.web.views import errors


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """``CSRF_FAILURE_VIEW``."""
    match = request.resolver_match
    if match is not None and "token" in match.kwargs:
        return failed_form(request, token=match.kwargs["token"])
    return errors.csrf_failed(request, reason=reason)
