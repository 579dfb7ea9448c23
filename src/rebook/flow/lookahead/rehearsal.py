"""Invented plans to look ahead at, for benches and tests: the same seed invents the same plan."""

from random import Random

from rebook.core.capacity_policy import CapacityPolicy
from rebook.core.lookahead.values import (
    CHANNELS,
    LONG_AGO,
    MILLION,
    NEVER,
    Cases,
    ChannelShares,
    Limits,
    PlannedCampaign,
    Scenario,
)

KINDS = ("annual_visit", "hygiene", "follow_up")


def invented_scenario(
    *, cases: int, days: int = 30, seed: int = 7, sites: int = 3, campaigns: int = 3, room: int = 12
) -> Scenario:
    """``cases`` patients, a third of them in a case already; ``room``: most free times of a kind each day."""
    random = Random(seed)
    ahead = days + 60
    shares = tuple(
        ChannelShares(
            refused=random.randint(0, 90_000), replies=random.randint(0, 200_000),
            books=random.randint(0, 150_000), stops=random.randint(0, 80_000),
        )
        for _ in CHANNELS
    )  # fmt: skip
    return Scenario(
        days=days,
        sites=tuple(range(sites)),
        kinds=KINDS,
        campaigns=tuple(_campaign(random, number, cases, days, sites) for number in range(campaigns)),
        cases=_cases(random, cases, sites, campaigns),
        shares=shares,
        next_open=[[_openings(random, ahead) for _ in CHANNELS] for _ in range(sites)],
        free=[
            [
                None if random.random() < 0.1 else [random.randint(0, room) for _ in range(ahead)]
                for _ in KINDS
            ]
            for _ in range(sites)
        ],
        booking_rate=[random.choice((0.05, 0.12, 0.3)) for _ in KINDS],
        lag=random.choice(((MILLION,), (500_000, 300_000, 200_000))),
        limits=Limits(per_case=random.randint(2, 6)),
        policy=CapacityPolicy(window_days=random.randint(3, 14)),
        minutes=random.choice((None, 50 + cases)),
        general="annual_visit",
        households=[_past(random) for _ in range(_households(cases))],
    )


def _campaign(random: Random, number: int, cases: int, days: int, sites: int) -> PlannedCampaign:
    steps = random.randint(1, 4)
    channels = [random.randrange(len(CHANNELS)) for _ in range(steps)]

    def way(step: int, reach: int, preferred: int) -> int:
        wanted = [preferred, channels[step], *range(len(CHANNELS))]
        return next((one for one in wanted if one >= 0 and reach >> one & 1), -1)

    def due(day: int, least: int) -> int:
        return day + random.randint(least, 7)

    return PlannedCampaign(
        id=number + 1,
        name=f"Plan {number + 1}",
        daily_limit=random.randint(1, max(2, cases // 60)),
        holdout_percent=random.choice((0, 10, 25)),
        minutes_each=random.choice((0.0, 3.5)),
        channel=[
            [[way(step, reach, one) for one in range(-1, len(CHANNELS))] for reach in range(32)]
            for step in range(steps)
        ],
        first_due=[[due(day, 0) for day in range(days)] for _ in range(sites)],
        next_due=[[[due(day, 1) for day in range(days)] for _ in range(sites)] for _ in range(steps)],
        takes_in=[random.random() < 0.8 for _ in range(days)],
        taken=[[random.choice((MILLION, 400_000)) for _ in range(6)] for _ in range(steps)],
    )


def _openings(random: Random, ahead: int) -> list[int]:
    """Closed on some days of the week, and on a few others."""
    closed = {weekday for weekday in range(7) if random.random() < 0.2}
    is_open = [day % 7 not in closed and random.random() > 0.03 for day in range(ahead)]
    opens, coming = [], NEVER
    for day in reversed(range(ahead)):
        coming = day if is_open[day] else coming
        opens.append(coming)
    return opens[::-1]


def _cases(random: Random, count: int, sites: int, campaigns: int) -> Cases:
    waits = [random.random() < 0.67 for _ in range(count)]
    ago = [random.choice((LONG_AGO, -random.randint(1, 9))) for _ in range(count)]
    return Cases(
        campaign=[random.randrange(campaigns) for _ in range(count)],
        site=[random.randrange(sites) for _ in range(count)],
        kind=[random.randrange(len(KINDS)) for _ in range(count)],
        risk_class=[random.choices(range(6), (5, 40, 40, 10, 4, 1))[0] for _ in range(count)],
        step=[0] * count,
        due=[random.randint(-2, 12) for _ in range(count)],
        reach=[random.randrange(32) for _ in range(count)],
        preferred=[random.choice((-1, -1, 0, 1, 2)) for _ in range(count)],
        is_waiting=waits,
        sent_1=[LONG_AGO if one else last for one, last in zip(waits, ago, strict=True)],
        sent_2=[LONG_AGO] * count,
        sent_3=[LONG_AGO] * count,
        tries=[0 if one else int(last != LONG_AGO) for one, last in zip(waits, ago, strict=True)],
        calls=[0] * count,
        from_day=[random.choice((0, 0, 0, random.randint(1, 20))) if one else 0 for one in waits],
        household=[
            random.randrange(_households(count)) if random.random() < 0.3 else -1 for _ in range(count)
        ],
    )


def _households(cases: int) -> int:
    """About as many members as people share a number or address."""
    return max(1, cases // 8)


def _past(random: Random) -> list[int]:
    """The days of a household's last three contacts, newest first."""
    last = random.choice((LONG_AGO, LONG_AGO, -random.randint(0, 8)))
    return [last, LONG_AGO if last == LONG_AGO else last - random.randint(0, 3), LONG_AGO]
