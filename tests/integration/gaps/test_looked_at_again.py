"""What staff look at ends when it is settled, and comes again as long as it is not (R-C120, R-C127)."""

from datetime import UTC, date, datetime, timedelta

import pytest

from rebook.core.gaps.operational_pending import item_of
from rebook.flow import practice as practices
from rebook.flow import response, undo
from rebook.flow.gaps import find_gaps
from rebook.flow.pending import tell_staff
from rebook.flow.response import UnableToRecord
from rebook.flow.snapshot import take_snapshot
from rebook.records.models import Gap, PendingItem, Task

pytestmark = pytest.mark.django_db
NOW = datetime(2025, 11, 21, 15, tzinfo=UTC)
REPORT = "pending 2025-11-01 report_missing"
RESULT = "pending 2025-11-20 result_awaiting_follow_up priority=urgent"


def pass_of(practice, days):
    """The day's pass, so many days after the first; the open tasks after it."""
    now = NOW + timedelta(days=days)
    take_snapshot(organisation_id=practice.id, as_of=now.date(), now=now)
    find_gaps(organisation_id=practice.id, as_of=now.date(), now=now)
    tell_staff(organisation_id=practice.id, now=now)
    return Task.objects.filter(state="open")


@pytest.fixture
def record(practice):
    def run(task, disposition, *, role="coordinator", days=0, **more):
        if role not in known:
            known[role] = practices.add_member(
                organisation_id=practice.id, email=f"{role}@elm.example", name=role.title(), role=role,
                password="a long one, 2 words", now=NOW, actor="cli",
            )  # fmt: skip
        return response.record_disposition(
            organisation_id=practice.id, task_id=task.pk, disposition=disposition,
            now=NOW + timedelta(days=days, hours=1), actor=f"user:{known[role]}", **more,
        )  # fmt: skip

    known = {}
    return run


class TestSettled:
    def test_it_is_over_for_good(self, practice, record):
        practice.put(REPORT)
        record(pass_of(practice, 0).get(), "settled")
        assert not pass_of(practice, 1)
        assert not pass_of(practice, 60)
        assert Gap.objects.get().closed_on == date(2025, 11, 22)
        assert PendingItem.objects.get().closed_on == date(2025, 11, 21)

    def test_a_slip_of_the_mouse_is_taken_back_whole(self, practice, record):
        practice.put(REPORT)
        task = pass_of(practice, 0).get()
        point = undo.undo_point(organisation_id=practice.id, task_id=task.pk)
        record(task, "settled")
        at = NOW + timedelta(hours=1)
        actor = Task.objects.get().done_by
        assert undo.take_back(
            organisation_id=practice.id, standing=point, recorded_at=at, now=at, actor=actor
        )
        assert (PendingItem.objects.get().state, PendingItem.objects.get().closed_on) == ("open", None)
        assert pass_of(practice, 1).get().pk == task.pk

    def test_a_result_is_settled_by_a_clinician_only(self, practice, record):
        practice.put(RESULT)
        task = pass_of(practice, 0).get()
        with pytest.raises(UnableToRecord, match="clinician"):
            record(task, "settled")
        assert (Task.objects.get().state, PendingItem.objects.get().state) == ("open", "open")
        record(task, "settled", role="clinician")
        assert PendingItem.objects.get().state == "done"

    def test_a_visit_that_is_overdue_is_not_settled_by_a_word(self, practice, record):
        practice.put("visit 2024-01-05 hygiene")
        pass_of(practice, 0)
        gap = Gap.objects.get(kind="interval", visit_type="hygiene")
        Gap.objects.update(outreach="staff")
        tell_staff(organisation_id=practice.id, now=NOW)
        with pytest.raises(UnableToRecord, match="begun and not finished"):
            record(Task.objects.get(gap=gap), "settled", role="clinician")


class TestNotSettled:
    @pytest.mark.parametrize(
        ("chart", "role", "days"), [(REPORT, "coordinator", 14), (RESULT, "clinician", 2)]
    )
    def test_it_comes_again_sooner_the_graver_it_is(self, practice, record, chart, role, days):
        practice.put(chart)
        task = pass_of(practice, 0).get()
        record(task, "no_answer", role=role)
        assert not pass_of(practice, days)
        again = pass_of(practice, days + 1).get()
        assert (again.pk != task.pk, again.gap_id, again.owner_role) == (True, task.gap_id, role)

    def test_on_the_day_that_was_chosen(self, practice, record):
        practice.put(REPORT)
        record(pass_of(practice, 0).get(), "look_again", call_back_at=NOW + timedelta(days=30))
        assert not pass_of(practice, 29)
        assert pass_of(practice, 31).count() == 1

    def test_looking_again_wants_a_day(self, practice, record):
        practice.put(REPORT)
        with pytest.raises(UnableToRecord, match="wants the time"):
            record(pass_of(practice, 0).get(), "look_again")

    def test_never_twice_at_once(self, practice, record):
        practice.put(REPORT)
        record(pass_of(practice, 0).get(), "look_again", call_back_at=NOW + timedelta(days=3))
        assert pass_of(practice, 4).count() == 1
        assert pass_of(practice, 5).count() == 1


@pytest.mark.parametrize(
    ("key", "item"),
    [
        ("report_missing:7", 7),
        # A visit that was missed, by the number of the appointment: no item.
        ("no_show_not_rebooked:7", None),
        ("refill_lapsed:statin", None),
        ("primary_care.annual", None),
        ("report_missing:", None),
        ("report_missing:٧", None),
    ],
)
def test_the_item_behind_a_reason(key, item):
    assert item_of(key) == item
