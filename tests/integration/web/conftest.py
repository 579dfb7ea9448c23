import pytest
from django.test import Client

from support.clinic import make_busy_clinic, make_clinic


@pytest.fixture
def clinic(db):
    return make_busy_clinic()


@pytest.fixture
def quiet_clinic(db):
    return make_clinic()


@pytest.fixture
def signed_in():
    """Sign a member of a clinic in: ``signed_in(clinic, "manager")`` is a client."""

    def sign_in(clinic, role: str = "front_desk") -> Client:
        client = Client()
        client.force_login(clinic.member(role), backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return sign_in
