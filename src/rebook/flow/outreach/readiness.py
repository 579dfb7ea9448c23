"""Is it safe to launch? What stands against it, as reasons."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from rebook.accounts import read as accounts
from rebook.core.doctor import stops_of
from rebook.core.gaps import KINDS
from rebook.core.outreach.message import Template
from rebook.core.outreach.sequence import Sequence, template_for
from rebook.core.reasons import Reason
from rebook.core.segment import Segment
from rebook.flow.common.channels import practice_channels
from rebook.flow.common.examining import look
from rebook.records.read import campaigns as read
from rebook.records.read import doctor as read_doctor
from rebook.records.read.campaigns import CampaignView

from .library import TemplateLibrary, library_of
from .reviews import past_their_date

# Calls and what hangs goes to somebody at the front desk; without one tasks have no owner.
TASK_ROLES = frozenset({"front_desk", "coordinator", "manager", "clinician"})


def reasons_against_launch(
    *,
    organisation_id: int,
    campaign: CampaignView,
    sequence: Sequence | None,
    now: datetime,
    looks_again: bool = True,
) -> tuple[Reason, ...]:
    """Every reason at once, so that all can be mended in one go; empty when it is safe.

    The records are looked at anew, or, without ``looks_again``, what was last found in them is told.
    """
    if sequence is None:
        return (Reason("no_sequence", f"the practice's packs have no sequence '{campaign.sequence_key}'"),)
    return (
        *_people(organisation_id, campaign),
        *_stops(organisation_id, campaign),
        *_channels(organisation_id, sequence),
        *_texts(organisation_id, campaign, sequence, now),
        *_records(organisation_id, campaign, now, looks_again),
        *past_their_date(organisation_id=organisation_id, campaign=campaign, now=now),
    )


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


def _people(organisation_id: int, campaign: CampaignView) -> Iterator[Reason]:
    members = accounts.members(organisation_id=organisation_id)
    if campaign.owner_id is None:
        yield Reason("no_owner", "nobody owns this campaign: choose who looks after it")
    elif campaign.owner_id not in {one.user_id for one in members}:
        yield Reason("owner_left", "its owner no longer works for this practice")
    if not any(one.role in TASK_ROLES for one in members):
        yield Reason("no_task_owner", "nobody at this practice could take the calls and questions it brings")


def _stops(organisation_id: int, campaign: CampaignView) -> Iterator[Reason]:
    for stop in read.stops_in_force(organisation_id=organisation_id):
        if stop.scope == "organisation" or (stop.scope, stop.key) == ("campaign", str(campaign.id)):
            yield Reason("stopped", f"a stop is in force since {stop.started_at:%Y-%m-%d}: end it first")


def _channels(organisation_id: int, sequence: Sequence) -> Iterator[Reason]:
    served = practice_channels(organisation_id=organisation_id)
    for step in sequence.steps:
        if not any(kind in served for kind in (step.channel, *step.fallbacks)):
            yield Reason("no_channel", f"step {step.index + 1} goes by {step.channel}, which is not set up")


def _texts(
    organisation_id: int, campaign: CampaignView, sequence: Sequence, now: datetime
) -> Iterator[Reason]:
    approved = read.approved(organisation_id=organisation_id)
    house = accounts.organisation(organisation_id=organisation_id)
    default = house.default_language
    spoken = read.languages_in_segment(
        organisation_id=organisation_id,
        segment=campaign.segment,
        today=now.astimezone(ZoneInfo(house.time_zone)).date(),
        now=now,
    )
    languages = {language or default for language in spoken} | {default}
    wanted = Segment.from_json(campaign.segment).of("gap_kind")
    kinds = wanted.values if wanted and not wanted.is_not else KINDS
    served = practice_channels(organisation_id=organisation_id)
    in_use = texts_in_use(
        sequence, kinds=kinds, channels=served, languages=languages, library=library_of(house)
    )
    for template in in_use:
        if (template.key, template.language, template.content_hash) not in approved:
            yield Reason(
                "not_approved",
                f"the {template.channel} text '{template.key}' ({template.language}) is not signed off",
            )


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
