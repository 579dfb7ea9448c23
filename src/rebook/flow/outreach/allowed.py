"""What is allowed for one patient, by channel, now or at another moment: the guard asked, nothing sent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from rebook.core.channel import Channel, ChannelKind
from rebook.core.outreach.guard import decide
from rebook.core.outreach.guard_explain import Explained, explain, rule_of
from rebook.core.outreach.message import Template
from rebook.core.outreach.sequence import from_json, template_for
from rebook.core.outreach.values import Decision, GuardPolicy, GuardSubject, Origin, Purpose
from rebook.flow.common.channels import channels_of
from rebook.records.read import campaigns as read_campaigns
from rebook.records.read.correspondent import Correspondent, correspondent
from rebook.records.read.guard_cases import case_in
from rebook.records.read.guard_subjects import Contemplated

from .library import library_of
from .manual import contacts_of
from .subject import House, PlannedContact, judge, subjects_of
from .wording import primary

DAYS_AHEAD = 7
# What stands for a rule where the practice has no such channel.
NO_CHANNEL = "no_channel"
# A contact that is only imagined is worth making for so long.
WORTH_ASKING = timedelta(days=8)


def allowed_now(
    *, organisation_id: int, patient_id: int, channels: Sequence[str], now: datetime
) -> dict[str, Decision]:
    """The decision on a recall by each kind of channel, as staff would make it by hand. Writes nothing."""
    asked = _Asked(organisation_id, patient_id, now, channels)
    contacts = [asked.contact(kind, origin="manual", expires=timedelta(days=1)) for kind in channels]
    return dict(zip(channels, judge(asked.house, contacts, now=now), strict=True))


@dataclass(frozen=True, slots=True)
class Question:
    """A contact to imagine. ``campaign_id`` makes it one of that campaign's, in its own words.

    An ``at`` without a zone is read on the patient's clock.
    """

    channel: str
    at: datetime
    purpose: Purpose = "treatment_recall"
    origin: Origin = "manual"
    campaign_id: int | None = None


@dataclass(frozen=True, slots=True)
class DayCell:
    """One channel on one day: the first instant that is allowed, or the rule that stands against it."""

    on: date
    opens_at: datetime | None
    rule: str


@dataclass(frozen=True, slots=True)
class ChannelAhead:
    """One channel over the coming days; ``next_at`` is the next instant allowed at all within them."""

    channel: str
    next_at: datetime | None
    days: tuple[DayCell, ...]
    rule: str


@dataclass(frozen=True, slots=True)
class Looked:
    """What would be decided at ``at``, by which rules, and the days ahead by channel; shown in ``zone``."""

    at: datetime
    explained: Explained
    ahead: tuple[ChannelAhead, ...]
    zone: str


def look(
    *,
    organisation_id: int,
    patient_id: int,
    question: Question,
    channels: Sequence[str],
    now: datetime,
) -> Looked:
    """What the guard would say at ``question.at``, on the records as they stand at ``now``.

    For a moment to come it is taken that the records go on being read as they are. ``channels`` are those of
    the days ahead. Raises ``Patient.DoesNotExist`` for a patient of another organisation.
    """
    wanted = [question.channel, *channels]
    asked = _Asked(organisation_id, patient_id, now, wanted)
    contacts = [
        asked.contact(
            kind, origin=question.origin, purpose=question.purpose, campaign_id=question.campaign_id
        )
        for kind in wanted
    ]
    subjects, policy = subjects_of(asked.house, contacts, now=now)
    if question.campaign_id is not None:
        subjects = [replace(one, campaign_id=question.campaign_id) for one in subjects]
    zone = asked.zone
    ahead = tuple(
        _ahead(kind, subject, policy, now=now, zone=ZoneInfo(zone)) if asked.serves(kind) else _unserved(kind)
        for kind, subject in zip(channels, subjects[1:], strict=True)
    )
    at = question.at if question.at.tzinfo else question.at.replace(tzinfo=ZoneInfo(zone))
    at = at.astimezone(UTC)
    return Looked(at, explain(_moved(subjects[0], now, at), policy, now=at), ahead, zone)


def _moved(subject: GuardSubject, now: datetime, at: datetime) -> GuardSubject:
    """The same contact at another moment, with records as fresh as they are now."""
    fresh = subject.data_as_of + (at - now) if subject.data_as_of and at > now else subject.data_as_of
    return replace(subject, due_at=at, expires_at=at + WORTH_ASKING, data_as_of=fresh)


def _ahead(
    channel: str, subject: GuardSubject, policy: GuardPolicy, *, now: datetime, zone: ZoneInfo
) -> ChannelAhead:
    today = now.astimezone(zone).date()
    cells = []
    for number in range(DAYS_AHEAD):
        day = today + timedelta(days=number)
        begins = max(now, datetime.combine(day, time(0), tzinfo=zone).astimezone(UTC))
        decision = decide(_moved(subject, now, begins), policy, now=begins)
        opens = begins if decision.verdict == "allow" else decision.defer_until
        fits = opens is not None and opens.astimezone(zone).date() == day
        cells.append(DayCell(day, opens if fits else None, "" if fits else speaks(decision)))
    first = next((cell.opens_at for cell in cells if cell.opens_at is not None), None)
    return ChannelAhead(channel, first, tuple(cells), "" if first else cells[0].rule)


def _unserved(channel: str) -> ChannelAhead:
    return ChannelAhead(channel, None, (), NO_CHANNEL)


def speaks(decision: Decision) -> str:
    """The rule to name: the first that spoke for itself; "expired" only says that the wait is too long."""
    named = [rule_of(reason.rule) for reason in decision.reasons]
    return next((rule for rule in named if rule != "expired"), named[0])


class _Asked:
    """One patient to ask about: who they are, the practice's channels and house."""

    def __init__(self, organisation_id: int, patient_id: int, now: datetime, channels: Sequence[str]) -> None:
        self.house = House(organisation_id=organisation_id)
        self.person: Correspondent = correspondent(organisation_id=organisation_id, patient_id=patient_id)
        self.now = now
        self._adapters: Mapping[str, Channel] = channels_of(self.house.organisation)
        self._reach = contacts_of(self.house, self.person, list(dict.fromkeys(channels)), now=now)

    def serves(self, kind: str) -> bool:
        return kind in self._adapters

    @property
    def zone(self) -> str:
        return self.person.time_zone or self.house.zone_of(self.person.home_location_id)

    def contact(
        self,
        kind: str,
        *,
        origin: Origin,
        purpose: Purpose = "treatment_recall",
        campaign_id: int | None = None,
        expires: timedelta = WORTH_ASKING,
    ) -> PlannedContact:
        """The contact that would be made by this kind of channel."""
        org = self.house.organisation.id
        point = self._reach.get(kind)
        adapter = self._adapters.get(kind)
        template = self._text(campaign_id, kind) if campaign_id is not None else None
        in_campaign = campaign_id is not None and case_in(
            organisation_id=org, patient_id=self.person.id, campaign_id=campaign_id
        )
        return PlannedContact(
            contemplated=Contemplated(
                patient_id=self.person.id,
                case_id=in_campaign or None,
                contact_point_id=point.id if point else None,
                to_value=point.value if point else "",
            ),
            origin=origin,
            purpose=purpose,
            channel=kind,  # type: ignore[arg-type]
            channel_key=adapter.key if adapter else "",
            channel_is_open=adapter.capabilities.is_open if adapter else True,
            channel_is_manual=bool(adapter and adapter.capabilities.is_manual),
            due_at=self.now,
            expires_at=self.now + expires,
            template_key=template.key if template else "",
            template_hash=template.content_hash if template else "",
            template_is_generic=bool(template and template.is_generic),
            language=template.language if template else "",
            template=template,
        )

    def _text(self, campaign_id: int, kind: str) -> Template | None:
        """The words of the campaign's first step, for this channel and the patient's language."""
        campaign = read_campaigns.campaign(
            organisation_id=self.house.organisation.id, campaign_id=campaign_id
        )
        if campaign is None or not campaign.sequence:
            return None
        steps = from_json(campaign.sequence).steps
        library = library_of(self.house.organisation)
        for language in (primary(self.person.language), self.house.organisation.default_language):
            for step in steps:
                found = library.find(template_for(step, gap_kind="interval"), kind, language)
                if found is not None:
                    return found
        return None


CHANNELS: tuple[ChannelKind, ...] = ("sms", "email", "phone", "letter", "portal")
