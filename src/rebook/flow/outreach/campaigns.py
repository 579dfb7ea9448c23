"""Campaigns: made as drafts, launched when ready, paused, resumed and ended by people."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from rebook.accounts import audit
from rebook.accounts import read as accounts
from rebook.core.outreach import sequence as sequences
from rebook.core.outreach.sequence import Sequence
from rebook.core.reasons import Reason
from rebook.core.segment import BadSegment, Segment, from_lists
from rebook.packs import outreach as packs
from rebook.records.read import campaigns as read
from rebook.records.read.campaigns import CampaignView
from rebook.records.write import outreach as write
from rebook.records.write.outreach import NewCampaign

from .readiness import reasons_against_launch

PURPOSES = ("treatment_recall", "operations", "informational", "marketing")


class UnableToCreate(Exception):
    """A campaign cannot be made as asked; other input is needed."""

    permanent = True
    is_for_people = True


@dataclass(eq=False)
class UnableToChange(Exception):
    """A campaign cannot be launched, paused, resumed or ended now; ``reasons`` say what stands against it."""

    reasons: tuple[Reason, ...]
    permanent = True
    is_for_people = True

    def __str__(self) -> str:
        return "; ".join(reason.detail for reason in self.reasons)


def sequence_of(*, organisation_id: int, key: str) -> Sequence | None:
    """The sequence of that key in the organisation's packs."""
    organisation = accounts.organisation(organisation_id=organisation_id)
    return next(
        (found[key] for pack in organisation.pack_keys if key in (found := packs.sequences(pack))), None
    )


def create_campaign(
    *,
    organisation_id: int,
    name: str,
    segment: Mapping[str, Any],
    sequence_key: str,
    owner_id: int | None,
    daily_limit: int,
    holdout_percent: int,
    now: datetime,
    actor: str,
    purpose: str = "treatment_recall",
    booking_window_days: int = 60,
    visit_window_days: int = 120,
) -> int:
    """A draft campaign; its id. Nothing goes out before it is launched.

    ``segment``: the JSON of a ``core.segment.Segment``, or its short form: kinds, definitions, tiers,
    locations (ids), visit_types; empty lists mean any. Raises ``UnableToCreate`` naming what is wrong.
    """
    sites = {one.id for one in accounts.locations(organisation_id=organisation_id)}
    try:
        given = from_lists(segment)
        checked = Segment.from_json(given, locations=sites)
    except BadSegment as error:
        raise UnableToCreate(str(error)) from None
    if checked.who != "due":
        raise UnableToCreate("a campaign needs patients with a reason to come back")
    problem = _problem(
        organisation_id=organisation_id,
        name=name,
        sequence_key=sequence_key,
        owner_id=owner_id,
        daily_limit=daily_limit,
        holdout_percent=holdout_percent,
        purpose=purpose,
    )
    if problem:
        raise UnableToCreate(problem)
    campaign = NewCampaign(
        name=name.strip(),
        segment=checked.as_json() | ({"saved": given["saved"]} if "saved" in given else {}),
        sequence_key=sequence_key,
        owner_id=owner_id,
        daily_limit=daily_limit,
        holdout_percent=holdout_percent,
        purpose=purpose,
        booking_window_days=booking_window_days,
        visit_window_days=visit_window_days,
    )
    with transaction.atomic(durable=True):
        campaign_id = write.add_campaign(organisation_id=organisation_id, campaign=campaign)
        _note(organisation_id, campaign_id, "campaign.created", now=now, actor=actor)
    return campaign_id


