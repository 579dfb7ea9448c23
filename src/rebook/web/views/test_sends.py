"""Tests to oneself: own number, a text from the editor, every step of a campaign, what became of them."""

import hashlib
import secrets
from datetime import timedelta
from typing import Any, Literal

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from rebook.flow.outreach import own_contacts as flow
from rebook.flow.outreach import test_sends_texts as words
from rebook.flow.outreach import texts
from rebook.flow.outreach.library import library_of
from rebook.flow.outreach.test_sends import UnableToTest, send_tests
from rebook.records.read import campaignpages
from rebook.records.read.sent_tests import SentTestLine, newest_tests, tests_of_press
from rebook.web.access import Staff, staff_page
from rebook.web.render import after, page
from rebook.web.views.templates_edit import read_draft

# So long a page asks by itself what became of a test.
WATCHED = timedelta(minutes=2)
Values = Literal["usual", "longest"]


def new_press() -> str:
    """The name of a press to come: it goes into the form, so that the same page never sends twice."""
    return secrets.token_hex(12)


def _press(request: HttpRequest, *about: str) -> str:
    """This press: other words or another choice on the same page make it another one."""
    said = "\n".join((request.POST.get("press", "")[:64], *about))
    return hashlib.sha256(said.encode()).hexdigest()[:32]


def _is_moving(one: SentTestLine, staff: Staff) -> bool:
    """A receipt may still come in the next moments: worth asking for."""
    return one.state in ("claimed", "accepted", "sent") and staff.now - one.asked_at < WATCHED


def _values(given: str) -> Values:
    return "longest" if given == "longest" else "usual"


@staff_page(may="test_sends")
def own(request: HttpRequest) -> HttpResponse:
    """A member's own number and address: keep, confirm, forget; and the tests they sent last."""
    staff: Staff = request.staff  # type: ignore[attr-defined]
    of: dict[str, Any] = {"organisation_id": staff.organisation_id, "user_id": staff.user_id}
    if request.method == "POST":
        return _change_own(request, staff, of)
    return _own_page(request, of, staff)


def _own_page(
    request: HttpRequest, of: dict[str, Any], staff: Staff, *, wrong: str = "", channel: str = ""
) -> HttpResponse:
    return page(
        request,
        "setup/own_number.html",
        status=422 if wrong else 200,
        own=flow.own_contacts(**of),
        new=flow.own_to_be_proved(**of, now=staff.now),
        tests=newest_tests(**of, now=staff.now),
        wrong={channel: wrong} if wrong else {},
        given=request.POST.get("value", ""),
    )


def _change_own(request: HttpRequest, staff: Staff, of: dict[str, Any]) -> HttpResponse:
    channel = "email" if request.POST.get("channel") == "email" else "sms"
    here = reverse("own_number")
    act = request.POST.get("act", "")
    try:
        if act == "forget":
            flow.forget_own(**of, channel=channel, now=staff.now)
            return after(request, here, say="Forgotten. Nothing goes there any more.")
        if act == "confirm":
            flow.confirm_own(**of, channel=channel, code=request.POST.get("code", ""), now=staff.now)
            return after(request, here, say="Confirmed. Tests go there from now on.")
        line = flow.keep_own(**of, channel=channel, value=request.POST.get("value", ""), now=staff.now)
    except UnableToTest as error:
        return _own_page(request, of, staff, wrong=str(error), channel=channel)
    if line.state in ("refused", "held", "failed"):
        why = line.reasons[0].detail if line.state == "refused" else "it could not be handed over"
        return _own_page(request, of, staff, wrong=f"no code was sent: {why}", channel=channel)
    return after(request, here, say="A code is on its way. It works for ten minutes.")


@require_POST
@staff_page(may="test_sends")
def send_text(request: HttpRequest, key: str, channel: str, language: str) -> HttpResponse:
    """The words in the editor as they are typed, kept or not, to whoever presses the button."""
    staff: Staff = request.staff  # type: ignore[attr-defined]
    place = texts.Place(key, channel, language, request.GET.get("variant", ""))
    try:
        file = texts.text_file(organisation_id=staff.organisation_id, place=place)
    except texts.UnableToChangeText:
        raise Http404 from None
    values = _values(request.POST.get("values", ""))
    wanted = words.wanted_of_draft(
        organisation_id=staff.organisation_id,
        draft=read_draft(request.POST, texts.begin(file)),
        values=values,
    )
    lines = send_tests(
        organisation_id=staff.organisation_id,
        user_id=staff.user_id,
        wanted=[wanted],
        press=_press(request, wanted.content_hash, values),
        now=staff.now,
    )
    return page(request, "setup/sent.html", block="lines", lines=lines, watched=WATCHED)


@staff_page(may="test_sends")
def sent(request: HttpRequest, press: str) -> HttpResponse:
    """What became of one press of one's own; another member's is not there."""
    staff: Staff = request.staff  # type: ignore[attr-defined]
    lines = tests_of_press(
        organisation_id=staff.organisation_id, user_id=staff.user_id, press=press, now=staff.now
    )
    if not lines:
        raise Http404
    return page(request, "setup/sent.html", block="lines", lines=lines, watched=WATCHED)


@staff_page(may="test_sends")
def campaign_steps(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """Every step of a campaign in its order: what would go out, and, sent to oneself, what became of it."""
    staff: Staff = request.staff  # type: ignore[attr-defined]
    file = campaignpages.campaign_file(organisation_id=staff.organisation_id, campaign_id=campaign_id)
    if file is None:
        raise Http404
    request.back = reverse("campaign_texts", args=[campaign_id])  # type: ignore[attr-defined]
    given = request.POST if request.method == "POST" else request.GET
    languages = library_of(staff.organisation).languages()
    language = given.get("language", "")
    language = language if language in languages else staff.organisation.default_language
    reasons = words.reasons_of(file.segment)
    reason = given.get("reason", "")
    reason = reason if reason in reasons else next(iter(reasons), "")
    values = _values(given.get("values", ""))
    of: dict[str, Any] = {"organisation_id": staff.organisation_id, "campaign_id": campaign_id}
    try:
        steps = words.steps_of_campaign(**of, language=language, reason=reason, values=values)
    except UnableToTest:
        steps = ()
    if request.method == "POST":
        press = _press(request, language, reason, values)
        wanted = [one.wanted for one in steps if one.wanted]
        send_tests(
            organisation_id=staff.organisation_id,
            user_id=staff.user_id,
            wanted=wanted,
            press=press,
            now=staff.now,
        )
        query = {"language": language, "reason": reason, "values": values, "press": press}
        return after(request, reverse("campaign_send_tests", args=[campaign_id], query=query))
    return _steps_page(
        request, staff, file=file, steps=steps, languages=languages, language=language,
        reasons=reasons, reason=reason, values=values,
    )  # fmt: skip


def _steps_page(request: HttpRequest, staff: Staff, **shown: Any) -> HttpResponse:
    of: dict[str, Any] = {"organisation_id": staff.organisation_id, "user_id": staff.user_id}
    press = request.GET.get("press", "")
    lines = tests_of_press(**of, press=press, now=staff.now) if press else ()
    own = {key: one for key, one in flow.own_contacts(**of).items() if one.is_confirmed(now=staff.now)}
    needed = {one.wanted.channel for one in shown["steps"] if one.wanted}
    return page(
        request,
        "campaigns/send_tests.html",
        block="steps",
        lines={one.step_index: one for one in lines},
        is_moving=any(_is_moving(one, staff) for one in lines),
        own=own,
        missing=sorted(needed - own.keys()),
        press=new_press(),
        **shown,
    )
