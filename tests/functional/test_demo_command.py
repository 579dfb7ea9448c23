"""``rebook demo`` tells the whole story on a machine that has never seen Rebook."""

import re
import shutil
import signal
import tempfile
import urllib.request
from pathlib import Path

import pytest

from support.installation import Installation

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


@pytest.fixture
def fresh():
    """An empty home, on the embedded PostgreSQL."""
    home = Path(tempfile.mkdtemp(prefix="rbk-", dir="/tmp"))
    made = Installation(home)
    yield made
    made.end_all()
    shutil.rmtree(home, ignore_errors=True)


def counted(said, label):
    """The figure beside a label in one of the tables."""
    found = re.search(rf"{re.escape(label)}\s*│\s*(\d+)", said)
    assert found, f"'{label}' is not in the account:\n{said}"
    return int(found.group(1))


def test_the_account_of_four_days(fresh):
    process = fresh.start("demo", "--patients", "150", "--days", "4", "--no-serve", "--seed", "3")
    said, err = process.communicate(timeout=500)
    assert process.returncode == 0, err
    assert "Traceback" not in err
    assert "Riverbend Family Health, a practice that does not exist" in said
    assert re.search(r"150 patient records, \d+ appointments, 3 locations", said)
    steps = ["Found overdue", "May be contacted", "Contact tried", "Reached", "Answered"]
    figures = [counted(said, step) for step in steps]
    assert figures == sorted(figures, reverse=True)
    assert counted(said, "Booked") > 0
    assert counted(said, "booked online") > 0
    assert counted(said, "Held back to measure the effect") > 0
    lost, found = (
        counted(said, "People who had truly lost touch"),
        counted(said, "of them found on the first day"),
    )
    assert lost > 0
    assert found >= 0.95 * lost
    assert (fresh.home / "demo" / "postgres").is_dir()
    assert not (fresh.home / "postgres").exists(), "the home of the real practice was touched"


def test_at_the_end_the_pages_are_served_and_staff_can_sign_in(fresh):
    process = fresh.start("demo", "--patients", "60", "--days", "1", "--port", "0")
    said = ""
    while "Ctrl-C stops it" not in said:
        line = process.stdout.readline()
        assert line, f"it ended: {said} {process.stderr.read()}"
        said += line
    assert re.search(r"Sign in as \S+@\S+ with the password \S+", said)
    port = re.search(r"http://localhost:(\d+)", said).group(1)
    # The first request waits until the server has loaded the pages.
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/sign-in/", timeout=120) as page:
        assert page.status == 200
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    assert "Traceback" not in err


def test_a_program_gets_the_same_as_one_json_document(fresh):
    said = fresh.answer("demo", "--patients", "50", "--days", "1")
    assert {"seconds", "cleaned", "reactions", "tasks", "report"} == said.keys()
    assert said["report"]["organisation"] == "Riverbend Family Health"
    assert said["report"]["funnel"][0]["count"] > 0
