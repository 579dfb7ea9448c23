"""Which way to reach a patient at one step: channel, number, language (Q-61, R-A150, R-A163)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from rebook.core.channel import Channel, ChannelKind
from rebook.core.outreach.guard_content import TEXTABLE_LINES
from rebook.core.outreach.sequence import Step, choose_channel
from rebook.records.write.planning import DueCase, ReachableBy

from .library import TemplateLibrary
from .wording import has_wording, primary

SYSTEM = {"sms": "phone", "phone": "phone", "email": "email", "letter": "postal", "portal": "portal"}


@dataclass(frozen=True, slots=True)
class Way:
    """One way to take: ``contact`` None leaves the guard to say that there is nothing to reach."""

    channel: ChannelKind
    contact: ReachableBy | None
    language: str


def contacts_of(
    case: DueCase, reachable: Mapping[int, Sequence[ReachableBy]], *, majority: int, today: date
) -> Sequence[ReachableBy]:
    """The numbers and addresses to use: a minor's are those of the responsible adult (R-A150)."""
    adult = case.responsible_patient_id
    if adult and is_minor(case.birth_on, majority=majority, today=today):
        return reachable.get(adult, ())
    return reachable.get(case.patient_id, ())


def is_minor(birth_on: date | None, *, majority: int, today: date) -> bool:
    if birth_on is None:
        return False
    age = today.year - birth_on.year - ((today.month, today.day) < (birth_on.month, birth_on.day))
    return age < majority


def local_day(now: datetime, zone: str) -> date:
    return now.astimezone(ZoneInfo(zone)).date()


def fit_for(channel: str, contacts: Sequence[ReachableBy]) -> ReachableBy | None:
    """The best number or address for a kind of channel; texts go only to lines that take them (R-D9)."""
    for one in contacts:
        if one.system != SYSTEM.get(channel):
            continue
        if channel != "sms" or one.line_type in TEXTABLE_LINES:
            return one
    return None


def choose_way(
    case: DueCase,
    step: Step,
    *,
    template_key: str,
    contacts: Sequence[ReachableBy],
    channels: Mapping[str, Channel],
    tried: set[str],
    default_language: str,
    library: TemplateLibrary,
) -> Way | None:
    """The next way that this step has not tried; None when there is none left.

    A patient without any way at all gets one on the step's own channel, so that the guard says why not.
    Whoever has no text in their language is called by a person instead, never written to in another (R-A163).
    """
    reach = {kind: found for kind in channels if (found := fit_for(kind, contacts)) is not None}
    wanted = primary(case.language) or default_language
    kind = choose_channel(step, available=set(reach) - tried, preferred=case.preferred_channel)
    if kind is None:
        return None if tried else _nowhere(step, reach, wanted)
    if has_wording(template_key=template_key, channel=kind, language=wanted, library=library):
        return Way(kind, reach[kind], wanted)
    if "phone" in tried or "phone" not in reach:
        return None if tried else Way(kind, reach[kind], wanted)
    # The caller reads the script in their own language and calls with an interpreter.
    has_script = has_wording(template_key=template_key, channel="phone", language=wanted, library=library)
    return Way("phone", reach["phone"], wanted if has_script else default_language)


def _nowhere(step: Step, reach: Mapping[str, ReachableBy], language: str) -> Way:
    return Way(step.channel, reach.get(step.channel), language)
