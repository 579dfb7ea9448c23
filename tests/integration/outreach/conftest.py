import datetime as dt

import pytest

from rebook.flow.outreach.rehearsal import prepare_rehearsal
from support.sink import Sink, SinkChannel

# A Wednesday, noon in New York.
NOW = dt.datetime(2026, 11, 18, 17, 0, tzinfo=dt.UTC)


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
