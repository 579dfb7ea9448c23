import pytest

from support.practice import NOW, make_practice


@pytest.fixture
def practice(db):
    return make_practice()


@pytest.fixture
def now():
    return NOW
