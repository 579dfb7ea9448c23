from datetime import UTC, datetime

import pytest

from rebook.core.channel import OutboundMessage


@pytest.fixture
def now():
    return datetime(2026, 11, 21, 15, 30, tzinfo=UTC)


@pytest.fixture
def text():
    def make(**changed):
        values = {
            "reference": "rb-1-a",
            "to": "+16175550123",
            "body": "Hello Ana, you are due for a visit. Reply STOP to stop.",
            "language": "en",
        }
        return OutboundMessage(**{**values, **changed})

    return make
