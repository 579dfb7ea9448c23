"""A backtest on the ledger: asked, run, kept, opened again; bad questions refused."""

import csv
import io
from datetime import UTC, date, datetime

import pytest

from rebook.accounts.models import Organisation
from rebook.core.backtest import BadQuestion, Question, read_changes
from rebook.flow import backtest as flow
from rebook.flow.snapshot import take_snapshot
from rebook.records.models import Attempt, Backtest, Campaign, Snapshot
from rebook.records.read.backtests import backtest as find
from rebook.work.backtests import complete_backtest

pytestmark = pytest.mark.django_db
NOW = datetime(2025, 11, 21, 15, tzinfo=UTC)
RULE = ("dental.hygiene",)


def question(**more):
    given = {"from_on": date(2025, 1, 6), "to_on": date(2025, 6, 30), "definitions": RULE, **more}
    return Question(**given)


def run(practice, asked, *, now=NOW):
    number = flow.ask(organisation_id=practice.id, question=asked, now=now, actor="test")
    return complete_backtest(organisation_id=practice.id, number=number, now=now)


def contact(practice, patient_id, on):
    Attempt.objects.create(
        organisation_id=practice.id,
        patient_id=patient_id,
        channel="phone_task",
        reference=f"ref-{patient_id}",
        state="accepted",
        planned_at=on,
        due_at=on,
        expires_at=on,
        sent_at=on,
    )


def test_who_was_listed_and_what_became_of_them(practice):
    contact(practice, practice.patients["called"], datetime(2025, 3, 3, 15, tzinfo=UTC))
    days = []
    number = flow.ask(organisation_id=practice.id, question=question(), now=NOW, actor="test")
    found = complete_backtest(
        organisation_id=practice.id,
        number=number,
        now=NOW,
        on_day=lambda done, total: days.append((done, total)),
    )
    (setting,) = found.result["settings"]
    assert (setting["patients"], setting["listings"]) == (3, 3)
    assert (setting["came_alone"], setting["came_after_contact"], setting["never_back"]) == (1, 1, 1)
    assert setting["excluded"]["deceased"] == 1
    assert days == [(one, 26) for one in range(1, 27)]
    assert (found.state, found.days_done, found.days_total) == ("done", 26, 26)
    assert set(found.definitions["A"]) == set(RULE)
    listed = {(one.patient_id, one.how) for one in flow.listed_patients(backtest=found, setting="A").lines}
    patients = practice.patients
    assert listed == {
        (patients["came"], "alone"),
        (patients["called"], "after_contact"),
        (patients["lost"], ""),
    }


def test_the_same_again_gives_the_same_fingerprint(practice):
    first, again = run(practice, question()), run(practice, question(snapshot=1))
    assert Snapshot.objects.count() == 1, "records that have not changed are not frozen twice"
    assert first.result == again.result
    rerun = complete_backtest(organisation_id=practice.id, number=first.number, now=NOW)
    assert rerun.fingerprint == first.fingerprint
    other = run(practice, question(settings=read_changes(["grace_days=300"])[0]))
    assert other.fingerprint != first.fingerprint


def test_settings_side_by_side(practice):
    found = run(practice, question(settings=read_changes(["B:grace_days=500", "C:tiers=lost"])[0]))
    assert [(one["name"], one["listings"]) for one in found.result["settings"]] == [
        ("A", 3),
        ("B", 0),
        ("C", 0),
    ]
    assert found.result["settings"][2]["excluded"]["filtered_out"] == 1
    assert found.definitions["A"] != found.definitions["B"]


def test_a_day_is_judged_by_its_own_snapshot(practice):
    """On 3 March the records did not know that anybody had ever come later than 2024."""
    take_snapshot(
        organisation_id=practice.id, as_of=date(2025, 3, 3), now=datetime(2025, 3, 3, 12, tzinfo=UTC)
    )
    practice.put("patient born=1980-01-01\nvisit 2023-01-10 hygiene")
    found = run(practice, question(from_on=date(2025, 3, 3), to_on=date(2025, 3, 10)))
    assert found.snapshots == (2, 1)
    (setting,) = found.result["settings"]
    # Entered later, so not listed on the day of the snapshot, but a week after it.
    assert (setting["backlog"], setting["new"]) == (3, 1)
    assert "judged_from_later_records" in {one["key"] for one in found.result["caveats"]}


