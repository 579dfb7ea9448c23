"""When people sleep, said plainly: hours by place, days off, every clock they may live by."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

# Monday to Friday, Saturday, Sunday; None is closed. From rules.md R-A30, R-A31, R-A75; "xa" is made up.
HOURS = {
    "house": ((9, 20), (9, 20), None),
    "us": ((8, 21), (8, 21), (8, 21)),
    "us-ma": ((8, 20), (8, 20), (8, 20)),
    "us-fl": ((8, 20), (8, 20), (8, 20)),
    "us-ri": ((9, 18), (10, 17), (10, 17)),
    "us-az": ((8, 21), (8, 21), (8, 21)),
    "us-ky": ((10, 21), (10, 21), (10, 21)),
    "us-al": ((8, 20), (8, 20), None),
    "us-hi": ((8, 21), (8, 21), (8, 21)),
    "xa": ((10, 17), None, None),
}
PLACES = tuple(sorted(key for key in HOURS if key not in ("house", "us")))
# The n-th weekday (Monday 0) of a month, -1 the last: federal days off, kept all over the states, and those
# of Alabama and Rhode Island, which bar calls on their own.
FEDERAL = ((1, 3, 0), (2, 3, 0), (5, -1, 0), (9, 1, 0), (10, 2, 0), (11, 4, 3))
FIXED = ((1, 1), (6, 19), (7, 4), (11, 11), (12, 25))
ALABAMA = ((4, 4, 0), (6, 1, 0))
RHODE_ISLAND = ((8, 2, 0),)
MARGIN = 10


def is_quiet(places: tuple[str, ...], zones: tuple[str, ...], now: datetime) -> bool:
    laws = {"house", *places, *(place.partition("-")[0] for place in places)}
    for zone in zones:
        wall = now.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
        for law in laws:
            hours = HOURS[law][max(0, wall.weekday() - 4)]
            if hours is None or is_day_off(law, wall.date()):
                return True
            day = datetime.combine(wall.date(), time(0))
            opens, closes = day + timedelta(hours=hours[0]), day + timedelta(hours=hours[1], minutes=-MARGIN)
            if not opens <= wall < closes:
                return True
    return False


def is_day_off(law: str, day: date) -> bool:
    if law == "us-al" and any(_falls_on(day, *one) for one in ALABAMA):
        return True
    if law == "us-ri" and any(_falls_on(day, *one) for one in RHODE_ISLAND):
        return True
    if law not in ("us", "us-al", "us-ri"):
        return False
    # A fixed day on a Saturday is kept on Friday as well, on a Sunday on Monday.
    near = [day, *([day + timedelta(days=1)] if day.weekday() == 4 else [])]
    near += [day - timedelta(days=1)] if day.weekday() == 0 else []
    return any(_falls_on(day, *one) for one in FEDERAL) or any((d.month, d.day) in FIXED for d in near)


def _falls_on(day: date, month: int, nth: int, weekday: int) -> bool:
    if day.month != month or day.weekday() != weekday:
        return False
    if nth == -1:
        return (day + timedelta(days=7)).month != month
    return (day.day - 1) // 7 + 1 == nth
