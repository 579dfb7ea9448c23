"""The order in the ledger is the order of `core.priority`, and so are the reasons."""

import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from rebook.core.expected_gain import Arms, Stratum, learn
from rebook.core.priority import Intent, Ranked, rank_key, rank_reasons
from rebook.flow.gaps import list_gaps
from rebook.flow.priority import rank_gaps
from rebook.records.models import Gap, Patient, PatientLink, Reply, Task
from rebook.records.write.likelihood import keep_fit

pytestmark = pytest.mark.django_db
AS_OF = date(2025, 11, 21)
NOW = datetime(2025, 11, 21, 15, tzinfo=UTC)


def open_gap(practice, patient_id, chance):
    due_on = AS_OF - timedelta(days=chance.randrange(-40, 900))
    return Gap.objects.create(
        organisation_id=practice.id,
        patient_id=patient_id,
        definition_key=f"spec.{chance.randrange(10**9)}",
        kind="interval",
        risk_class=chance.randrange(5),
        anchor_on=chance.choice([None, due_on - timedelta(days=200)]),
        due_on=due_on,
        overdue_on=due_on + timedelta(days=chance.randrange(40)),
        interval_days=chance.choice([None, 30, 91, 184, 365]),
        tier=chance.choice(["active", "dormant", "never"]),
        opened_on=AS_OF,
    )


def signals(practice, patient_id, chance):
    """Leaves what a patient did, some of it too long ago, and says what counts."""
    of = {"organisation_id": practice.id, "patient_id": patient_id}
    said_yes, asked, links = False, False, 0
    for number in range(chance.randrange(3)):
        at = NOW - timedelta(days=chance.choice([1, 10, 29, 31, 90]))
        counts = at > NOW - timedelta(days=30)
        intent = chance.choice(["book", "call_me", "question"])
        Reply.objects.create(
            **of,
            channel="sandbox",
            provider_message_id=f"{patient_id}-{number}",
            from_value="x",
            body="x",
            received_at=at,
            intent=intent,
        )
        said_yes |= counts and intent == "book"
        asked |= counts and intent == "call_me"
    for number in range(chance.randrange(4)):
        at = NOW - timedelta(days=chance.choice([1, 29, 31]))
        PatientLink.objects.create(
            **of,
            token_hash=f"{patient_id}-{number}",
            created_at=at,
            expires_at=at + timedelta(days=30),
            opened_at=chance.choice([at, None]),
        )
    links = PatientLink.objects.filter(**of, opened_at__gt=NOW - timedelta(days=30)).count()
    if chance.random() < 0.2:
        state = chance.choice(["open", "done"])
        Task.objects.create(
            **of,
            kind="call_back",
            owner_role="front_desk",
            opened_at=NOW,
            due_at=NOW,
            state=state,
            done_at=NOW if state == "done" else None,
            done_by="user:1" if state == "done" else "",
        )
        asked |= state == "open"
    return Intent(said_yes=said_yes, asked_for_call=asked, links_opened=links)


def learned(practice, chance):
    """Holdouts that taught something different of every stratum, kept as a fit."""
    arms = {
        Stratum(tier, grade): Arms(400, chance.randrange(40, 200), 100, chance.randrange(5, 60))
        for tier in ("active", "dormant")
        for grade in range(3)
    }
    gains = learn(arms=arms, natural={}, basis="recency", strata=())
    keep_fit(
        organisation_id=practice.id,
        kind="gain",
        fitted_on=AS_OF - timedelta(days=3),
        now=NOW,
        window=None,
        chosen="own",
        reason="spec",
        parameters=gains.as_json(),
        figures={},
    )
    return gains


