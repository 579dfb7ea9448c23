"""Turn values into a page, or into the one block of it that a fragment request asked for."""

from typing import Any, cast

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.csrf import get_token
from django.template import engines
from django.template.backends.jinja2 import Jinja2
from django.template.backends.utils import csrf_input_lazy
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from jinja2_fragments import render_block

from rebook.records.read import pages
from rebook.web.access import NOTICE, Staff


def page(
    request: HttpRequest, template: str, *, block: str = "", status: int = 200, **values: Any
) -> HttpResponse:
    """Render ``template``; only its ``block`` when HTMX asked for a fragment.

    The same address gives the whole page to everybody else, so nothing needs a script.
    """
    env = cast(Jinja2, engines["jinja2"]).env
    is_fragment = bool(block) and bool(getattr(request, "htmx", False))
    context = {**_common(request, with_shell=not is_fragment), **values}
    if is_fragment:
        body = render_block(env, template, block, context)
    else:
        body = env.get_template(template).render(context)
    response = HttpResponse(body, status=status)
    response.headers["Vary"] = "HX-Request, Cookie"
    # Patients' details must not stay behind in a shared browser's cache.
    response.headers["Cache-Control"] = "no-store"
    return response


def _common(request: HttpRequest, *, with_shell: bool) -> dict[str, Any]:
    staff: Staff | None = getattr(request, "staff", None)
    values: dict[str, Any] = {
        "request": request,
        "csrf_token": get_token(request),
        "csrf_input": csrf_input_lazy(request),
        "staff": staff,
        "now": staff.now if staff else timezone.now(),
        "zone": staff.zone if staff else timezone.get_current_timezone(),
        "notice": None,
        "shell": None,
    }
    if with_shell and staff:
        values["shell"] = pages.shell(organisation_id=staff.organisation_id, now=staff.now)
        values["notice"] = request.session.pop(NOTICE, None)
    return values


def after(
    request: HttpRequest, to: str, *, say: str = "", undo: str = "", is_problem: bool = False
) -> HttpResponse:
    """Go to the local address ``to`` after an act, saying what was done and how to undo it.

    ``say`` is kept in the session: it never names a patient. ``undo`` is an address to post to.
    """
    if say:
        request.session[NOTICE] = {"text": say, "undo": undo, "is_problem": is_problem}
    if not url_has_allowed_host_and_scheme(to, allowed_hosts=None):
        to = "/"
    return HttpResponseRedirect(to)
