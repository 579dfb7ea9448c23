"""What a member does to try a text on themself, on the clinic of ``support.outreach``."""

import dataclasses
import re

from rebook.accounts.models import Membership, User
from rebook.flow.outreach.own_contacts import confirm_own, keep_own
from rebook.flow.outreach.test_sends import send_tests
from rebook.flow.outreach.test_sends_texts import wanted_of_draft
from rebook.flow.outreach.texts import Place, begin, text_file
from support.outreach import NOW

MINE = "+12125550177"


class Desk:
    def __init__(self, clinic, user):
        self.clinic, self.user, self.presses = clinic, user, 0

    @property
    def of(self):
        return {"organisation_id": self.clinic.id, "user_id": self.user.pk}

    def keep(self, value=MINE, *, channel="sms", now=NOW):
        return keep_own(**self.of, channel=channel, value=value, now=now, channels=self.clinic.channels)

    def code(self, channel="sms"):
        """The code in the newest message of that channel."""
        return re.search(r"\b\d{6}\b", getattr(self.clinic, channel).sent[-1].body).group()

    def confirm(self, code=None, *, channel="sms", now=NOW):
        return confirm_own(**self.of, channel=channel, code=code or self.code(channel), now=now)

    def confirmed(self, value=MINE, *, channel="sms", now=NOW):
        self.keep(value, channel=channel, now=now)
        self.confirm(channel=channel, now=now)
        getattr(self.clinic, channel).sent.clear()
        return self

    def draft(self, channel="sms", **changes):
        place = Place("due_visit", channel, "en")
        known = begin(text_file(organisation_id=self.clinic.id, place=place))
        return dataclasses.replace(known, **changes)

    def wanted(self, channel="sms", **changes):
        return wanted_of_draft(organisation_id=self.clinic.id, draft=self.draft(channel, **changes))

    def send(self, *wanted, press="", now=NOW, channels=None):
        self.presses += 1
        return send_tests(
            **self.of,
            wanted=wanted or [self.wanted()],
            press=press or f"press-{self.presses}",
            now=now,
            channels=self.clinic.channels if channels is None else channels,
        )


def colleague(clinic, name="Wren Writer", role="writer"):
    user = User.objects.create(
        email=f"{name.split()[0].lower()}@{clinic.organisation.slug}.example", name=name
    )
    Membership.objects.create(organisation=clinic.organisation, user=user, role=role)
    return Desk(clinic, user)


def rules(line):
    """The rules that spoke, gravest first."""
    return [one.rule for one in line.reasons]
