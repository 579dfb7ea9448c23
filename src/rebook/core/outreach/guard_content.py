"""Rules about where a message goes and what it says."""

import re
from datetime import datetime

from rebook.core.outreach.guard_rule import Finding, refuse
from rebook.core.outreach.values import GuardPolicy, GuardSubject

# Texts only to lines that can take them; an unknown line is not one of them (R-D9).
TEXTABLE_LINES = frozenset({"mobile", "voip", "fixed_line_or_mobile"})
UNUSABLE_STATES = frozenset({"invalid", "wrong_person", "unreachable"})
_SYSTEM_OF = {"sms": "phone", "phone": "phone", "email": "email", "letter": "postal"}
# E.164; anything shorter is an emergency or service code (R-A14).
_E164 = re.compile(r"\+[1-9]\d{7,14}")


def stopped(subject: GuardSubject, policy: GuardPolicy, now: datetime) -> Finding | None:
    channel_keys = {subject.channel, subject.channel_key}
    for stop in subject.stops:
        if stop.scope == "organisation":
            return refuse("stopped", "everything is stopped for the practice")
        if stop.scope == "campaign" and stop.key == str(subject.campaign_id):
            return refuse("stopped", f"campaign {stop.key} is stopped")
        if stop.scope == "channel" and stop.key in channel_keys:
            return refuse("stopped", f"channel {stop.key} is stopped")
    return None


def test_only_to_staff(subject: GuardSubject, policy: GuardPolicy, now: datetime) -> Finding | None:
    if not subject.contact_is_staff:
        return refuse("test_only_to_staff", "a test goes to the practice's own people only")
    return None


def contact_point(subject: GuardSubject, policy: GuardPolicy, now: datetime) -> Finding | None:
    contact = subject.contact
    if subject.channel == "portal":
        return None
    if contact is None or not contact.value:
        return refuse("contact_missing", f"nothing to reach by {subject.channel}")
    if contact.state in UNUSABLE_STATES:
        return refuse("contact_unusable", f"the {contact.system} contact is marked {contact.state}")
    if contact.system != _SYSTEM_OF[subject.channel]:
        return refuse("contact_unusable", f"a {contact.system} contact cannot take {subject.channel}")
    if contact.system == "phone" and not _E164.fullmatch(contact.value):
        return refuse("contact_unusable", "the number is not complete with its country")
    if contact.system == "email" and "@" not in contact.value:
        return refuse("contact_unusable", "the e-mail address is not complete")
    if subject.channel == "sms" and contact.line_type not in TEXTABLE_LINES:
        return refuse("contact_not_textable", f"line type is {contact.line_type or 'unknown'}")
    return None


def not_approved(subject: GuardSubject, policy: GuardPolicy, now: datetime) -> Finding | None:
    """Texts of campaigns and automatic answers are signed off; what staff typed has no template."""
    if subject.template_is_approved:
        return None
    if not subject.template_key:
        if subject.origin in ("manual", "reply"):
            return None
        # Nothing to sign: whoever reads the reason has to write a text, or reach them another way.
        return refuse("no_wording", "there is no text for this channel in their language")
    return refuse("not_approved", "this text was not signed off as it stands")


def message_problem(subject: GuardSubject, policy: GuardPolicy, now: datetime) -> Finding | None:
    if not subject.message_problems:
        return None
    return refuse("message_problem", "; ".join(subject.message_problems))
