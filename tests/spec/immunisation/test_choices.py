"""What the medical director chooses, and what is refused (R-C30)."""

import pytest

from rebook.core.immunisation.choices import ChoiceInvalid, Choices, read_choices
from rebook.core.immunisation.review import Authority


def test_nothing_is_chosen_until_somebody_does():
    assert read_choices({}) == Choices()
    assert read_choices({}).settings.chosen == {}


def test_what_is_stored_is_read_again():
    chosen = Choices({"MMR": Authority.AAP, "HepB": Authority.CDC}, Authority.STATE, "iis", 14)
    assert read_choices(chosen.stored()) == chosen
    assert chosen.stored()["authorities"] == {"HepB": "CDC", "MMR": "AAP"}
    assert (chosen.settings.loaded, chosen.settings.grace_days) == ("state", 14)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"authority": {}}, "no setting 'authority'"),
        ({"authorities": {"MMR": "WHO"}}, "one of AAP, CDC, state"),
        ({"authorities": {"MMR": None}}, "one of AAP, CDC, state"),
        ({"authorities": ["MMR"]}, "for each vaccine group"),
        ({"loaded": ""}, "one of AAP, CDC, state"),
        ({"grace_days": -1}, "whole number from 0 to 365"),
        ({"grace_days": 366}, "whole number from 0 to 365"),
        ({"grace_days": True}, "whole number"),
        ({"grace_days": ""}, "whole number"),
    ],
)
def test_other_values_are_refused(values, words):
    with pytest.raises(ChoiceInvalid, match=words):
        read_choices(values)
