"""The complaint budget: when a campaign stops by itself (R-F57, R-A175, field note 3.19).

It judges one batch: what went out since the campaign was launched, or since a person let it go on after the
last such stop, and at most four weeks back.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from rebook.core.reasons import Reason

LOOKS_BACK = timedelta(days=28)
# R-F57: below so many delivered texts a share says nothing.
BATCH = 100
# Below so many replies one late answer is no share.
FEW_REPLIES = 10

# Shares above (or, for complaints and bounces, from) which a campaign stops.
OPT_OUT, COMPLAINT, WRONG_NUMBER, LATE_REPLIES = 0.03, 0.003, 0.05, 0.10
EMAIL_COMPLAINT_WARN, EMAIL_COMPLAINT_STOP = 0.001, 0.003
EMAIL_BOUNCE_WARN, EMAIL_BOUNCE_STOP = 0.02, 0.05


@dataclass(frozen=True, slots=True)
class Batch:
    """Counts of one campaign's batch; the e-mail figures are of the last seven days (R-A175).

    ``delivered`` counts every channel, ``delivered_sms`` texts alone. ``late`` of the ``replies`` received
    wait past their time (R-E39); ``level_1_missed`` are urgent ones that nobody saw within the hour.
    """

    delivered_sms: int = 0
    opted_out_sms: int = 0
    delivered: int = 0
    complained: int = 0
    wrong_number: int = 0
    replies: int = 0
    late: int = 0
    level_1_missed: int = 0
    emails_week: int = 0
    email_complaints_week: int = 0
    email_bounces_week: int = 0


@dataclass(frozen=True, slots=True)
class Verdict:
    """``stop`` with every figure over its limit, ``warn`` with those that come near, or ``fine``."""

    verdict: Literal["fine", "warn", "stop"]
    reasons: tuple[Reason, ...] = ()


def judge_batch(batch: Batch) -> Verdict:
    """Whether a campaign may go on. Every reason is told, with the figures it rests on."""
    stops = tuple(_stops(batch))
    if stops:
        return Verdict("stop", stops)
    warns = tuple(_warns(batch))
    return Verdict("warn" if warns else "fine", warns)


def _stops(batch: Batch) -> Iterator[Reason]:
    if batch.level_1_missed:
        yield Reason("level_1_missed", f"{batch.level_1_missed} urgent replies were not seen in time")
    if batch.delivered_sms >= BATCH and batch.opted_out_sms > OPT_OUT * batch.delivered_sms:
        yield _share("opted_out", batch.opted_out_sms, batch.delivered_sms, "texts asked to stop", OPT_OUT)
    if batch.delivered >= BATCH and batch.complained >= COMPLAINT * batch.delivered:
        yield _share(
            "complaints", batch.complained, batch.delivered, "messages brought complaints", COMPLAINT
        )
    if batch.delivered >= BATCH and batch.wrong_number > WRONG_NUMBER * batch.delivered:
        yield _share(
            "wrong_numbers",
            batch.wrong_number,
            batch.delivered,
            "contacts met the wrong person",
            WRONG_NUMBER,
        )
    if batch.replies >= FEW_REPLIES and batch.late > LATE_REPLIES * batch.replies:
        yield _share("replies_late", batch.late, batch.replies, "replies wait past their time", LATE_REPLIES)
    yield from _email(batch, EMAIL_COMPLAINT_STOP, EMAIL_BOUNCE_STOP)


def _warns(batch: Batch) -> Iterator[Reason]:
    yield from _email(batch, EMAIL_COMPLAINT_WARN, EMAIL_BOUNCE_WARN)


def _email(batch: Batch, complaint: float, bounce: float) -> Iterator[Reason]:
    sent = batch.emails_week
    if sent < BATCH:
        return
    if batch.email_complaints_week >= complaint * sent:
        yield _share(
            "email_complaints",
            batch.email_complaints_week,
            sent,
            "e-mails of 7 days were reported",
            complaint,
        )
    if batch.email_bounces_week >= bounce * sent:
        yield _share("email_bounces", batch.email_bounces_week, sent, "e-mails of 7 days came back", bounce)


def _share(rule: str, count: int, of: int, what: str, limit: float) -> Reason:
    return Reason(rule, f"{count} of {of} {what} ({100 * count / of:.1f} %; the limit is {100 * limit:g} %)")
