"""Our own pages for what goes wrong. They look up nothing: the database may be what is broken."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template import engines


def _page(template: str, status: int, **values: Any) -> HttpResponse:
    body = engines["jinja2"].env.get_template(template).render(**values)  # type: ignore[attr-defined]
    return HttpResponse(body, status=status)


def not_allowed(
    request: HttpRequest, exception: Exception | None = None, act: str = "anything"
) -> HttpResponse:
    """The person is signed in and may not do this; ``act`` names what is missing."""
    return _page("errors/403.html", 403, act=act)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page("errors/404.html", 404)


def broken(request: HttpRequest) -> HttpResponse:
    return _page("errors/500.html", 500)


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form was too old or came from elsewhere."""
    return _page("errors/csrf.html", 403)
