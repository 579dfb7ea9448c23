"""Is it safe to launch? What stands against it, as reasons."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from rebook.accounts import read as accounts
from rebook.accounts.read import MemberView, OrganisationView
from rebook.core.doctor import stops_of
from rebook.core.gaps import KINDS
from rebook.core.outreach.campaign_readiness import ReadinessCheck
from rebook.core.outreach.message import Template
from rebook.core.outreach.sequence import Sequence, template_for
from rebook.core.reasons import Reason
from rebook.core.segment import Segment
from rebook.flow.common.channels import practice_channels
from rebook.flow.common.examining import look
from rebook.records.read import campaigns as read
from rebook.records.read import doctor as read_doctor
from rebook.records.read import readiness as read_ready
from rebook.records.read.campaigns import CampaignView

from .answering import (
    channels_check,
    inbox_check,
    numbers_check,
    on_call_check,
    replies_check,
    room_checks,
    safety_check,
    safety_texts,
)
from .campaign_approvals import campaign_approval
from .library import TemplateLibrary, library_of
from .reviews import past_their_date
from .sequences import effort_reasons, graver_patients
from .test_sends_received import received_check


def launch_checklist(
    *,
    organisation_id: int,
    campaign: CampaignView,
    sequence: Sequence | None,
    now: datetime,
    looks_again: bool = True,
) -> tuple[ReadinessCheck, ...]:
    """Every check before a launch, right or not, in the order in which they are mended (R-E38).

    The records are looked at anew and a booking is tried inside the caller's transaction, or, without
    ``looks_again``, what was last found in them is told and nothing is tried.
    """
    house = accounts.organisation(organisation_id=organisation_id)
    members = accounts.members(organisation_id=organisation_id)
    if sequence is None:
        missing = Reason("no_sequence", f"the practice's packs have no sequence '{campaign.sequence_key}'")
        return (ReadinessCheck("sequence", "Steps are chosen", (missing,), "campaign"),)
    said = read_ready.statements(organisation_id=organisation_id)
    approved = read.approved(organisation_id=organisation_id, now=now)
    languages = languages_of(house, campaign, now)
    unsigned = tuple(_texts(house, campaign, sequence, languages, approved))
    kinds = sorted({kind for step in sequence.steps for kind in (step.channel, *step.fallbacks)})
    return (
        ReadinessCheck("owner", "Somebody looks after it", tuple(_owner(campaign, members)), "campaign"),
        ReadinessCheck("backup", "Somebody stands in", _backup(campaign, members), "campaign", True),
        ReadinessCheck("effort", "Every class gets what it is owed", effort_reasons(sequence), "campaign"),
        ReadinessCheck(
            "graver", "Its steps suit its patients", _graver(house, campaign, sequence, now), "campaign", True
        ),
        ReadinessCheck("texts", "Every text is signed off, in every language", unsigned, "templates"),
        safety_check(house, languages, approved),
        numbers_check(house),
        received_check(
            organisation_id=organisation_id,
            texts=_in_use(house, campaign, sequence, languages),
            channels=practice_channels(organisation_id=organisation_id),
        ),
        _approval(organisation_id, campaign, now),
        inbox_check(members, said),
        on_call_check(house, said, now=now),
        replies_check(house, now=now),
        *room_checks(house, campaign, now=now, for_real=looks_again),
        ReadinessCheck("channels", "Every way is set up", tuple(_channels(house.id, sequence)), "channels"),
        channels_check(house, kinds, said, now=now),
        ReadinessCheck(
            "records",
            "The records are safe to go by",
            tuple(_records(organisation_id, campaign, now, looks_again)),
            "doctor",
        ),
        ReadinessCheck(
            "rules",
            "The rules are within their date",
            tuple(past_their_date(organisation_id=organisation_id, campaign=campaign, now=now)),
            "rules",
        ),
        ReadinessCheck("stops", "Nothing is stopped", tuple(_stops(organisation_id, campaign)), "practice"),
    )


def reasons_against_launch(
    *,
    organisation_id: int,
    campaign: CampaignView,
    sequence: Sequence | None,
    now: datetime,
    looks_again: bool = True,
) -> tuple[Reason, ...]:
    """Every reason at once, so that all can be mended in one go; empty when it is safe."""
    checks = launch_checklist(
        organisation_id=organisation_id,
        campaign=campaign,
        sequence=sequence,
        now=now,
        looks_again=looks_again,
    )
    return tuple(reason for one in checks if one.state == "refused" for reason in one.reasons)


def _approval(organisation_id: int, campaign: CampaignView, now: datetime) -> ReadinessCheck:
    """The campaign's own signatures, where the practice asks for any (field note 3.21)."""
    stands = campaign_approval(organisation_id=organisation_id, campaign_id=campaign.id, now=now)
    says = "The campaign is signed off" if stands.needed else "The campaign needs no signature of its own"
    return ReadinessCheck("approval", says, () if stands.is_approved else stands.missing, "approval")


