import pytest
from django.test import Client

from rebook.records.models import Campaign
from support.clinic import make_busy_clinic, make_clinic


@pytest.fixture
def busy(db):
    clinic = make_busy_clinic()
    campaign = Campaign.objects.get()
    campaign.sequence = {"key": "dental.routine", **campaign.sequence}
    campaign.save()
    return clinic


@pytest.fixture
def quiet(db):
    return make_clinic()


@pytest.fixture
def signed_in():
    """``signed_in(clinic, "manager")`` is a client of a member."""

    def sign_in(clinic, role="manager"):
        client = Client()
        client.force_login(clinic.member(role), backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return sign_in
