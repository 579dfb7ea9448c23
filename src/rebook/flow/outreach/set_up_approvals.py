"""Signing every text at once, when a practice is set up by one named person."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from rebook.accounts import audit
from rebook.core.outreach.approval import ApprovalRules, expires_at
from rebook.core.outreach.classify import suggest_template
from rebook.core.outreach.message import Template
from rebook.records.read import approvals as read
from rebook.records.write import approvals as write
from rebook.records.write.approvals import ClassLine, SignatureLine

from .approval_settling import settle
from .second_looks import checked, is_shipped
from .signing import current_texts, rules_of, signing_roles
from .text_approvals import class_problem, text_content, text_key, weight_of


def approve_all_in_use(*, organisation_id: int, now: datetime, actor: str) -> int:
    """Sign off every text that the practice uses, in the roles that one named person holds; how many were
    new. Texts whose words forbid it (an offer in a recall) or want a second look stay unsigned.
    """
    rules = rules_of(organisation_id)
    held = signing_roles(organisation_id=organisation_id, actor=actor)
    texts = [
        one
        for one in current_texts(organisation_id)
        if not class_problem(one, one.purpose, (), "") and (is_shipped(one) or not checked(one).looks)
    ]
    with transaction.atomic(durable=True):
        standing = read.signatures_by_key(organisation_id=organisation_id, kind="template")
        lines = []
        for text in texts:
            signed = {
                one.role
                for one in standing.get(text_key(text), ())
                if one.content_hash == text.content_hash and one.revoked_at is None and now < one.expires_at
            }
            lines += [_line(text, role) for role in _roles(text, held, rules) if role not in signed]
        write.sign_all(
            organisation_id=organisation_id,
            lines=lines,
            actor=actor,
            now=now,
            expires_at=expires_at(signed_at=now, rules=rules),
        )
        _say_what_they_are(organisation_id, texts, now=now, actor=actor)
        settle(organisation_id=organisation_id, texts=texts, rules=rules, now=now, actor=actor)
        count = len({line.content_hash for line in lines})
        if count:
            audit.append(
                organisation_id=organisation_id,
                now=now,
                actor=actor,
                action="templates.approved",
                subject_kind="organisation",
                subject_id=organisation_id,
                detail={"texts": count, "hashes": sorted({line.content_hash[:16] for line in lines})},
            )
    return count


def _roles(text: Template, held: Sequence[str], rules: ApprovalRules) -> list[str]:
    """The roles in which this person signs this text: those it needs, or their first where any will do."""
    needed = rules.needed("template", weight_of(text, suggest_template(text)))
    fitting = [role for role in held if role in needed]
    return fitting or list(held[:1])


def _line(text: Template, role: str) -> SignatureLine:
    return SignatureLine(text_key(text), text.content_hash, role, text_content(text))


def _say_what_they_are(organisation_id: int, texts: Sequence[Template], *, now: datetime, actor: str) -> None:
    known = read.text_classes(organisation_id=organisation_id)
    open_still = [one for one in texts if one.content_hash not in known]
    lines = [
        ClassLine(text_key(one), one.content_hash, one.purpose, suggest_template(one).purpose)
        for one in open_still
    ]
    write.class_all(organisation_id=organisation_id, lines=lines, actor=actor, now=now)
