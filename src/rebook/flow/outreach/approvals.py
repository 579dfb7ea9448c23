"""Sign-offs of texts: bound to the content's hash, so that any change voids them (R-A195)."""

from datetime import datetime

from django.db import transaction

from rebook.accounts import audit
from rebook.core.outreach.message import Template
from rebook.packs.outreach import templates
from rebook.records.write import outreach as write


class UnableToApprove(Exception):
    """There is no such text, or it has changed since it was shown."""

    permanent = True
    is_for_people = True


def approve_template(
    *,
    organisation_id: int,
    template_key: str,
    channel: str,
    language: str,
    now: datetime,
    actor: str,
    content_hash: str = "",
) -> bool:
    """Sign a text off as it stands; False when it was already.

    ``content_hash`` is that of the text as it was shown to the person; when given, it must still be the same.
    Raises ``UnableToApprove``.
    """
    template = templates().get((template_key, channel, language))
    if template is None:
        raise UnableToApprove(f"there is no {channel} text '{template_key}' in '{language}'")
    if content_hash and content_hash != template.content_hash:
        raise UnableToApprove("the text has changed since it was shown: read it again")
    with transaction.atomic(durable=True):
        return _approve(organisation_id, template, now=now, actor=actor)


def approve_all_in_use(*, organisation_id: int, now: datetime, actor: str) -> int:
    """Sign off every text that comes with the packs; how many were new. For set-up, by one named person."""
    with transaction.atomic(durable=True):
        return sum(
            _approve(organisation_id, template, now=now, actor=actor) for template in templates().values()
        )


def withdraw_template(
    *, organisation_id: int, template_key: str, language: str, now: datetime, actor: str
) -> int:
    """Take a sign-off back: what waits with this text is refused before it goes (R-A192)."""
    with transaction.atomic(durable=True):
        count = write.revoke_approvals(
            organisation_id=organisation_id, template_key=template_key, language=language, now=now
        )
        if count:
            _note(organisation_id, "template.withdrawn", template_key, language, now=now, actor=actor)
    return count


def _approve(organisation_id: int, template: Template, *, now: datetime, actor: str) -> bool:
    is_new = write.add_approval(
        organisation_id=organisation_id,
        template_key=template.key,
        language=template.language,
        content_hash=template.content_hash,
        actor=actor,
        now=now,
    )
    if is_new:
        _note(
            organisation_id,
            "template.approved",
            template.key,
            template.language,
            now=now,
            actor=actor,
            content_hash=template.content_hash,
        )
    return is_new


def _note(
    organisation_id: int,
    action: str,
    key: str,
    language: str,
    *,
    now: datetime,
    actor: str,
    content_hash: str = "",
) -> None:
    audit.append(
        organisation_id=organisation_id,
        now=now,
        actor=actor,
        action=action,
        subject_kind="template",
        subject_id=key[:64],
        detail={"language": language, "hash": content_hash},
    )
