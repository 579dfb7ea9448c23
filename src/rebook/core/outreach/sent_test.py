"""What a test send says and to whom: invented values, a mark, and the guard's question about it.

A test is judged by the same function as every message (promise 2). Who asks and where it would go decide
``contact_is_staff``: only the asker's own confirmed contact is one.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from rebook.core.channel import Capabilities, ChannelKind
from rebook.core.outreach.guard_views import NumberView
from rebook.core.outreach.message import RenderedMessage, TemplateField
from rebook.core.outreach.message_html import direction
from rebook.core.outreach.own_contact import OwnContact
from rebook.core.outreach.values import ConsentStatement, ContactView, GuardSubject, StopView

KindOfTest = Literal["text", "code"]
Values = Literal["usual", "longest"]

MARK = "TEST: "
# Kept before the mark where words run from right to left, so that the sentence after it does not turn.
_RIGHT_TO_LEFT = "\u200f"
# A test that waits longer tells nothing any more; channels are told not to hand it over later.
LASTS = timedelta(hours=1)
# Nobody's, and short as most names are.
INVENTED: Mapping[str, Mapping[str, str]] = {
    "en": {"first_name": "Sam", "practitioner_name": "Dr. Hill"},
    "es": {"first_name": "Luz", "practitioner_name": "Dra. Ríos"},
}


# A test serves no patient, so there is nothing of one that could speak against it.
_OF_NO_PATIENT: Mapping[str, Any] = {
    "is_deceased": False,
    "has_left_practice": False,
    "is_merged_away": False,
    "birth_on": None,
    "contact_is_responsible_adult": False,
    "exclusions": (),
    "sensitivity": (),
    "holds": (),
    "history": (),
    "patient_last_wrote_at": None,
    "gap_is_open": None,
    "gap_is_sensitive": False,
    "risk_class": 0,
    "satisfying_visit_types": (),
    "future_appointments": (),
    "last_visit_at": None,
    "arm": "none",
    "data_as_of": None,
}


@dataclass(frozen=True, slots=True)
class Recipient:
    """Where a test would go, and what the ledger knows of that number or address."""

    contact: OwnContact | None
    consents: tuple[ConsentStatement, ...] = ()
    is_blocked: bool = False
    # What patients who are reached there said of themselves, and whether one wants no contact at all: it
    # binds until the number is proved to be the asker's.
    owners: tuple[ConsentStatement, ...] = ()
    is_do_not_contact: bool = False
    jurisdictions: tuple[str, ...] = ()
    time_zones: tuple[str, ...] = ()


def invented(fields: Collection[TemplateField], *, language: str, values: Values) -> dict[str, str]:
    """A value for every field, of nobody: the usual ones, or the longest plausible ones."""
    longest = {one.name: one.longest for one in fields}
    if values == "longest":
        return longest
    usual = INVENTED.get(language.partition("-")[0], INVENTED["en"])
    return longest | {name: value for name, value in usual.items() if name in longest}


def marked(message: RenderedMessage, *, channel: ChannelKind, language: str) -> tuple[str, str]:
    """(subject, body) as they go out: an e-mail is marked in its subject, anything else before its words.

    The text itself was checked and counted without the mark, as patients get it.
    """
    mark = _RIGHT_TO_LEFT + MARK if direction(language) == "rtl" else MARK
    if channel == "email":
        return mark + message.subject, message.body
    return message.subject, mark + message.body


def subject_of_test(
    *,
    kind: KindOfTest,
    asker_id: int,
    recipient: Recipient,
    channel: ChannelKind,
    channel_key: str,
    capabilities: Capabilities,
    template_key: str = "",
    campaign_id: int | None = None,
    problems: tuple[str, ...] = (),
    stops: tuple[StopView, ...] = (),
    now: datetime,
) -> GuardSubject:
    """The guard's question about one test: nothing of any patient, all that is known of the contact.

    A code may go to what its own member has typed but not yet confirmed: that is how it is confirmed.
    """
    contact = recipient.contact
    is_theirs = contact is not None and contact.user_id == asker_id and contact.channel == channel
    is_proved = is_theirs and contact is not None and contact.is_confirmed(now=now)
    return GuardSubject(
        origin="test",
        # The practice's own people, about its own business: never a patient's recall, never an offer.
        purpose="operations",
        channel=channel,
        channel_key=channel_key,
        channel_is_open=capabilities.is_open,
        channel_is_manual=capabilities.is_manual,
        campaign_id=campaign_id,
        do_not_contact=recipient.is_do_not_contact and not is_proved,
        contact=_view(contact, is_proved=is_proved),
        contact_is_staff=is_proved or (is_theirs and kind == "code"),
        time_zones=recipient.time_zones,
        jurisdictions=recipient.jurisdictions,
        consents=(
            *recipient.consents,
            *(() if is_proved else recipient.owners),
            *_asked_for(contact, now=now),
        ),
        template_key=template_key,
        template_is_approved=False,
        message_problems=problems,
        due_at=now,
        expires_at=now + LASTS,
        stops=stops,
        number=NumberView(is_blocked=recipient.is_blocked),
        **_OF_NO_PATIENT,
    )


def _view(contact: OwnContact | None, *, is_proved: bool) -> ContactView | None:
    if contact is None:
        return None
    return ContactView(
        value=contact.value,
        system="email" if contact.channel == "email" else "phone",
        state="verified" if is_proved else "unverified",
        line_type=contact.line_type,
    )


def _asked_for(contact: OwnContact | None, *, now: datetime) -> tuple[ConsentStatement, ...]:
    """Whoever presses "send it to me" asks for it; that lifts no earlier "stop" of the number."""
    if contact is None:
        return ()
    return (
        ConsentStatement(
            binds_number=True,
            channel=contact.channel,
            purpose="operations",
            state="granted",
            at=contact.confirmed_at or now,
            evidence="express",
        ),
    )
