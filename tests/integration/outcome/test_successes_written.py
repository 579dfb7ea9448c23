"""Successes as the close stage writes them: by the frozen definition, for both arms, and never rewritten."""

import importlib
import random
from datetime import date, timedelta

import pytest
from django.db import connection

from rebook.core.outcome import CaseAppointment, CaseVisit
from rebook.core.outcome.judging import SuccessFacts
from rebook.core.outcome.success import read_success, success_json
from rebook.core.outreach.campaign_plan import read_plan
from rebook.flow.measure import build_report
from rebook.flow.outcome import close_cases
from rebook.packs.gaps import gap_definitions
from rebook.records.models import Appointment, Campaign, Case, CaseSuccess, Gap, Visit
from support.practice import NOW, make_practice
from support.success_plainly import plainly

pytestmark = pytest.mark.django_db(transaction=True)

KINDS = ("interval", "no_show_not_rebooked", "inactive", "report_missing")
STATUSES = ("booked", "fulfilled", "fulfilled", "cancelled", "noshow")
WHYS = ("satisfied_by_visit", "done_at_source", "appointment_booked", "no_longer_due")
FIRST = {
    "no_show_not_rebooked": "rebooked_and_kept",
    "cancelled_not_rebooked": "rebooked_and_kept",
    "inactive": "visit_and_follow_up",
    "later_than_usual": "visit_and_follow_up",
}
NARROW = {
    "interval": {"what": "visit_and_follow_up", "within_days": 60},
    "no_show_not_rebooked": {"what": "rebooked_and_kept", "within_days": 30},
}


@pytest.fixture
def practice():
    made = make_practice()
    made.organisation.pack_keys = ["dental"]
    made.organisation.save()
    return made


def close(practice, *, now):
    return close_cases(organisation_id=practice.organisation.pk, as_of=now.date(), now=now)


def campaign(practice, name, success=None, **values):
    plan = {} if success is None else {"success": success}
    return Campaign.objects.create(
        organisation=practice.organisation, name=name, sequence_key="standard", plan=plan, **values
    )


def case(practice, number, *, of, kind="interval", **values):
    made = practice.case(practice.patient(number), **values)
    Case.objects.filter(pk=made.pk).update(campaign=of)
    Gap.objects.filter(pk=made.gap_id).update(kind=kind)
    made.refresh_from_db()
    return made


def came(practice, one, days, kind="hygiene"):
    Visit.objects.create(
        organisation=practice.organisation, source=practice.source, fact_hash=bytes(16),
        external_id=f"v{Visit.objects.count()}", patient_id=one.patient_id, visit_type=kind,
        started_at=one.opened_at + timedelta(days=days),
    )  # fmt: skip


def booked(practice, one, days, *, made=1, status="fulfilled", kind="hygiene"):
    found = practice.outside_appointment(one.patient, one.opened_at + timedelta(days=days), status=status)
    found.booked_at, found.visit_type = one.opened_at + timedelta(days=made), kind
    found.save()
    return found


def end_gap(one, on_day, why):
    closed_on = (one.opened_at + timedelta(days=on_day)).date()
    Gap.objects.filter(pk=one.gap_id).update(closed_on=closed_on, close_reason=why)


def rows(one):
    return list(one.successes.order_by("pk").values_list("definition", "met_at"))


def test_both_arms_are_followed_to_the_end_of_the_window_though_their_case_ended(practice):
    """Contacted, a case ends in silence after a month; who comes later counts as one left out does."""
    of = campaign(practice, "Cleaning", holdout_percent=10)
    written = case(practice, 1, of=of, first_attempt_at=NOW, last_attempt_at=NOW, reached_at=NOW)
    Case.objects.filter(pk=written.pk).update(next_step_at=None)
    left_out = case(practice, 2, of=of, arm="holdout", first_attempt_at=None)
    close(practice, now=NOW + timedelta(days=40))
    written.refresh_from_db()
    assert written.outcome == "no_response"
    for one in (written, left_out):
        came(practice, one, 60)
    close(practice, now=NOW + timedelta(days=61))
    assert rows(written) == rows(left_out) == [("visit:120:2", NOW + timedelta(days=60))]
    report = build_report(organisation_id=practice.organisation.pk, as_of=date(2026, 6, 1))
    (line,) = report.won
    assert (line.contact_won, line.contact_cases, line.holdout_won, line.holdout_cases) == (1, 1, 1, 1)
    assert line.says == "a kept visit of the kind due within 120 days of being taken in"
    assert [(one.key, one.cases) for one in report.definitions] == [("visit:120:2", 2)]


