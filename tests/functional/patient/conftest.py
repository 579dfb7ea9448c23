"""A phone with scripts switched off, and a served practice with a patient to visit it."""

import pytest
from django.utils import timezone

from support.practice import make_practice

PHONE = {"width": 390, "height": 844}


@pytest.fixture
def practice(transactional_db):
    return make_practice()


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
    context.set_default_timeout(60_000)
    page = context.new_page()
    yield page
    context.close()