def _problem(
    *,
    organisation_id: int,
    name: str,
    sequence_key: str,
    owner_id: int | None,
    daily_limit: int,
    holdout_percent: int,
    purpose: str,
) -> str:
    members = {one.user_id for one in accounts.members(organisation_id=organisation_id)}
    taken = {one.name for one in read.campaigns(organisation_id=organisation_id)}
    checks = (
        (0 < len(name.strip()) <= 120, "a campaign needs a name of at most 120 letters"),
        (name.strip() not in taken, f"there is already a campaign '{name.strip()}'"),
        (purpose in PURPOSES, f"'{purpose}' is none of {', '.join(PURPOSES)}"),
        (1 <= daily_limit <= 10_000, "the daily limit lies between 1 and 10,000"),
        (0 <= holdout_percent <= 50, "the holdout's share lies between 0 and 50 percent"),
        (owner_id is None or owner_id in members, "the owner does not work for this practice"),
    )
    for is_fine, problem in checks:
        if not is_fine:
            return problem
    if sequence_of(organisation_id=organisation_id, key=sequence_key) is None:
        return f"the practice's packs have no sequence '{sequence_key}'"
    return ""


def launch(*, organisation_id: int, campaign_id: int, now: datetime, actor: str) -> None:
    """Freeze the sequence and go live: the next daily run enrols the first patients.

    Raises ``UnableToChange`` with every reason against it.
    """
    with transaction.atomic(durable=True):
        campaign = _locked(organisation_id, campaign_id, expected=("draft",), verb="launched")
        sequence = sequence_of(organisation_id=organisation_id, key=campaign.sequence_key)
        against = reasons_against_launch(
            organisation_id=organisation_id, campaign=campaign, sequence=sequence, now=now
        )
        if against or sequence is None:
            raise UnableToChange(against)
        write.launch_campaign(
            organisation_id=organisation_id,
            campaign_id=campaign_id,
            sequence=sequences.as_json(sequence),
            now=now,
        )
        _note(organisation_id, campaign_id, "campaign.launched", now=now, actor=actor)


def pause(*, organisation_id: int, campaign_id: int, now: datetime, actor: str) -> None:
    """Nothing more is enrolled, planned or sent; what is on its way arrives. Raises ``UnableToChange``."""
    with transaction.atomic(durable=True):
        _locked(organisation_id, campaign_id, expected=("active",), verb="paused")
        write.pause_campaign(organisation_id=organisation_id, campaign_id=campaign_id, now=now)
        _note(organisation_id, campaign_id, "campaign.paused", now=now, actor=actor)


def resume(*, organisation_id: int, campaign_id: int, now: datetime, actor: str) -> None:
    """Go on where it stopped: every date moves by the length of the pause. Raises ``UnableToChange``."""
    with transaction.atomic(durable=True):
        campaign = _locked(organisation_id, campaign_id, expected=("paused",), verb="resumed")
        write.resume_campaign(
            organisation_id=organisation_id,
            campaign_id=campaign_id,
            paused_at=campaign.paused_at or now,
            now=now,
        )
        _note(organisation_id, campaign_id, "campaign.resumed", now=now, actor=actor)


def archive(*, organisation_id: int, campaign_id: int, now: datetime, actor: str) -> None:
    """End it: what waits is refused, open cases end with the next closing. Raises ``UnableToChange``."""
    with transaction.atomic(durable=True):
        _locked(organisation_id, campaign_id, expected=("active", "paused"), verb="ended")
        write.archive_campaign(organisation_id=organisation_id, campaign_id=campaign_id, now=now)
        _note(organisation_id, campaign_id, "campaign.archived", now=now, actor=actor)


def _locked(organisation_id: int, campaign_id: int, *, expected: tuple[str, ...], verb: str) -> CampaignView:
    campaign = read.campaign(organisation_id=organisation_id, campaign_id=campaign_id, for_update=True)
    if campaign is None:
        raise UnableToChange((Reason("no_campaign", f"there is no campaign {campaign_id}"),))
    if campaign.state not in expected:
        detail = f"it is {campaign.state}; only one that is {' or '.join(expected)} can be {verb}"
        raise UnableToChange((Reason("wrong_state", detail),))
    return campaign


def _note(organisation_id: int, campaign_id: int, action: str, *, now: datetime, actor: str) -> None:
    audit.append(
        organisation_id=organisation_id,
        now=now,
        actor=actor,
        action=action,
        subject_kind="campaign",
        subject_id=campaign_id,
    )