def test_a_second_run_writes_nothing_and_a_correction_is_appended(practice):
    one = case(practice, 1, of=campaign(practice, "Cleaning"), first_attempt_at=NOW)
    visit = booked(practice, one, 9)
    now = NOW + timedelta(days=10)
    assert close(practice, now=now).judged == 1
    assert close(practice, now=now).judged == 0
    Appointment.objects.filter(pk=visit.pk).update(status="noshow")
    assert close(practice, now=now + timedelta(days=1)).judged == 1
    assert rows(one) == [("visit:120:2", NOW + timedelta(days=9)), ("visit:120:2", None)]
    assert CaseSuccess.objects.earliest("pk").appointment_id == visit.pk
    report = build_report(organisation_id=practice.organisation.pk, as_of=date(2026, 4, 1))
    assert report.won[0].contact_won == 0


def test_what_a_running_campaign_counted_by_stays(practice):
    """Its plan says plain words, as plans did before: by them it is counted, and named as such."""
    of = campaign(practice, "Old", {"inactive": "visit_and_follow_up"})
    kept = case(practice, 1, of=of, visit_kept_at=NOW + timedelta(days=200))
    missed = case(practice, 2, of=of, kind="inactive", visit_kept_at=NOW + timedelta(days=9))
    now = NOW + timedelta(days=300)
    close(practice, now=now)
    assert rows(kept) == [("visit:-:1", NOW + timedelta(days=200))]
    assert rows(missed) == [("visit_and_follow_up:-:1", None)]
    assert close(practice, now=now).judged == 0, "it is not asked about every day"
    report = build_report(organisation_id=practice.organisation.pk, as_of=now.date())
    assert {one.key for one in report.definitions} == {"visit:-:1", "visit_and_follow_up:-:1"}
    assert all("until version 2" in one.says for one in report.definitions)


def test_the_upgrade_writes_out_what_launched_campaigns_left_unsaid(practice):
    """A later default never changes an old campaign; drafts and those that said something stay."""
    plain = {"reentry": {"limit": 2}}
    silent = campaign(practice, "Silent", state="active", launched_at=NOW)
    Campaign.objects.filter(pk=silent.pk).update(plan=plain)
    said = campaign(practice, "Said", {"inactive": "visit"}, state="paused", launched_at=NOW)
    draft = campaign(practice, "Draft")
    written_out = importlib.import_module("rebook.records.migrations.0022_campaign_success").WRITTEN_OUT
    for _ in range(2):
        with connection.cursor() as cursor:
            cursor.execute(written_out)
    plans = dict(Campaign.objects.values_list("pk", "plan"))
    assert plans[silent.pk] == {**plain, "success": FIRST}
    assert read_plan(plans[silent.pk]).success_of("inactive").key == "visit_and_follow_up:-:1"
    assert read_plan(plans[silent.pk]).success_of("interval").key == "visit:-:1"
    assert plans[said.pk] == {"success": {"inactive": "visit"}}
    assert plans[draft.pk] == {}


def test_a_past_day_counts_what_had_happened_by_then(practice):
    one = case(practice, 1, of=campaign(practice, "Cleaning"), first_attempt_at=NOW)
    came(practice, one, 9)
    close(practice, now=NOW + timedelta(days=30))
    won = [
        build_report(organisation_id=practice.organisation.pk, as_of=NOW.date() + timedelta(days=days)).won
        for days in (8, 9, 200)
    ]
    assert [(line.contact_won, line.is_maturing) for (line,) in won] == [(0, True), (1, False), (1, False)]