def test_a_campaign_is_run_with_its_filters_and_steps(practice):
    months = {"slipping_months": 6, "dormant_months": 12, "long_lapsed_months": 24, "lost_after_months": 36}
    Organisation.objects.filter(pk=practice.id).update(settings={"gaps": months})
    campaign = Campaign.objects.create(
        organisation_id=practice.id,
        name="Cleanings",
        sequence_key="x",
        sequence={
            "key": "x",
            "steps": [{"channel": "sms", "delay_days": 0}, {"channel": "phone", "delay_days": 7}],
        },
        segment={
            "who": "due",
            "filters": [
                {"field": "definition", "any_of": ["dental.hygiene"]},
                {"field": "tier", "any_of": ["dormant", "long_lapsed"]},
                {"field": "language", "any_of": ["es"]},
            ],
        },
    )
    found = run(practice, question(definitions=(), campaign_id=campaign.pk))
    (setting,) = found.result["settings"]
    assert setting["listings"] == 3
    assert {"filter_language"} <= {one["key"] for one in found.result["caveats"]}
    channels = {name for week in setting["workload"] for name in week["contacts"]}
    assert channels | set(setting["backlog_work"]["contacts"]) == {"sms", "phone"}
    texts = sum(week["contacts"].get("sms", 0) for week in setting["workload"])
    assert texts + setting["backlog_work"]["contacts"].get("sms", 0) == 3


def test_listings_as_csv_hold_no_names(practice):
    found = run(practice, question())
    text = b"".join(flow.csv_of(backtest=found)).decode()
    rows = list(csv.DictReader(io.StringIO(text)))
    assert {int(row["patient_id"]) for row in rows} == {
        practice.patients[one] for one in ("came", "called", "lost")
    }
    assert "Secret" not in text
    assert "Ana" not in text


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"definitions": ("dental.nothing",)}, "there is no rule 'dental.nothing'"),
        ({"definitions": (), "packs": ("alchemy",)}, "there is no pack 'alchemy'"),
        ({"definitions": (), "campaign_id": 4711}, "there is no campaign 4711"),
        ({"to_on": date(2025, 11, 22)}, "has not come yet"),
        ({"snapshot": 9}, "there is no snapshot 9"),
        ({"settings": read_changes(["interval_months=0", "interval_days=0"])[0]}, "the interval is zero"),
    ],
)
def test_a_question_that_cannot_be_answered_is_refused(practice, given, says):
    with pytest.raises((BadQuestion, flow.UnableToRun), match=says):
        flow.ask(organisation_id=practice.id, question=question(**given), now=NOW, actor="test")
    assert Backtest.objects.count() == 0


def test_one_that_breaks_off_says_so_and_can_be_run_again(practice):
    number = flow.ask(organisation_id=practice.id, question=question(), now=NOW, actor="test")

    def stop(done, total):
        if done == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        complete_backtest(organisation_id=practice.id, number=number, now=NOW, on_day=stop)
    broken = find(organisation_id=practice.id, number=number)
    assert (broken.state, broken.days_done, broken.result) == ("failed", 3, None)
    assert "run again" in broken.error
    again = complete_backtest(organisation_id=practice.id, number=number, now=NOW)
    assert again.state == "done"


def test_another_practice_sees_nothing_of_it(practice):
    found = run(practice, question())
    assert find(organisation_id=practice.id + 1, number=found.number) is None


def test_an_empty_practice_has_an_empty_result(practice):
    from gaps.conftest import Practice

    empty = Practice(slug="empty")
    found = run(empty, question())
    (setting,) = found.result["settings"]
    assert (setting["listings"], setting["gain"]["extra_visits"]) == (0, 0.0)
    assert all(line["share"] is None for line in setting["comeback"])
