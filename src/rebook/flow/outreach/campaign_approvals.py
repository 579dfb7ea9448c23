"""Sign-offs of campaigns: the texts, the list of patients and the schedule as one content (field note 3.21).

Any change to one of them voids what was signed; what changed is laid side by side.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from rebook.accounts import read as accounts
from rebook.core.outreach.approval import Signature, Standing, State, Weight, standing
from rebook.core.outreach.approved_content import Change, Content, changes
from rebook.core.reasons import Reason
from rebook.core.segment import Segment
from rebook.packs.gaps import gap_definitions
from rebook.records.read import approvals as read
from rebook.records.read import campaigns as read_campaigns
from rebook.records.read.campaigns import CampaignView
from rebook.records.write import approvals as write

from .campaign_content import campaign_content
from .campaign_making import note
from .signing import UnableToApprove, add_signatures, rules_of, signing_roles


@dataclass(frozen=True, slots=True)
class CampaignApproval:
    """``state``: "approved", "not_needed", or why not ("missing", "changed", "expired", "withdrawn");
    ``missing`` says in plain words who still has to sign. ``changes`` lays the content beside the last one
    signed; empty while that stands or when nothing was ever signed."""

    state: State
    missing: tuple[Reason, ...]
    content_hash: str
    expires_at: datetime | None
    content: Content
    needed: tuple[str, ...] = ()
    signed: tuple[Signature, ...] = ()
    signed_before_at: datetime | None = None
    changes: tuple[Change, ...] = ()

    @property
    def is_approved(self) -> bool:
        return self.state in ("approved", "not_needed")


def campaign_approval(*, organisation_id: int, campaign_id: int, now: datetime) -> CampaignApproval:
    """Where a campaign stands with its signatures at ``now``.

    Raises ``UnableToApprove`` when there is no such campaign.
    """
    campaign = _found(organisation_id, campaign_id)
    content = campaign_content(organisation_id=organisation_id, campaign=campaign)
    rules = rules_of(organisation_id)
    needed = rules.needed("campaign", _weight(organisation_id, campaign))
    stands = standing(
        signatures=read.signatures(organisation_id=organisation_id, kind="campaign", key=str(campaign_id)),
        needed=needed,
        content_hash=content.hash,
        now=now,
        writer=_writer(campaign),
        four_eyes=rules.four_eyes,
    )
    return _with_changes(organisation_id, campaign_id, content, stands, needed)


def _with_changes(
    organisation_id: int, campaign_id: int, content: Content, stands: Standing, needed: tuple[str, ...]
) -> CampaignApproval:
    before = None
    if stands.state == "changed":
        key = str(campaign_id)
        before = read.signed_before(
            organisation_id=organisation_id, kind="campaign", current={key: content.hash}
        ).get(key)
    return CampaignApproval(
        state=stands.state,
        missing=stands.missing,
        content_hash=content.hash,
        expires_at=stands.expires_at,
        content=content,
        needed=needed,
        signed=stands.signed,
        signed_before_at=before.at if before else None,
        changes=changes(before.content, content) if before else (),
    )


def approve_campaign(
    *, organisation_id: int, campaign_id: int, now: datetime, actor: str, content_hash: str = ""
) -> CampaignApproval:
    """Sign a campaign as it stands, in every role the actor may sign as; where it stands then.

    ``content_hash`` is that of what was shown; when given, it must still be the same.
    Raises ``UnableToApprove``.
    """
    roles = signing_roles(organisation_id=organisation_id, actor=actor)
    if not roles:
        raise UnableToApprove("only a clinician, compliance or the manager signs campaigns")
    rules = rules_of(organisation_id)
    with transaction.atomic(durable=True):
        campaign = _found(organisation_id, campaign_id)
        content = campaign_content(organisation_id=organisation_id, campaign=campaign)
        if content_hash and content_hash != content.hash:
            raise UnableToApprove("the campaign has changed since it was shown: look at it again")
        signed = add_signatures(
            organisation_id=organisation_id,
            kind="campaign",
            key=str(campaign_id),
            content=content,
            content_hash=content.hash,
            roles=roles,
            rules=rules,
            now=now,
            actor=actor,
        )
        if signed:
            detail = {"roles": signed, "hash": content.hash}
            note(organisation_id, campaign_id, "campaign.approved", now=now, actor=actor, detail=detail)
    return campaign_approval(organisation_id=organisation_id, campaign_id=campaign_id, now=now)


def withdraw_campaign(*, organisation_id: int, campaign_id: int, now: datetime, actor: str) -> int:
    """Take every signature under a campaign back; how many stood."""
    with transaction.atomic(durable=True):
        count = write.revoke_signatures(
            organisation_id=organisation_id, kind="campaign", keys=[str(campaign_id)], actor=actor, now=now
        )
        if count:
            detail = {"signatures": count}
            note(
                organisation_id,
                campaign_id,
                "campaign.approval_withdrawn",
                now=now,
                actor=actor,
                detail=detail,
            )
    return count


def _found(organisation_id: int, campaign_id: int) -> CampaignView:
    campaign = read_campaigns.campaign(organisation_id=organisation_id, campaign_id=campaign_id)
    if campaign is None:
        raise UnableToApprove(f"there is no campaign {campaign_id}")
    return campaign


def _weight(organisation_id: int, campaign: CampaignView) -> Weight:
    """An offer weighs most; a list drawn from sensitive reasons takes a clinician and compliance (R-A145)."""
    if campaign.purpose == "marketing":
        return "marketing"
    chosen = Segment.from_json(campaign.segment).of("definition")
    if chosen is None or chosen.is_not:
        return "ordinary"
    packs = tuple(accounts.organisation(organisation_id=organisation_id).pack_keys)
    sensitive = {one.key for one in gap_definitions(packs) if one.sensitivity}
    return "clinical" if sensitive & set(chosen.values) else "ordinary"


def _writer(campaign: CampaignView) -> str:
    """Who made it; whoever looks after it, where that is all we know."""
    made_by = str(getattr(campaign, "created_by", "") or "")
    return made_by or (f"user:{campaign.owner_id}" if campaign.owner_id else "")
