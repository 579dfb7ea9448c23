"""Sign-offs of texts: bound to the content's hash, given by roles, and void with any change (R-A195).

What the guard asks ("may this text go out now?") is written down whenever a signature completes or falls, so
that it costs one look. Campaigns are signed in ``campaign_approvals``.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from rebook.accounts import audit
from rebook.accounts import write as write_accounts
from rebook.core.outreach.approval import ApprovalRules, BadRules, approval_rules
from rebook.core.outreach.approved_content import Content, only_phrases_differ
from rebook.core.outreach.classify import suggest_template
from rebook.core.outreach.lint import word_problems
from rebook.core.outreach.message import Template
from rebook.packs.outreach import wording
from rebook.records.read import approvals as read
from rebook.records.write import approvals as write

from .approval_settling import settle
from .campaign_approvals import CampaignApproval, approve_campaign, campaign_approval, withdraw_campaign
from .library import approvals_changed
from .second_looks import checked, note_answer
from .set_up_approvals import approve_all_in_use
from .signing import UnableToApprove, add_signatures, current_texts, rules_of, signing_roles
from .text_approvals import TextStanding, class_problem, text_content, text_key

__all__ = [
    "CampaignApproval",
    "UnableToApprove",
    "approve_all_in_use",
    "approve_campaign",
    "approve_template",
    "approved_texts",
    "campaign_approval",
    "carry_over",
    "confirm_class",
    "set_approval_rules",
    "text_is_approved",
    "withdraw_campaign",
    "withdraw_template",
]


def approve_template(
    *,
    organisation_id: int,
    template_key: str,
    channel: str,
    language: str,
    now: datetime,
    actor: str,
    content_hash: str = "",
    purpose: str = "",
    reason: str = "",
    variant: str = "",
    second_look: str = "",
) -> bool:
    """Sign a text off as it stands, in every role that the actor may sign as; False when that was done.

    ``content_hash`` is that of the text as it was shown to the person; when given, it must still be the same.
    ``purpose`` is the kind of message that the person says it is (its own when empty); saying so against its
    words takes the compliance role and a ``reason``. ``second_look`` is the person's word why what reads like
    pressure, blame, an offer or somebody's health may stay; without it such a text is not signed. Raises
    ``UnableToApprove``.
    """
    template = _found(organisation_id, template_key, channel, language, variant)
    if content_hash and content_hash != template.content_hash:
        raise UnableToApprove("the text has changed since it was shown: read it again")
    roles = signing_roles(organisation_id=organisation_id, actor=actor)
    if not roles:
        raise UnableToApprove("only a clinician, compliance or the manager signs texts")
    report = checked(template)
    if report.problems:
        raise UnableToApprove(f"it would not go out: {report.problems[0].why}")
    if report.looks and not second_look.strip():
        raise UnableToApprove(f"read it again and say why it may stay: {report.looks[0].why}")
    with transaction.atomic(durable=True):
        is_new = _approve(organisation_id, template, roles, purpose, reason, now=now, actor=actor)
        if is_new and report.looks:
            note_answer(organisation_id, template, report.looks, second_look, now=now, actor=actor)
        return is_new


def confirm_class(
    *,
    organisation_id: int,
    template_key: str,
    channel: str,
    language: str,
    purpose: str,
    now: datetime,
    actor: str,
    reason: str = "",
    variant: str = "",
) -> None:
    """Say what kind of message a text is, without signing it (R-A5). Raises ``UnableToApprove``."""
    template = _found(organisation_id, template_key, channel, language, variant)
    roles = signing_roles(organisation_id=organisation_id, actor=actor)
    if not roles:
        raise UnableToApprove("only a clinician, compliance or the manager says what a text is")
    with transaction.atomic(durable=True):
        _confirm(organisation_id, template, roles, purpose, reason, now=now, actor=actor)
        _settle(organisation_id, template, rules_of(organisation_id), now=now, actor=actor)


def withdraw_template(
    *, organisation_id: int, template_key: str, language: str, now: datetime, actor: str
) -> int:
    """Take a sign-off back: what waits with this text is refused before it goes (R-A192)."""
    with transaction.atomic(durable=True):
        known = read.signatures_by_key(organisation_id=organisation_id, kind="template")
        keys = [key for key in known if _is_of(key, template_key, language)]
        write.revoke_signatures(
            organisation_id=organisation_id, kind="template", keys=keys, actor=actor, now=now
        )
        count = write.hold_back(
            organisation_id=organisation_id, now=now, template_key=template_key, language=language
        )
        approvals_changed(organisation_id=organisation_id)
        if count:
            _note(organisation_id, "template.withdrawn", template_key, language, now=now, actor=actor)
    return count


def _is_of(key: str, template_key: str, language: str) -> bool:
    parts = key.split("/")
    return parts[0] == template_key and len(parts) > 2 and parts[2] == language


def text_is_approved(
    *, organisation_id: int, template_key: str, language: str, content_hash: str, now: datetime
) -> bool:
    """Whether this very text may go out at ``now``: signed by all who must, none run out, class confirmed."""
    return (template_key, language, content_hash) in read.approved_texts(
        organisation_id=organisation_id, now=now
    )


def approved_texts(*, organisation_id: int, now: datetime) -> frozenset[tuple[str, str, str]]:
    """(template key, language, content hash) of every text that may go out at ``now``."""
    return read.approved_texts(organisation_id=organisation_id, now=now)


def carry_over(*, organisation_id: int, template: Template, now: datetime, actor: str) -> bool:
    """Let a changed text go out on the signatures of the one before, when nothing but pre-approved phrases
    took each other's place (R-E56); whether it did. To be called when a new version is published."""
    rules = rules_of(organisation_id)
    key = text_key(template)
    before = read.signed_before(
        organisation_id=organisation_id, kind="template", current={key: template.content_hash}
    ).get(key)
    if before is None or not _fits(before.content, template, rules):
        return False
    with transaction.atomic(durable=True):
        for one in read.signatures(organisation_id=organisation_id, kind="template", key=key):
            stands = one.revoked_at is None and now < one.expires_at
            if stands and one.content_hash == before.content_hash:
                write.add_signature(
                    organisation_id=organisation_id,
                    kind="template",
                    key=key,
                    content_hash=template.content_hash,
                    role=one.role,
                    content=text_content(template),
                    actor=one.by,
                    now=now,
                    expires_at=one.expires_at,
                )
        _carry_class(organisation_id, template, before.content_hash, now=now, actor=actor)
        done = _settle(organisation_id, template, rules, now=now, actor=actor).may_go_out
        if done:
            _note_text(organisation_id, "template.approval_carried", template, now=now, actor=actor)
    return done


