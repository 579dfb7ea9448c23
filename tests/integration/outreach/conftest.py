import pytest

from rebook.flow.outreach.rehearsal import prepare_rehearsal
from support.outreach import NOW, Day, make_clinic
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


@pytest.fixture
def day(clinic):
    return Day(clinic)