def test_another_practice_is_not_judged(practice):
    other = make_practice("oak-street")
    one = case(other, 1, of=campaign(other, "Cleaning"))
    came(other, one, 9)
    assert close(practice, now=NOW + timedelta(days=30)).judged == 0
    assert rows(one) == []


def history_of(one, rule, satisfying):
    """The case's facts, read plainly."""
    gap = Gap.objects.get(pk=one.gap_id)
    midnight = None
    if gap.closed_on:
        # Chicago is five hours behind from 8 March 2026 on.
        midnight = NOW.replace(hour=5) + (gap.closed_on - NOW.date())
    return SuccessFacts(
        one.pk, rule, one.opened_at, satisfying, midnight, gap.close_reason,
        tuple(CaseAppointment(a.pk, a.visit_type, a.status, a.booked_at, a.starts_at)
              for a in Appointment.objects.filter(patient=one.patient_id)),
        tuple(CaseVisit(v.visit_type, v.started_at) for v in Visit.objects.filter(patient=one.patient_id)),
    )  # fmt: skip


@pytest.mark.parametrize("seed", [1, 2])
def test_a_generated_practice_counts_as_the_plain_statement_does(practice, seed):
    """Every case of a practice of chance, both arms, two campaigns: ledger and report against the slow."""
    dice = random.Random(seed)
    plans = {
        campaign(practice, "Usual", holdout_percent=50): read_plan({}),
        campaign(practice, "Narrow", success_json(read_success(NARROW)), holdout_percent=50): read_plan(
            {"success": NARROW}
        ),
    }
    cases = []
    for number in range(80):
        of = dice.choice(list(plans))
        arm = dice.choice(["contact", "holdout"])
        first = None if arm == "holdout" else NOW
        one = case(practice, number, of=of, kind=dice.choice(KINDS), arm=arm, first_attempt_at=first)
        for _ in range(dice.randint(0, 3)):
            made, kind = dice.randint(-2, 40), dice.choice(["hygiene", "hygiene", "acute"])
            booked(practice, one, dice.randint(1, 130), made=made, status=dice.choice(STATUSES), kind=kind)
        for _ in range(dice.randint(0, 2)):
            came(practice, one, dice.randint(1, 130), dice.choice(["hygiene", "hygiene", "", "acute"]))
        if dice.random() < 0.6:
            end_gap(one, dice.randint(1, 130), dice.choice(WHYS))
        cases.append((one, plans[of], of))
    for days in (20, 65, 125, 140):
        close(practice, now=NOW + timedelta(days=days))
    (satisfying,) = (one.booked_types for one in gap_definitions(("dental",)) if one.key == "dental.hygiene")
    counted = {}
    for one, plan, _ in cases:
        kind = Gap.objects.get(pk=one.gap_id).kind
        rule = plan.success_of(kind)
        wanted = plainly(history_of(one, rule, satisfying), now=NOW + timedelta(days=140))
        written = rows(one)
        assert (written[-1][1] if written else None) == wanted, (one.pk, kind, rule, written)
        assert all(key == rule.key for key, _ in written)
        line = counted.setdefault((kind, rule.key), {"contact": [0, 0], "holdout": [0, 0]})[one.arm]
        line[0] += wanted is not None
        line[1] += 1
    report = build_report(organisation_id=practice.organisation.pk, as_of=date(2026, 9, 1))
    told = {
        (one.gap_kind, one.rule.key): {
            "contact": [one.contact_won, one.contact_cases],
            "holdout": [one.holdout_won, one.holdout_cases],
        }
        for one in report.won
    }
    assert told == counted
    assert sum(one.cases for one in report.definitions) == len(cases)
    assert report.lift.contact_won == sum(one["contact"][0] for one in counted.values())
    assert report.lift.holdout_won == sum(one["holdout"][0] for one in counted.values())
    assert 5 < sum(line[0] for one in counted.values() for line in one.values()) < 70, (
        "chance made both kinds"
    )
