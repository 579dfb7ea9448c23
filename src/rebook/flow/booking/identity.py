"""Is the person at the link the patient? (R-A107)"""

from datetime import datetime
from typing import Literal

from django.db import transaction

from rebook.accounts import audit
from rebook.core.booking import LOCK_FOR, WRONG_TRIES_ALLOWED, GivenIdentity, matches
from rebook.records.read import links as read
from rebook.records.write import links as write

IdentityAnswer = Literal["passed", "wrong", "locked"]


def check_identity(
    *, organisation_id: int, link_id: int, given: GivenIdentity, now: datetime
) -> IdentityAnswer:
    """Compare with what is on file. The fifth wrong try in a row locks the link for 30 minutes.

    While it is locked the right answer is not accepted either, so a lock tells nothing.
    """
    with transaction.atomic(durable=True):
        checks = write.lock_checks(organisation_id=organisation_id, link_id=link_id)
        if checks.locked_until is not None and checks.locked_until > now:
            return "locked"
        link = read.link(organisation_id=organisation_id, link_id=link_id)
        if link is not None and matches(
            given, read.identity_on_file(organisation_id=organisation_id, patient_id=link.patient_id)
        ):
            write.save_checks(
                organisation_id=organisation_id, link_id=link_id, checks=write.LinkChecks(0, None)
            )
            write.mark_opened(organisation_id=organisation_id, link_id=link_id, now=now)
            write.add_step(organisation_id=organisation_id, link_id=link_id, step="checked", now=now)
            return "passed"
        failed = checks.failed_checks + 1
        if failed < WRONG_TRIES_ALLOWED:
            write.save_checks(
                organisation_id=organisation_id, link_id=link_id, checks=write.LinkChecks(failed, None)
            )
            return "wrong"
        write.save_checks(
            organisation_id=organisation_id, link_id=link_id, checks=write.LinkChecks(0, now + LOCK_FOR)
        )
        audit.append(
            organisation_id=organisation_id,
            now=now,
            actor="patient",
            action="identity_check.locked",
            subject_kind="link",
            subject_id=link_id,
        )
        return "locked"
