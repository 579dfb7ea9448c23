"""Writes down for the guard which texts may go out, whenever a signature completes or falls."""

from collections.abc import Sequence
from datetime import datetime

from rebook.core.outreach.approval import ApprovalRules
from rebook.core.outreach.message import Template
from rebook.records.read import approvals as read
from rebook.records.write import approvals as write
from rebook.records.write.approvals import LetOut

from .library import approvals_changed
from .text_approvals import TextStanding, text_key, text_standing


def settle(
    *, organisation_id: int, texts: Sequence[Template], rules: ApprovalRules, now: datetime, actor: str
) -> list[TextStanding]:
    """Where these texts stand, told to the guard; inside the caller's transaction."""
    standings = text_standings(organisation_id=organisation_id, texts=texts, rules=rules, now=now)
    free = [
        LetOut(one.template.key, one.template.language, one.template.content_hash, one.standing.expires_at)
        for one in standings
        if one.may_go_out and one.standing.expires_at
    ]
    held = [one.template.content_hash for one in standings if not one.may_go_out]
    write.hold_back(organisation_id=organisation_id, now=now, content_hashes=held)
    write.let_out(organisation_id=organisation_id, texts=free, actor=actor, now=now)
    # A text of the practice's own takes its place once it may go out.
    approvals_changed(organisation_id=organisation_id)
    return standings


def text_standings(
    *, organisation_id: int, texts: Sequence[Template], rules: ApprovalRules, now: datetime
) -> list[TextStanding]:
    """Where each of many texts stands, in three queries at most."""
    keys = [text_key(one) for one in texts]
    signed = read.signatures_by_key(organisation_id=organisation_id, kind="template", keys=keys)
    classes = read.text_classes(organisation_id=organisation_id)
    writers = read.writers(organisation_id=organisation_id) if rules.four_eyes else {}
    return [
        text_standing(
            template=one,
            now=now,
            rules=rules,
            signatures=signed.get(text_key(one), ()),
            confirmed=classes.get(one.content_hash),
            writer=writers.get((one.key, one.place, one.language, one.variant), ""),
        )
        for one in texts
    ]