def _fits(before: Content, template: Template, rules: ApprovalRules) -> bool:
    after = text_content(template)
    phrases = rules.phrases.get(template.language, ())
    return before.parts != after.parts and only_phrases_differ(before, after, phrases=phrases)


def _carry_class(
    organisation_id: int, template: Template, old_hash: str, *, now: datetime, actor: str
) -> None:
    said = read.text_classes(organisation_id=organisation_id, content_hash=old_hash).get(old_hash)
    if said is not None and not class_problem(template, said.purpose, ("compliance",), said.reason):
        write.add_text_class(
            organisation_id=organisation_id,
            key=text_key(template),
            content_hash=template.content_hash,
            purpose=said.purpose,
            suggested=suggest_template(template).purpose,
            reason=said.reason,
            actor=said.by,
            now=now,
        )


def set_approval_rules(
    *, organisation_id: int, rules: Mapping[str, Any], now: datetime, actor: str
) -> ApprovalRules:
    """Set who has to sign what; texts that lack a signature under the new rules stop going out at once.

    ``rules``: the JSON of ``core.outreach.approval.ApprovalRules``. Raises ``BadRules``.
    """
    checked = approval_rules(rules)
    for language, phrases in checked.phrases.items():
        _check_phrases(language, phrases)
    with transaction.atomic(durable=True):
        write_accounts.change_settings(
            organisation_id=organisation_id, changes={"approvals": checked.as_json()}
        )
        texts = current_texts(organisation_id)
        settle(organisation_id=organisation_id, texts=texts, rules=checked, now=now, actor=actor)
        audit.append(
            organisation_id=organisation_id,
            now=now,
            actor=actor,
            action="approvals.rules",
            subject_kind="organisation",
            subject_id=organisation_id,
            detail={"days": checked.days, "four_eyes": checked.four_eyes},
        )
    return checked


