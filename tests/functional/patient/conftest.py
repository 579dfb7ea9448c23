"""A phone with scripts switched off, and a served practice with a patient to visit it."""

import os
import shutil
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import sync_playwright

from support.practice import make_practice
from support.served import served_pages

# Playwright's loop runs in this thread; the tests ask the database between two of its steps, never within.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

PHONE = {"width": 390, "height": 844}


@pytest.fixture(scope="session")
def chromium():
    program = os.environ.get("REBOOK_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def practice(transactional_db):
    return make_practice()


@pytest.fixture(scope="session")
def address(django_db_setup):
    with served_pages(workers=1) as address:
        yield address


@pytest.fixture
def link(practice, address):
    patient = practice.patient()
    token = practice.token(patient, practice.case(patient), now=timezone.now())
    return f"{address}/p/{token}"


@pytest.fixture(params=["en", "es"])
def language(request):
    return request.param


@pytest.fixture
def phone(chromium):
    context = chromium.new_context(
        viewport=PHONE, java_script_enabled=False, is_mobile=True, has_touch=True, device_scale_factor=2
    )
    context.set_default_timeout(15_000)
    page = context.new_page()
    yield page
    context.close()


@pytest.fixture
def pictures(tmp_path):
    """Where the pictures of this test go: a directory of its own, or the one named in the environment."""
    directory = Path(os.environ.get("REBOOK_PICTURES", tmp_path))
    directory.mkdir(parents=True, exist_ok=True)
    return directory
