"""The API answers members about their own practice, and nobody else."""

import pytest
from django.test import Client

from support.clinic import make_busy_clinic, make_clinic

pytestmark = pytest.mark.django_db
ADDRESSES = ("/api/v1/gaps", "/api/v1/tasks")


@pytest.fixture
def clinic(db):
    return make_busy_clinic()


def signed_in(user):
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.mark.parametrize("address", ADDRESSES)
def test_nobody_gets_in_without_signing_in(clinic, address):
    assert Client().get(address).status_code == 401


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_role_that_sees_no_patients_sees_none_here(clinic, address):
    assert signed_in(clinic.member("writer")).get(address).status_code == 403


def test_tasks_come_most_urgent_first_and_without_those_put_off(clinic):
    tasks = signed_in(clinic.member("front_desk")).get("/api/v1/tasks").json()
    assert tasks[0]["kind"] == "safety"
    assert tasks[0]["intent"] == "emergency"
    assert [one["urgency"] for one in tasks] == sorted(one["urgency"] for one in tasks)
    assert len(tasks) == 6


def test_gaps_come_in_the_order_of_work_by_page(clinic):
    client = signed_in(clinic.member("coordinator"))
    everything = client.get("/api/v1/gaps").json()
    ranks = [one["rank"] for one in everything]
    assert len(everything) == 7
    assert ranks == sorted(ranks)
    assert client.get("/api/v1/gaps?limit=2&offset=2").json() == everything[2:4]


@pytest.mark.parametrize("address", ADDRESSES)
def test_one_practice_never_sees_another(clinic, address):
    other = make_clinic("oak-lane")
    assert signed_in(other.member("manager")).get(address).json() == []
    assert signed_in(other.member("manager")).get(f"{address}?practice=elm-street").status_code == 403


def test_who_works_for_two_says_which(clinic):
    other = make_clinic("oak-lane")
    user = clinic.member("manager")
    other.practice.organisation.memberships.create(user=user, role="manager")
    client = signed_in(user)
    assert client.get("/api/v1/tasks").status_code == 422
    assert client.get("/api/v1/tasks?practice=oak-lane").json() == []


def test_the_description_names_every_address(clinic):
    described = signed_in(clinic.member("manager")).get("/api/v1/openapi.json").json()
    of_segments = {f"/api/v1/segments{end}" for end in ("", "/count", "/fields")}
    assert set(described["paths"]) == {*ADDRESSES, *of_segments}


def test_health_says_that_the_database_answers(db):
    assert Client().get("/healthz").json() == {"status": "ok", "database": "ok"}


def test_health_says_so_when_it_does_not(db, monkeypatch):
    from django.db import DatabaseError, connection

    def gone():
        raise DatabaseError

    monkeypatch.setattr(connection, "cursor", gone)
    answer = Client().get("/healthz")
    assert (answer.status_code, answer.json()["database"]) == (503, "unreachable")
