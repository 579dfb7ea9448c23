"""What an imagined event does to an imagined case: the same readings and effects as of a real reply."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from rebook.core.channel import ChannelKind
from rebook.core.outcome import CLINICIAN_RISK_CLASS, ENDS_FOR_A_CLINICIAN, CaseAppointment, CaseVisit
from rebook.core.outreach.replay_script import ScriptedEvent
from rebook.core.reasons import Reason
from rebook.core.response.classify import classify
from rebook.core.response.effects import Circumstances, Effects, effects_of
from rebook.core.response.normalise import normalise
from rebook.core.response.values import ReplyContext
from rebook.core.response.when import snooze_until
from rebook.packs.response import shipped_lexicon
from rebook.records.read.guard_subjects import AppointmentRow, ConsentRow, HoldRow

from .choosing import SYSTEM
from .replay_state import CASE, Imagined
from .wording import primary

# When a sequence goes on after "not now", at the practice; and how far ahead somebody books.
MORNING = time(9)
BOOKED_AHEAD = timedelta(days=14)


def happen(story: Imagined, event: ScriptedEvent, *, now: datetime) -> None:
    """Let one event happen; on a case that has ended nothing follows but the line that tells it."""
    story.tell("event", now, says=f"{event.word} {event.argument}".strip())
    if not story.outcome:
        _EVENTS[event.word](story, event.argument, now)


def _reply(story: Imagined, words: str, now: datetime) -> None:
    channel, value = _writes_from(story)
    lexicon = shipped_lexicon()
    context = ReplyContext(
        has_future_appointment=story.has_booked,
        is_opted_out=False,
        language=primary(story.case.language) or story.house.organisation.default_language,
    )
    reading = classify(words, lexicon=lexicon, has_attachment=False, context=context)
    text = normalise(words, spelling=lexicon.spelling).text
    adapter = story.channels.get(channel)
    about = Circumstances(
        channel=channel,
        snooze_until=snooze_until(text, today=_today(story, now)),
        has_other_contact=_has_other_contact(story, value),
        provider_confirms_stop=bool(adapter and adapter.capabilities.provider_sends_stop_reply),
    )
    effects = effects_of(reading, about=about)
    story.facts.last_wrote_at[story.case.patient_id] = now
    read_as = Reason("read_as", ", ".join(reading.intents).replace("_", " "))
    story.lines[-1] = replace(story.lines[-1], reasons=(read_as,))
    _apply(story, effects, value, now)


def _writes_from(story: Imagined) -> tuple[ChannelKind, str]:
    """They answer by text where they have a phone, else by e-mail."""
    ways = story.reachable.get(story.case.patient_id, [])
    for channel in ("sms", "email"):
        for one in ways:
            if one.system == SYSTEM[channel]:
                return channel, one.value
    return "sms", ""


def _has_other_contact(story: Imagined, value: str) -> bool:
    ways = story.reachable.get(story.case.patient_id, [])
    return any(one.value != value and one.system in ("phone", "email") for one in ways)


def _apply(story: Imagined, effects: Effects, value: str, now: datetime) -> None:
    for channel in effects.revokes:
        story.facts.consents_on.setdefault(value, []).append(_revoked(story, value, channel, now))
    for hold in effects.holds:
        until = _morning(story, hold.until_on) if hold.until_on else None
        story.facts.holds.setdefault(story.case.patient_id, []).append(
            HoldRow(story.case.patient_id, hold.kind, now, until)
        )
    for task in effects.tasks:
        story.tell("task", now, says=f"{task.kind} for {task.role}")
    if effects.contact_state and value:
        spoil(story, value)
    if effects.is_response:
        _responded(story, effects.barrier, now)
    if effects.close:
        close(story, effects.close, "said by the patient", now)
    elif effects.snooze_until and not effects.pause:
        not_before = _morning(story, effects.snooze_until)
        story.pause_reason = ""
        if story.next_step_at is not None:
            story.next_step_at = max(story.next_step_at, not_before)
    elif effects.pause and story.pause_reason in ("", "reply"):
        story.pause_reason = effects.pause
        story.tell("paused", now, reasons=(Reason(effects.pause, "until a person lets it go on"),))


def _revoked(story: Imagined, value: str, channel: str, now: datetime) -> ConsentRow:
    return ConsentRow(
        patient_id=story.case.patient_id,
        contact_value=value,
        channel=channel,
        purpose="all",
        state="revoked",
        at=now,
        origin="sms_reply",
        wording="",
        permission="",
        scope_words=[],
        expires_on=None,
    )


def _responded(story: Imagined, barrier: str, now: datetime) -> None:
    story.reached_at = story.reached_at or now
    story.case = story.case._replace(
        has_replied=True, was_read=True, was_delivered=True, barrier=barrier or story.case.barrier
    )


def spoil(story: Imagined, value: str) -> None:
    """A number or address that reaches nobody any more."""
    for owner, ways in story.reachable.items():
        story.reachable[owner] = [one for one in ways if one.value != value]
    for key, row in story.facts.contacts.items():
        if row.value == value:
            story.facts.contacts[key] = row._replace(state="invalid")


def close(story: Imagined, outcome: str, detail: str, now: datetime) -> None:
    """The case ends; what was waiting to go out never does."""
    story.outcome, story.next_step_at, story.pause_reason = outcome, None, ""
    story.facts.cases[CASE] = story.facts.cases[CASE]._replace(closed_at=now)
    waiting = story.waiting
    if waiting is not None:
        waiting.state = "refused"
        reason = Reason("case_closed", f"the case ended: {outcome}")
        story.tell("refused", now, attempt=waiting, reasons=(reason,))
    story.tell("closed", now, says=outcome, reasons=(Reason(outcome, detail),))
    risk_class = story.facts.cases[CASE].risk_class
    if outcome in ENDS_FOR_A_CLINICIAN and risk_class >= CLINICIAN_RISK_CLASS:
        story.tell("task", now, says="unable_to_reach for clinician")


def _clicks(story: Imagined, _: str, now: datetime) -> None:
    story.case = story.case._replace(has_clicked=True)


def _reads(story: Imagined, _: str, now: datetime) -> None:
    sent = [one for one in story.attempts if one.state == "sent"]
    for last in [one for one in sent if one.channel != "phone"][-1:]:
        last.was_read = True
    if sent:
        story.reached_at = story.reached_at or now
        story.case = story.case._replace(was_read=True, was_delivered=True)


def _barrier(story: Imagined, barrier: str, now: datetime) -> None:
    _responded(story, barrier, now)
    _goes_on(story, "", now)


def _books(story: Imagined, _: str, now: datetime) -> None:
    row = story.facts.cases[CASE]
    starts_at = now + BOOKED_AHEAD
    story.has_booked = True
    story.appointments.append(CaseAppointment(1, row.visit_type, "booked", now, starts_at))
    patient = story.case.patient_id
    story.facts.appointments.setdefault(patient, []).append(
        AppointmentRow(patient, starts_at, row.visit_type, "booked")
    )
    story.case = story.case._replace(has_replied=True, was_read=True, was_delivered=True)
    story.pause_reason = story.pause_reason or "booked"
    story.tell("booked", now, reasons=(Reason("booked", "nothing more is planned"),))


def _comes(story: Imagined, _: str, now: datetime) -> None:
    story.visits.append(CaseVisit(story.facts.cases[CASE].visit_type, now))
    story.facts.last_visit_at[story.case.patient_id] = now


def _bounces(story: Imagined, _: str, now: datetime) -> None:
    story.next_bounces = True


def _nothing_arrives(story: Imagined, _: str, now: datetime) -> None:
    story.messages_arrive = False


def _goes_on(story: Imagined, _: str, now: datetime) -> None:
    story.facts.holds.pop(story.case.patient_id, None)
    if story.pause_reason and story.pause_reason != "booked":
        story.pause_reason = ""
        story.tell("goes_on", now)


def _dies(story: Imagined, _: str, now: datetime) -> None:
    patient = story.case.patient_id
    story.facts.people[patient] = story.facts.people[patient]._replace(is_deceased=True)


_EVENTS: Mapping[str, Callable[[Imagined, str, datetime], None]] = {
    "reply": _reply,
    "clicks": _clicks,
    "reads": _reads,
    "barrier": _barrier,
    "books": _books,
    "comes": _comes,
    "bounces": _bounces,
    "nothing arrives": _nothing_arrives,
    "goes on": _goes_on,
    "dies": _dies,
}


def _today(story: Imagined, now: datetime) -> date:
    return now.astimezone(ZoneInfo(story.house.organisation.time_zone)).date()


def _morning(story: Imagined, on: date) -> datetime:
    return datetime.combine(on, MORNING, tzinfo=ZoneInfo(story.house.organisation.time_zone))
