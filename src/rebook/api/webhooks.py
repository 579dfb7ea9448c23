"""What vendors post to ``/in/<channel>/<key>``: bytes and headers go to ``flow`` unread (R-D30 ff).

``key`` is the practice's short name, or ``settings["webhook_key"]`` where a practice has one.
Answers: 200 received (again, or for the first time), 400 not what the vendor sends, 403 not signed by the
vendor, 404 no such channel or practice.
"""

import logging
import os
import socket
from collections import Counter

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from rebook.accounts import read as accounts
from rebook.accounts.scope import organisation_scope
from rebook.core.channel import BadSignature, WebhookRequest
from rebook.flow.outreach import dispatch
from rebook.flow.response import NoSuchChannel, receive_webhook

# Who holds the claim on an answer that is sent while the vendor waits.
WORKER = f"webhook-{socket.gethostname()}-{os.getpid()}"
log = logging.getLogger(__name__)
# Since this process started, by channel: all that is kept of a request that nobody signed (R-D30).
unsigned: Counter[str] = Counter()


@csrf_exempt
@require_POST
def inbound(request: HttpRequest, channel: str, key: str) -> HttpResponse:
    """Receive one webhook. The vendor's signature is checked before anything is read or kept."""
    organisation_id = _organisation_id(key)
    if organisation_id is None:
        return _answer(404, "no such address")
    webhook = WebhookRequest(
        # The address as configured, never as a request claims it (R-D33).
        url=f"{settings.PUBLIC_URL}{request.path}",
        body=request.body,
        headers=dict(request.headers.items()),
    )
    try:
        with organisation_scope(organisation_id):
            return _receive(organisation_id, channel, webhook)
    except NoSuchChannel:
        return _answer(404, "no such address")
    except BadSignature:
        unsigned[channel] += 1
        log.warning("unsigned webhook for channel %s, number %d", channel, unsigned[channel])
        return _answer(403, "not signed")
    except ValueError:
        log.warning("webhook for channel %s is not what its vendor sends", channel)
        return _answer(400, "not understood")


def _receive(organisation_id: int, channel: str, webhook: WebhookRequest) -> HttpResponse:
    now = timezone.now()
    received = receive_webhook(organisation_id=organisation_id, channel=channel, request=webhook, now=now)
    if received.reports:
        dispatch.record_reports(
            organisation_id=organisation_id, channel=channel, reports=received.reports, now=now
        )
    answers = [attempt_id for reply in received.replies for attempt_id in reply.answer_ids]
    if answers:
        # A safety answer must not wait for the next round of a worker (R-E30: within a minute).
        dispatch.send_due(organisation_id=organisation_id, now=now, worker=WORKER, only=answers)
    return _answer(200, "received", messages=len(received.replies), reports=len(received.reports))


def _organisation_id(key: str) -> int | None:
    for one in accounts.organisations():
        if key == (one.settings.get("webhook_key") or one.slug):
            return one.id
    return None


def _answer(status: int, word: str, **more: int) -> HttpResponse:
    return JsonResponse({"status": word, **more}, status=status)
