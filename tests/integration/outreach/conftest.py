import pytest

from rebook.flow.outreach.dispatch import send_due
from rebook.flow.outreach.enrol import enrol
from rebook.flow.outreach.plan import plan_attempts
from rebook.flow.outreach.rehearsal import prepare_rehearsal
from support.outreach import NOW, make_clinic
from support.sink import Sink, SinkChannel


@pytest.fixture
def now():
    return NOW


@pytest.fixture
def sink():
    vendor = Sink()
    yield vendor
    vendor.close()


@pytest.fixture
def channels(sink):
    return {"sms": SinkChannel(sink.url)}


@pytest.fixture
def rehearse(db):
    def make(attempts, slug="rehearsal"):
        return prepare_rehearsal(slug=slug, attempts=attempts, now=NOW)

    return make


@pytest.fixture
def clinic(db, settings):
    # Links in open channels must be https.
    settings.PUBLIC_URL = "https://visits.example"
    return make_clinic()


class Day:
    """The stages of a day at a clinic, at an instant of one's choice."""

    def __init__(self, clinic):
        self.clinic = clinic

    def enrol(self, at=NOW):
        return enrol(organisation_id=self.clinic.id, as_of=at.date(), now=at)

    def plan(self, at=NOW):
        return plan_attempts(organisation_id=self.clinic.id, now=at, channels=self.clinic.channels)

    def send(self, at=NOW, **more):
        return send_due(
            organisation_id=self.clinic.id, now=at, worker="w1", channels=self.clinic.channels, **more
        )

    def run(self, at=NOW):
        self.clinic.synced(at)
        self.enrol(at)
        self.plan(at)
        return self.send(at)


@pytest.fixture
def day(clinic):
    return Day(clinic)
