"""Whether somebody's word ends a task about something begun (R-C120)."""

import pytest

from rebook.core.response.dispositions import may_settle


@pytest.mark.parametrize(
    ("is_begun", "owner_role", "is_clinician", "may"),
    [
        (True, "coordinator", False, True),
        (True, "coordinator", True, True),
        (True, "clinician", True, True),
        (True, "clinician", False, False),
        # A visit that is overdue is settled by the visit.
        (False, "coordinator", True, False),
    ],
)
def test_who_may_say_that_it_is_settled(is_begun, owner_role, is_clinician, may):
    assert may_settle(is_begun=is_begun, owner_role=owner_role, is_clinician=is_clinician) is may