@pytest.mark.parametrize("is_learned", [False, True])
def test_the_ledger_and_the_pure_order_agree(practice, is_learned):
    chance = random.Random(7)
    gains = learned(practice, chance) if is_learned else None
    ranked = []
    for _ in range(60):
        patient_id = practice.put("")
        Patient.objects.filter(pk=patient_id).update(value_cents=chance.choice([0, 0, 500, 90_000]))
        intent = signals(practice, patient_id, chance)
        for _ in range(chance.randrange(1, 4)):
            row = open_gap(practice, patient_id, chance)
            value = Patient.objects.get(pk=patient_id).value_cents
            first = row.anchor_on is None
            gain = gains.of(Stratum(row.tier, row.risk_class)) if gains else None
            ranked.append(
                Ranked(row.pk, row.risk_class, row.overdue_on, row.interval_days, value, intent, first, gain)
            )
    assert any(one.intent.points == 3 for one in ranked)
    rank_gaps(organisation_id=practice.id, as_of=AS_OF, now=NOW)
    wanted = sorted(ranked, key=lambda one: rank_key(one, as_of=AS_OF))
    without = sorted((replace(one, gain=None) for one in ranked), key=lambda one: rank_key(one, as_of=AS_OF))
    assert is_learned == ([one.gap_id for one in wanted] != [one.gap_id for one in without])
    rows = list(Gap.objects.order_by("rank"))
    assert [row.pk for row in rows] == [one.gap_id for one in wanted]
    assert [row.rank for row in rows] == list(range(1, len(rows) + 1))
    for row, one in zip(rows, wanted, strict=True):
        assert row.rank_reasons == [reason.as_json() for reason in rank_reasons(one, as_of=AS_OF)]
    again = rank_gaps(organisation_id=practice.id, as_of=AS_OF, now=NOW)
    assert again.moved == 0


def test_who_a_patient_is_changes_no_place(practice):
    """R-F64: not language, payer, sex, address or age; and no fit of missed visits is read at all."""
    chance = random.Random(3)
    learned(practice, chance)
    for _ in range(25):
        open_gap(practice, practice.put(""), chance)
    rank_gaps(organisation_id=practice.id, as_of=AS_OF, now=NOW)
    for patient in Patient.objects.all():
        patient.language = chance.choice(["es", "en", "vi"])
        patient.payer_class = chance.choice(["medicaid", "commercial", "self_pay", ""])
        patient.sex = chance.choice(["female", "male"])
        patient.postal_code = chance.choice(["60601", "02139"])
        patient.birth_on = date(chance.randrange(1930, 2010), 1, 1)
        patient.save()
    keep_fit(
        organisation_id=practice.id,
        kind="show",
        fitted_on=AS_OF,
        now=NOW,
        window=None,
        chosen="boosting",
        reason="spec",
        parameters={"share": 0.9},
        figures={},
    )
    assert rank_gaps(organisation_id=practice.id, as_of=AS_OF, now=NOW).moved == 0


def test_another_practices_gaps_and_signals_play_no_part(practice, make_practice):
    other = make_practice(slug="other")
    chance = random.Random(1)
    foreign = open_gap(other, other.put(""), chance)
    mine = open_gap(practice, practice.put(""), chance)
    rank_gaps(organisation_id=practice.id, as_of=AS_OF, now=NOW)
    assert Gap.objects.get(pk=mine.pk).rank == 1
    assert Gap.objects.get(pk=foreign.pk).rank is None


def test_a_fresh_list_has_the_same_order(practice):
    practice.put("visit 2025-03-02 hygiene\nvisit 2025-11-01 dental_exam")
    practice.put("visit 2024-03-02 hygiene\nvisit 2025-11-01 dental_exam")
    practice.put("visit 2025-05-02 periodontal_maintenance\ncondition periodontitis")
    listed = list_gaps(organisation_id=practice.id, as_of=AS_OF, now=NOW, limit=2)
    assert [(one.rank, one.risk_class, one.definition_key) for one in listed.gaps] == [
        (1, 2, "dental.periodontal_maintenance"),
        (2, 1, "dental.hygiene"),
    ]
    assert listed.gaps[1].anchor_on == date(2024, 3, 2)
    assert listed.found >= 3
