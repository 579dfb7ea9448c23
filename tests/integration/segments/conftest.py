import pytest
from django.test import Client

from support.clinic import make_busy_clinic


@pytest.fixture
def clinic(db):
    return make_busy_clinic()


@pytest.fixture
def signed_in():
    def sign_in(clinic, role):
        client = Client()
        user = clinic.member(role)
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return sign_in
