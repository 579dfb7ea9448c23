"""Who may see which page: sign-in, membership of the practice, and the role's acts (R-A129).

Every staff view wears `staff_page`; a guard test walks the urls and fails on a bare one.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import wraps
from typing import Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import resolve, reverse
from django.utils import timezone

from rebook.accounts import read as accounts
from rebook.accounts.scope import organisation_scope
from rebook.core.outreach.own_contact import MAY_TEST
from rebook.flow.response.holds import CLINICIANS_ONLY
from rebook.web.views.errors import not_allowed

Act = Literal[
    "anything",  # any member of the practice
    "patients",  # see who the patients are
    "work",  # record outcomes, answer, book
    "campaigns",  # create, launch, pause
    "wording",  # write texts
    "test_sends",  # send tests to oneself
    "approve",  # sign the wording that goes out
    "approval_rules",  # say who has to sign what
    "sign_off",  # sign a clinical rule
    "release",  # lift a safety hold
    "audit",  # read the trail
    "start_again",  # end a stop
    "packs",  # add or remove a specialty pack
    "review_rules",  # record a review of a place's rules
]

_CARE = frozenset({"front_desk", "coordinator", "clinician", "manager"})
ROLES_BY_ACT: dict[Act, frozenset[str]] = {
    "anything": _CARE | {"writer", "compliance", "analyst"},
    "patients": _CARE | {"compliance"},
    "work": _CARE,
    "campaigns": frozenset({"manager", "coordinator"}),
    "wording": frozenset({"writer", "manager", "coordinator", "clinician", "compliance"}),
    "test_sends": MAY_TEST,
    "approve": frozenset({"manager", "compliance", "clinician"}),
    "approval_rules": frozenset({"manager", "compliance"}),
    "sign_off": frozenset({"clinician"}),
    "release": frozenset({"clinician", "coordinator"}),
    "audit": frozenset({"compliance", "manager"}),
    "start_again": frozenset({"manager", "compliance"}),
    "packs": frozenset({"manager"}),
    "review_rules": frozenset({"compliance"}),
}

CHOSEN = "organisation_id"
# What the next page says about the act before it; kept in the session, so it never names a patient.
NOTICE = "notice"

View = Callable[..., HttpResponse]


@dataclass(frozen=True, slots=True)
class Staff:
    """The person at the keyboard, in the practice they chose."""

    user_id: int
    name: str
    role: str
    organisation: accounts.OrganisationView
    has_other_practices: bool
    now: datetime

    @property
    def actor(self) -> str:
        return f"user:{self.user_id}"

    @property
    def organisation_id(self) -> int:
        return self.organisation.id

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.organisation.time_zone)

    @property
    def today(self) -> date:
        return self.now.astimezone(self.zone).date()

    def may(self, act: Act) -> bool:
        return self.role in ROLES_BY_ACT[act]

    def may_open(self, address: str) -> bool:
        """Whether the page at ``address`` lets them in: no link leads to a refusal."""
        return self.role in roles_let_in(address)

    def may_release(self, hold_kind: str) -> bool:
        """Safety holds and clinical reviews need a clinician (R-E35)."""
        return self.may("release") and (self.role == "clinician" or hold_kind not in CLINICIANS_ONLY)


def roles_let_in(address: str) -> frozenset[str]:
    """The roles whose members may open the staff page at ``address``; ``Resolver404`` where there is none."""
    act: Act = resolve(urlsplit(address).path).func.staff_act  # type: ignore[attr-defined]
    return ROLES_BY_ACT[act]


class StaffRequest(HttpRequest):
    """A request that passed `staff_page` (for annotations only)."""

    staff: Staff


def staff_page(*, may: Act) -> Callable[[View], View]:
    """Let only members whose role includes ``may`` into the view, and hand it ``request.staff``."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            answer = _admit(request)
            if not isinstance(answer, Staff):
                return answer
            request.staff = answer  # type: ignore[attr-defined]
            if not answer.may(may):
                return _refused(request, act=may)
            # The database itself shows nothing of other practices while the view runs (promise 9).
            with organisation_scope(answer.organisation_id):
                return _answered(view, request, *args, **kwargs)

        guarded.staff_act = may  # type: ignore[attr-defined]
        return guarded

    return decorate


def _answered(view: View, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    """The view's answer; a use case that cannot be done says why, where the person was."""
    try:
        return view(request, *args, **kwargs)
    except Exception as error:
        if request.method != "POST" or not getattr(error, "is_for_people", False):
            raise
        text = str(error)
        request.session[NOTICE] = {
            "text": f"{text[:1].upper()}{text[1:]}",
            "undo": "",
            "is_problem": True,
        }
        return HttpResponseRedirect(getattr(request, "back", "/"))


def _admit(request: HttpRequest) -> Staff | HttpResponse:
    if not request.user.is_authenticated:
        if getattr(request, "htmx", False):
            # A fragment must not become a sign-in form inside the page.
            return HttpResponse(status=204, headers={"HX-Redirect": reverse("account_login")})
        return redirect_to_login(request.get_full_path() if request.method == "GET" else "/")
    memberships = accounts.memberships_of(user_id=int(request.user.pk))
    chosen = request.session.get(CHOSEN)
    mine = next((one for one in memberships if one.organisation_id == chosen), None)
    if mine is None and len(memberships) == 1:
        mine = memberships[0]
    if mine is None:
        if memberships:
            return HttpResponseRedirect(reverse("choose_practice"))
        return _refused(request, act="anything")
    return Staff(
        user_id=mine.user_id,
        name=mine.name,
        role=mine.role,
        organisation=accounts.organisation(organisation_id=mine.organisation_id),
        has_other_practices=len(memberships) > 1,
        now=timezone.now(),
    )


def _refused(request: HttpRequest, *, act: Act) -> HttpResponse:
    return not_allowed(request, act=act)
