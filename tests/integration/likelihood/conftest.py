import pytest

from support.likelihood import StudiedPractice


@pytest.fixture(autouse=True)
def snapshots(settings, tmp_path):
    settings.SNAPSHOT_DIRECTORY = tmp_path / "snapshots"


@pytest.fixture
def clinic(db):
    return StudiedPractice()
