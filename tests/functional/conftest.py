"""What every browser test uses: one Chromium, one served Rebook, axe, and a place for pictures."""

import os
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from support.browser import problems
from support.served import served_pages

# Playwright's loop runs in this thread; the tests ask the database between two of its steps, never within.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

SIZES = {"desktop": {"width": 1280, "height": 860}, "phone": {"width": 390, "height": 844}}


@pytest.fixture(scope="session")
def chromium():
    program = os.environ.get("REBOOK_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def address(django_db_setup):
    """Where Rebook is served on the tests' database."""
    with served_pages(workers=1) as address:
        yield address


@pytest.fixture
def new_page(chromium, address):
    """``new_page("phone")`` opens a page of that size; what its console says against us fails the test.

    A size is "desktop", "phone" or {"width", "height"}.
    """
    contexts, complaints = [], []

    def open_page(size="desktop", **options):
        viewport = SIZES[size] if isinstance(size, str) else size
        context = chromium.new_context(viewport=viewport, base_url=address, **options)
        # Generous: the whole suite may be running beside it on two cores.
        context.set_default_timeout(30_000)
        context.set_default_navigation_timeout(60_000)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def page(new_page):
    return new_page()


@pytest.fixture
def assert_accessible():
    """``assert_accessible(page)``: axe finds nothing against WCAG 2.2 AA on it."""

    def check(page):
        assert problems(page) == []

    return check


@pytest.fixture
def pictures(tmp_path):
    """Where the pictures of this test go: a directory of its own, or the one named in the environment."""
    directory = Path(os.environ.get("REBOOK_PICTURES", tmp_path))
    directory.mkdir(parents=True, exist_ok=True)
    return directory
