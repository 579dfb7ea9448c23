"""Ways back to a booking: where people leave, and how channels do within segments (Q-548, Q-559)."""

from hypothesis import given
from hypothesis import strategies as st

from rebook.core.measure.ways import FEWEST, ChannelCell, segment_order, way


def cell(segment="interval", channel="sms", attempted=100, succeeded=10):
    return ChannelCell(segment, channel, attempted, 80, 30, 20, succeeded)


def test_each_step_says_how_many_left_before_it():
    found = way(
        "page", "sms", [("sent", 200), ("opened", 90), ("chose", 50), ("checked", 48), ("booked", 40)]
    )
    assert [(one.key, one.count, one.left) for one in found.stages] == [
        ("sent", 200, 0), ("opened", 90, 110), ("chose", 50, 40), ("checked", 48, 2), ("booked", 40, 8),
    ]  # fmt: skip
    assert found.loses_most_at == "opened"


def test_a_way_on_which_nobody_leaves_loses_nowhere():
    assert way("call", "phone", [("called", 3), ("talked", 3), ("booked", 3)]).loses_most_at == ""
    assert way("call", "phone", []).loses_most_at == ""


def test_a_share_of_few_is_not_shown():
    assert cell(attempted=FEWEST - 1).share is None
    assert cell(attempted=FEWEST, succeeded=5).share == 5 / FEWEST


def test_segments_with_most_come_first_each_with_its_channels_together():
    cells = [cell("a", "sms", 10), cell("b", "phone", 20), cell("a", "letter", 50), cell("b", "sms", 30)]
    assert [(one.segment, one.channel) for one in segment_order(cells)] == [
        ("a", "letter"), ("a", "sms"), ("b", "sms"), ("b", "phone"),
    ]  # fmt: skip


@given(st.lists(st.integers(0, 1000), min_size=1, max_size=6))
def test_who_left_and_who_is_there_add_up(counts):
    falling = sorted(counts, reverse=True)
    stages = way("page", "sms", [(str(place), count) for place, count in enumerate(falling)]).stages
    assert stages[0].count == stages[-1].count + sum(one.left for one in stages)
