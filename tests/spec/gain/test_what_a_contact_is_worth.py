"""Expected gain: small tables of holdouts in, what is believed out."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebook.core.expected_gain import (
    PRIOR_GAIN,
    PRIOR_NATURAL,
    PRIOR_WEIGHT,
    SOURCES,
    Arms,
    Gains,
    Stratum,
    gains_from_json,
    learn,
)
from rebook.core.gaps.tiers import TIERS

HERE, THERE = Stratum("dormant", 1), Stratum("slipping", 2)


def believed(arms, natural=None, strata=()):
    return learn(arms=arms, natural=natural or {}, basis="recency", strata=strata)


# (why, contacted, came with, left alone, came without, source of the whole, points of the stratum)
HOLDOUTS = [
    ("nothing seen: the stated prior", 0, 0, 0, 0, "prior", 5),
    ("59 held back are too few", 600, 240, 59, 6, "prior", 5),
    ("60 are enough", 600, 240, 60, 6, "own", 28),
    ("five returns must be expected among them", 600, 40, 60, 0, "prior", 5),
    ("nobody contacted: nothing to compare", 0, 0, 500, 50, "prior", 5),
    ("contact makes no difference", 4000, 400, 1000, 100, "own", 0),
    ("contact keeps people away", 4000, 200, 1000, 150, "own", -10),
    ("a small difference, well measured", 20_000, 2400, 20_000, 2000, "own", 2),
]


@pytest.mark.parametrize(
    ("why", "contacted", "came", "alone", "came_alone", "source", "points"),
    HOLDOUTS,
    ids=[h[0] for h in HOLDOUTS],
)
def test_holdouts(why, contacted, came, alone, came_alone, source, points):
    gains = believed({HERE: Arms(contacted, came, alone, came_alone)})
    assert (gains.overall.source, gains.of(HERE).points) == (source, points)


def test_until_then_everybody_has_the_same_so_it_moves_nobody():
    strata = [Stratum(tier, grade) for tier in TIERS for grade in range(5)]
    natural = {one: 0.02 * place for place, one in enumerate(strata)}
    gains = believed({HERE: Arms(20, 9, 5, 1)}, natural, strata)
    assert {gains.of(one).points for one in strata} == {5}
    assert len({gains.of(one).words for one in strata}) == 1
    # Only who comes anyway is their own.
    assert gains.of(strata[9]).without == pytest.approx(0.18)


def test_a_stratum_with_few_leans_on_the_whole_practice():
    arms = {HERE: Arms(900, 360, 100, 10), THERE: Arms(10, 0, 4, 1)}
    gains = believed(arms)
    assert (gains.of(HERE).source, gains.of(THERE).source) == ("own", "pooled")
    assert 5 < gains.of(THERE).points < gains.overall.points
    unseen = gains.of(Stratum("lost", 0))
    assert unseen == gains.overall
    assert believed(arms, strata=[Stratum("lost", 0)]).of(Stratum("lost", 0)).source == "pooled"


def test_a_stratum_does_not_count_twice():
    alone = believed({HERE: Arms(600, 240, 80, 8)})
    assert alone.of(HERE).mean == pytest.approx(alone.overall.mean)
    assert alone.of(HERE).low == pytest.approx(alone.overall.low)


def test_words_name_the_interval_the_source_and_what_it_was_read_from():
    arms = {HERE: Arms(900, 360, 100, 10)}
    told = believed(arms).of(HERE)
    interval = f"(95 % {round(told.low * 100)} to {round(told.high * 100)})"
    assert told.words == (
        f"contact adds about {told.points} returns in a hundred {interval}; learned here from 900 contacted "
        "and 100 held back like this; who comes unprompted is read from recency"
    )
    assert "a stated prior, this practice's holdouts cannot tell yet" in believed({}).overall.words


@pytest.mark.parametrize("counts", [(1, 2, 0, 0), (0, 0, 1, 2), (-1, -1, 0, 0), (1, -1, 0, 0)])
def test_more_cannot_come_back_than_there_are(counts):
    with pytest.raises(ValueError, match="no more can come back"):
        Arms(*counts)


ARMS = st.tuples(st.integers(0, 3000), st.integers(0, 3000), st.floats(0, 1), st.floats(0, 1)).map(
    lambda one: Arms(one[0], int(one[0] * one[2]), one[1], int(one[1] * one[3]))
)
STRATA = st.builds(Stratum, st.sampled_from(TIERS), st.integers(0, 4))
SEEN = st.dictionaries(STRATA, ARMS, max_size=8)
NATURAL = st.dictionaries(STRATA, st.floats(0, 1), max_size=8)


@given(arms=SEEN, natural=NATURAL, asked=STRATA)
def test_a_gain_is_a_difference_of_two_chances(arms, natural, asked):
    gains = believed(arms, natural)
    for one in (*gains.by_stratum.values(), gains.overall, gains.of(asked)):
        assert -1 <= one.low <= one.mean <= one.high <= 1
        assert 0 <= one.without <= 1
        assert -100 <= one.points <= 100
        assert one.source in SOURCES


@given(arms=SEEN, natural=NATURAL)
def test_the_same_holdouts_teach_the_same_and_survive_json(arms, natural):
    gains = believed(arms, natural)
    assert gains == believed(dict(reversed(arms.items())), natural)
    again = gains_from_json(json.loads(json.dumps(gains.as_json())))
    assert isinstance(again, Gains)
    assert again.as_json() == gains.as_json()


@given(natural=NATURAL, asked=st.lists(STRATA, max_size=5))
def test_without_data_there_is_the_prior(natural, asked):
    gains = believed({}, natural, asked)
    assert all(one.mean == PRIOR_GAIN for one in gains.by_stratum.values())
    assert gains.overall.without == PRIOR_NATURAL


@given(alone=st.integers(60, 2000), contacted=st.integers(200, 5000))
def test_the_more_is_seen_the_less_the_prior_says(alone, contacted):
    seen = Arms(contacted, contacted // 2, alone, alone // 4)
    more = Arms(contacted * 10, contacted // 2 * 10, alone * 10, alone // 4 * 10)
    truth = seen.came_with / seen.contacted - seen.came_without / seen.left_alone
    one, other = believed({HERE: seen}).overall, believed({HERE: more}).overall
    left = sum(PRIOR_WEIGHT / (PRIOR_WEIGHT + 10 * count) for count in (alone, contacted))
    assert abs(other.mean - truth) <= left
    assert other.high - other.low < one.high - one.low


@given(arms=ARMS.filter(lambda one: one.are_enough), more=st.integers(1, 50))
def test_another_who_came_with_contact_never_lowers_it(arms, more):
    raised = Arms(arms.contacted + more, arms.came_with + more, arms.left_alone, arms.came_without)
    if raised.are_enough:
        assert believed({HERE: raised}).overall.mean >= believed({HERE: arms}).overall.mean - 1e-12


def test_the_prior_weighs_as_much_as_it_says():
    gains = believed({HERE: Arms(1000, 200, 100, 10)})
    without = (PRIOR_NATURAL * PRIOR_WEIGHT + 10) / (PRIOR_WEIGHT + 100)
    with_it = ((PRIOR_NATURAL + PRIOR_GAIN) * PRIOR_WEIGHT + 200) / (PRIOR_WEIGHT + 1000)
    assert gains.overall.mean == pytest.approx(with_it - without)
    assert gains.overall.without == pytest.approx(without)