def _check_phrases(language: str, phrases: Iterable[str]) -> None:
    """A phrase that may come in unsigned says nothing that any message may not say."""
    words = wording(language=language)
    for number, phrase in enumerate(phrases, start=1):
        problems = word_problems(phrase, words, role="recall", is_open=True)
        if problems:
            raise BadRules(f"approvals.phrases.{language}: phrase {number}: {problems[0]}")


def _found(organisation_id: int, key: str, channel: str, language: str, variant: str) -> Template:
    for one in current_texts(organisation_id):
        if (one.key, one.place, one.language, one.variant) == (key, channel, language, variant):
            return one
    raise UnableToApprove(f"there is no {channel} text '{key}' in '{language}'")


def _approve(
    organisation_id: int,
    template: Template,
    roles: Iterable[str],
    purpose: str,
    reason: str,
    *,
    now: datetime,
    actor: str,
) -> bool:
    _confirm(organisation_id, template, roles, purpose or template.purpose, reason, now=now, actor=actor)
    rules = rules_of(organisation_id)
    signed = add_signatures(
        organisation_id=organisation_id,
        kind="template",
        key=text_key(template),
        content=text_content(template),
        content_hash=template.content_hash,
        roles=roles,
        rules=rules,
        now=now,
        actor=actor,
    )
    _settle(organisation_id, template, rules, now=now, actor=actor)
    if signed:
        _note_text(organisation_id, "template.approved", template, now=now, actor=actor, roles=signed)
    return bool(signed)


def _confirm(
    organisation_id: int,
    template: Template,
    roles: Iterable[str],
    purpose: str,
    reason: str,
    *,
    now: datetime,
    actor: str,
) -> None:
    """Keep what the person says it is, where that is news. Raises ``UnableToApprove``."""
    problem = class_problem(template, purpose, roles, reason)
    if problem:
        raise UnableToApprove(problem.detail)
    known = read.text_classes(organisation_id=organisation_id, content_hash=template.content_hash)
    said = known.get(template.content_hash)
    if said is not None and said.purpose == purpose:
        return
    write.add_text_class(
        organisation_id=organisation_id,
        key=text_key(template),
        content_hash=template.content_hash,
        purpose=purpose,
        suggested=suggest_template(template).purpose,
        reason=reason.strip()[:300],
        actor=actor,
        now=now,
    )
    _note_text(organisation_id, "template.classed", template, now=now, actor=actor, purpose=purpose)


def _settle(
    organisation_id: int, template: Template, rules: ApprovalRules, *, now: datetime, actor: str
) -> TextStanding:
    (found,) = settle(organisation_id=organisation_id, texts=[template], rules=rules, now=now, actor=actor)
    return found


def _note_text(
    organisation_id: int, action: str, template: Template, *, now: datetime, actor: str, **more: Any
) -> None:
    detail = {"channel": template.place, "hash": template.content_hash, **more}
    _note(organisation_id, action, template.key, template.language, now=now, actor=actor, **detail)


def _note(
    organisation_id: int, action: str, key: str, language: str, *, now: datetime, actor: str, **more: Any
) -> None:
    audit.append(
        organisation_id=organisation_id,
        now=now,
        actor=actor,
        action=action,
        subject_kind="template",
        subject_id=key[:64],
        detail={"language": language, **more},
    )
