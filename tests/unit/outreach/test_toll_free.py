"""Whether a letter names a number that costs nothing to call (R-A106)."""

import pytest

from rebook.flow.outreach.circumstances import names_toll_free


@pytest.mark.parametrize(
    ("text", "does"),
    [
        ("Call 1-800-555-0199 to be taken off our list.", True),
        ("Call (888) 555 0199.", True),
        ("+1 833.555.0199", True),
        ("Call (212) 555-0199.", False),
        ("Account 88005550199123", False),
        ("800 visits", False),
        ("", False),
    ],
)
def test_toll_free_numbers_are_known(text, does):
    assert names_toll_free(text) is does