def _records(
    organisation_id: int, campaign: CampaignView, now: datetime, looks_again: bool
) -> Iterator[Reason]:
    """What the doctor finds that would reach the wrong patients; a rule's own stop binds only that rule."""
    examined = read_doctor.newest_examination(organisation_id=organisation_id)
    if looks_again:
        found = look(organisation_id=organisation_id, now=now, with_rules=False)
    else:
        found = examined.findings if examined else ()
    for one in stops_of(found):
        yield Reason(one.key, f"{one.says}. {one.do}".removesuffix("."))
    rules = Segment.from_json(campaign.segment).of("definition")
    if examined and rules and not rules.is_not and set(rules.values) <= set(examined.unsafe_definitions):
        names = ", ".join(rules.values)
        yield Reason(
            "rule_unsafe", f"these records are unsafe for {names}: see whether it is safe to switch on"
        )


def _owner(campaign: CampaignView, members: Iterable[MemberView]) -> Iterator[Reason]:
    if campaign.owner_id is None:
        yield Reason("no_owner", "nobody owns this campaign: choose who looks after it")
    elif campaign.owner_id not in {one.user_id for one in members}:
        yield Reason("owner_left", "its owner no longer works for this practice")


def _backup(campaign: CampaignView, members: Iterable[MemberView]) -> tuple[Reason, ...]:
    if campaign.backup_id in {one.user_id for one in members}:
        return ()
    return (Reason("no_backup", "nobody stands in when its owner is away"),)


def _stops(organisation_id: int, campaign: CampaignView) -> Iterator[Reason]:
    for stop in read.stops_in_force(organisation_id=organisation_id):
        if stop.scope == "organisation" or (stop.scope, stop.key) == ("campaign", str(campaign.id)):
            yield Reason("stopped", f"a stop is in force since {stop.started_at:%Y-%m-%d}: end it first")


def _channels(organisation_id: int, sequence: Sequence) -> Iterator[Reason]:
    served = practice_channels(organisation_id=organisation_id)
    for step in sequence.steps:
        if not any(kind in served for kind in (step.channel, *step.fallbacks)):
            yield Reason("no_channel", f"step {step.index + 1} goes by {step.channel}, which is not set up")


def _graver(
    house: OrganisationView, campaign: CampaignView, sequence: Sequence, now: datetime
) -> tuple[Reason, ...]:
    today = now.astimezone(ZoneInfo(house.time_zone)).date()
    return graver_patients(
        organisation_id=house.id, segment=campaign.segment, sequence=sequence, today=today, now=now
    )


def languages_of(house: OrganisationView, campaign: CampaignView, now: datetime) -> set[str]:
    """The languages in which its patients are written to, the practice's own always among them."""
    spoken = read.languages_in_segment(
        organisation_id=house.id,
        segment=campaign.segment,
        today=now.astimezone(ZoneInfo(house.time_zone)).date(),
        now=now,
    )
    return {language or house.default_language for language in spoken} | {house.default_language}


def _texts(
    house: OrganisationView,
    campaign: CampaignView,
    sequence: Sequence,
    languages: set[str],
    approved: frozenset[tuple[str, str, str]],
) -> Iterator[Reason]:
    for template in _in_use(house, campaign, sequence, languages):
        if (template.key, template.language, template.content_hash) not in approved:
            yield Reason(
                "not_approved",
                f"the {template.channel} text '{template.key}' ({template.language}) is not signed off",
            )


def _in_use(
    house: OrganisationView, campaign: CampaignView, sequence: Sequence, languages: set[str]
) -> list[Template]:
    wanted = Segment.from_json(campaign.segment).of("gap_kind")
    kinds = wanted.values if wanted and not wanted.is_not else KINDS
    served = practice_channels(organisation_id=house.id)
    return texts_in_use(
        sequence, kinds=kinds, channels=served, languages=languages, library=library_of(house)
    )


def texts_to_read(
    *, organisation_id: int, campaign: CampaignView, sequence: Sequence | None, now: datetime
) -> list[tuple[Template, bool]]:
    """[(text, whether it is signed)] of everything a launch asks to be signed, the emergency answers last."""
    if sequence is None:
        return []
    house = accounts.organisation(organisation_id=organisation_id)
    approved = read.approved(organisation_id=organisation_id, now=now)
    languages = languages_of(house, campaign, now)
    texts = [
        *_in_use(house, campaign, sequence, languages),
        *safety_texts(house, languages),
    ]
    return [(one, (one.key, one.language, one.content_hash) in approved) for one in texts]


def texts_in_use(
    sequence: Sequence,
    *,
    kinds: Iterable[str],
    channels: Iterable[str],
    languages: Iterable[str],
    library: TemplateLibrary,
) -> list[Template]:
    """Every text that the sequence may send for these kinds of gap, channels and languages."""
    served, found = set(channels), {}
    for step in sequence.steps:
        keys = {template_for(step, gap_kind=kind) for kind in kinds}
        # Whoever has no text in their language gets a call instead (R-A163).
        for channel in {step.channel, *step.fallbacks, "phone"} & served:
            for key in keys:
                for language in languages:
                    template = library.find(key, channel, language)
                    if template is not None:
                        found[key, channel, language] = template
    return [found[place] for place in sorted(found)]
