"""The evidence pack as a document: the ledger's values in words, for the layout that prints them."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from rebook.accounts import read as accounts
from rebook.core.outreach.consent_words import (
    CHANNELS,
    ORIGINS,
    PERMISSIONS,
    PURPOSES,
    SPEAKERS,
    STATES,
    WAYS,
    in_words,
)
from rebook.records.read.consent import Entry, together
from rebook.records.read.consent_pack import AttemptEvidence, Pack, ReplyEvidence

Facts = list[tuple[str, str]]


def document(
    pack: Pack,
    *,
    practice: accounts.OrganisationView,
    statement: str,
    chain: Facts,
    names: dict[str, str],
    now: datetime,
) -> dict[str, Any]:
    """What the layout prints: headings, facts and rows in plain words, times on the practice's clock."""
    clock = _Clock(ZoneInfo(practice.time_zone))
    about = pack.value or ", ".join(name for _, name, _ in pack.people)
    return {
        "title": f"Consent and contact record of {about}",
        "practice": practice.name,
        "paper": "us-letter" if practice.jurisdiction.startswith(("us", "ca")) else "a4",
        "made_at": clock(now),
        "statement": statement,
        "facts": [
            ("Practice", practice.name),
            ("About", pack.value or "the person named below, on every channel"),
            *(("Patient", f"{name}, {number} in the practice's system") for _, name, number in pack.people),
            ("Made", clock(now)),
            ("Times", f"on the practice's clock ({practice.time_zone})"),
        ],
        "consents": [_consent(lines, clock, names) for lines in together(pack.consents)],
        "attempts": [_attempt(one, clock) for one in pack.attempts],
        "replies": [_reply(one, clock) for one in pack.replies],
        "trail": [
            [str(one.sequence), clock(one.at), names.get(one.actor, one.actor), one.action, one.hash[:16]]
            for one in pack.trail
        ],
        "chain": chain,
    }


class _Clock:
    def __init__(self, zone: ZoneInfo) -> None:
        self.zone = zone

    def __call__(self, at: datetime | None) -> str:
        return f"{at.astimezone(self.zone):%Y-%m-%d %H:%M:%S %Z}" if at else ""


def _said(facts: Facts) -> Facts:
    return [(name, value) for name, value in facts if value]


def _every(words: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(words))


def _consent(lines: list[Entry], clock: _Clock, names: dict[str, str]) -> dict[str, Any]:
    one = lines[0]
    channels = _every(in_words(CHANNELS, line.channel) for line in lines)
    heading = f"{clock(one.at)} – {in_words(STATES, one.state)}: {channels}"
    speaker = in_words(SPEAKERS, one.speaker)
    file = f"{one.file_name}, SHA-256 {one.file_sha256}" if one.file_name else ""
    return {
        "heading": heading,
        "words": one.wording,
        "shown": one.shown_wording,
        "facts": _said(
            [
                ("Of", _every(in_words(PURPOSES, line.purpose) for line in lines)),
                (
                    "Binds",
                    _every(line.contact_value or "the person, on any number or address" for line in lines),
                ),
                ("Said by", f"{speaker} {one.speaker_name}".strip()),
                ("How", in_words(WAYS, one.way)),
                ("Came from", in_words(ORIGINS, one.origin)),
                ("Form or system", one.told_in),
                ("Version of the text", one.shown_version),
                ("Given for", ", ".join(one.scope_words)),
                ("Strength", in_words(PERMISSIONS, one.permission) if one.permission else ""),
                ("Names", one.named_value),
                ("Evidence", one.evidence_ref),
                ("Kept file", file),
                ("Kept at", one.file_kept_where),
                ("Browser", " ".join(filter(None, (one.agent, one.network)))),
                ("Runs out", one.expires_on.isoformat() if one.expires_on else ""),
                ("Do-not-call list", "yes, of the practice" if one.is_company_list else ""),
                (
                    "Written down",
                    f"{clock(one.recorded_at)} by {names.get(one.recorded_by, one.recorded_by)}",
                ),
            ]
        ),
    }


def _attempt(one: AttemptEvidence, clock: _Clock) -> dict[str, Any]:
    when = one.sent_at or one.due_at
    template = f"{one.template_key} ({one.language}), SHA-256 {one.template_hash}" if one.template_key else ""
    return {
        "heading": f"{clock(when)} – {one.channel}, {one.state}",
        "text": "\n".join(filter(None, (one.subject, one.body))),
        "facts": _said(
            [
                ("Kept as", f"attempt:{one.id}"),
                ("To", one.to_value),
                ("Purpose", in_words(PURPOSES, one.purpose)),
                ("Began with", one.origin),
                ("Lawful basis", one.lawful_basis.replace("_", " ")),
                ("Text", template),
                ("Planned", clock(one.planned_at)),
                ("Due", clock(one.due_at)),
                ("Sent", clock(one.sent_at)),
                ("Vendor's number", one.provider_message_id),
                ("Last reasons", _reasons(one.reasons)),
            ]
        ),
        "decisions": [
            [
                clock(decided.at),
                decided.verdict + (f" until {clock(decided.defer_until)}" if decided.defer_until else ""),
                _reasons(decided.reasons),
            ]
            for decided in one.decisions
        ],
        "events": [[clock(event.at), event.state, event.source, event.code] for event in one.events],
    }


def _reasons(reasons: tuple[dict[str, str], ...]) -> str:
    return "; ".join(": ".join(filter(None, (one.get("rule", ""), one.get("detail", "")))) for one in reasons)


def _reply(one: ReplyEvidence, clock: _Clock) -> dict[str, Any]:
    read_as = "; ".join(
        f"{match.get('intent', '')} ({match.get('matched') or match.get('rule') or ''})".replace(" ()", "")
        for match in one.intents
    )
    return {
        "heading": f"{clock(one.received_at)} – {one.channel}",
        "text": one.body,
        "facts": _said(
            [
                ("Kept as", f"reply:{one.id}"),
                ("From", one.from_value),
                ("Read as", read_as or one.intent),
                ("Dealt with by", one.handled_by),
            ]
        ),
    }
