"""What every patient page has: its link, its language, its cookie, and headers that keep it private."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial, wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from rebook.accounts import read as accounts
from rebook.accounts.scope import organisation_scope
from rebook.flow.outreach.texts import SAMPLE_TOKEN
from rebook.packs.script_numbers import numbers_at
from rebook.records.read.links import LinkView, link_by_token
from rebook.web.patient import say
from rebook.web.patient.state import PageState, read_state, sign_choice, write_state
from rebook.web.patient.texts import DEFAULT_LANGUAGE, LANGUAGES, text

_LANGUAGE_COOKIE = "visit_language"


@dataclass
class PatientPage:
    """One request to a link's page. Views change ``state``; it goes back with the answer."""

    request: HttpRequest
    token: str
    link: LinkView
    organisation: accounts.OrganisationView
    language: str
    now: datetime
    state: PageState

    @property
    def is_checked(self) -> bool:
        """The identity check was passed, not long ago."""
        return self.state.is_checked(self.now)

    def render(self, template: str, *, status: int = 200, **values: Any) -> HttpResponse:
        context = {
            **_words(self.language, jurisdiction=self.organisation.jurisdiction),
            "token": self.token,
            "practice": self.organisation.public_name,
            "phone": self.organisation.phone,
            "is_checked": self.is_checked,
            "other_language": _other(self.language),
            "sign": lambda slot: sign_choice(slot.choice, link_id=self.link.id),
            **values,
        }
        return render(self.request, f"patient/{template}", context, status=status)

    def go(self, name: str, *args: Any, query: dict[str, str] | None = None) -> HttpResponse:
        """To another page of this link, with GET whatever this request was."""
        response = HttpResponseRedirect(reverse(name, args=[self.token, *args], query=query))
        response.status_code = 303
        return response


View = Callable[..., HttpResponse]


def patient_page(view: View | None = None, *, even_expired: bool = False) -> Any:
    """A view that takes a ``PatientPage`` becomes one that takes a request and a token.

    The view sees the rows of its link's practice only (promise 9).
    """
    if view is None:
        return partial(patient_page, even_expired=even_expired)

    @wraps(view)
    def answer(request: HttpRequest, token: str, **arguments: Any) -> HttpResponse:
        now = timezone.now()
        if token == SAMPLE_TOKEN:
            # What a test's links lead to: nobody's page, which takes no answer.
            return _private(plain_page(request, "sample", status=200))
        link = link_by_token(token=token, now=now, even_expired=even_expired)
        if link is None:
            return _private(unknown_link(request))
        organisation = accounts.organisation(organisation_id=link.organisation_id)
        page = PatientPage(
            request=request,
            token=token,
            link=link,
            organisation=organisation,
            language=_language(request, link.language, organisation.default_language),
            now=now,
            state=read_state(request, link_id=link.id).seen(now),
        )
        with organisation_scope(organisation.id):
            response = view(page, **arguments)
        if page.state != PageState():
            write_state(response, page.state, link_id=link.id)
        return _private(_keep_language(request, response))

    return answer


def unknown_link(request: HttpRequest) -> HttpResponse:
    """The same friendly page for a link that is unknown, too old, or whose patient has died."""
    return plain_page(request, "unknown", status=404)


def failed_form(request: HttpRequest, *, token: str) -> HttpResponse:
    """For a form that came without its page's cookie, or from elsewhere."""
    return _private(plain_page(request, "failed", status=403, token=token))


def plain_page(request: HttpRequest, kind: str, *, status: int, token: str = "") -> HttpResponse:
    """A page that belongs to no link: ``unknown``, ``failed`` or ``sample``."""
    language = _language(request)
    context = {
        **_words(language),
        "kind": kind,
        "token": token,
        "practice": "",
        "phone": "",
        "other_language": _other(language),
    }
    return render(request, "patient/plain.html", context, status=status)


def _words(language: str, *, jurisdiction: str = "") -> dict[str, Any]:
    """``jurisdiction`` is empty on a page of no practice: nobody knows then where its reader is."""
    number = numbers_at(jurisdiction).get("emergency_number") if jurisdiction else ""
    local = text(language, "page.emergency_local")
    return {
        "emergency": text(language, "page.emergency", number=number) if number else local,
        "t": partial(text, language),
        "language": language,
        "say_day": partial(say.day, language=language),
        "say_short_day": partial(say.short_day, language=language),
        "say_clock": partial(say.clock, language=language),
        "say_when": partial(say.when, language=language),
        "say_phone": say.phone,
        "local": say.local,
    }


def _language(request: HttpRequest, *wishes: str) -> str:
    """Asked for now, asked for before, the patient's, the browser's, the practice's."""
    asked = [request.GET.get("lang", ""), request.COOKIES.get(_LANGUAGE_COOKIE, "")]
    patients, *practices = wishes or ("",)
    browsers = request.headers.get("Accept-Language", "").split(",")
    for wish in [*asked, patients, *browsers, *practices]:
        language = wish.strip()[:2].lower()
        if language in LANGUAGES:
            return language
    return DEFAULT_LANGUAGE


def _other(language: str) -> str:
    return next(one for one in LANGUAGES if one != language)


def _keep_language(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    if request.GET.get("lang") in LANGUAGES:
        response.set_cookie(
            _LANGUAGE_COOKIE,
            request.GET["lang"],
            path="/p/",
            httponly=True,
            samesite="Lax",
            secure=settings.SESSION_COOKIE_SECURE,
        )
    return response


def _private(response: HttpResponse) -> HttpResponse:
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    # Nothing is told to any other site. "no-referrer" would make browsers send "Origin: null" with our own
    # forms, which the protection against forged requests refuses.
    response.headers["Referrer-Policy"] = "same-origin"
    return response
