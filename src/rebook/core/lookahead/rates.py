"""What one contact brings: the practice's own shares where it has enough, stated beliefs where not.

Every share carries where it comes from and how far it may be off; a page that shows a forecast shows both
(R-F72: own figures go before anybody else's).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist
from typing import Literal, NamedTuple

from rebook.core.lookahead.values import CHANNELS, MILLION, ChannelShares
from rebook.core.outreach.sequence_when import ALWAYS, SoFar, When, unmet
from rebook.core.response.dispositions import BARRIERS

# Enough contacts by a channel to go by the practice's own share, and enough of what is counted.
ENOUGH_CONTACTS, ENOUGH_EVENTS = 60, 5
# So many contacts tell even of what hardly ever happens.
MANY_CONTACTS = 500
Z_90 = NormalDist().inv_cdf(0.95)
# Between two days, and between this month and the next, rates move by more than chance.
DRIFT = 0.15
CONTACTS = {
    "sms": "texts",
    "email": "e-mails",
    "phone": "calls",
    "letter": "letters",
    "portal": "portal messages",
}
WHAT = ("refused", "replies", "books", "stops")

Origin = Literal["measured", "belief"]


class Counted(NamedTuple):
    """Contacts of one channel whose answer had its time: planned ones, those that went out, what came."""

    planned: int = 0
    refused: int = 0
    sent: int = 0
    replies: int = 0
    books: int = 0
    stops: int = 0


@dataclass(frozen=True, slots=True)
class Chance:
    """A share with the range in which it lies with 90 of 100, and where it comes from."""

    value: float
    low: float
    high: float
    origin: Origin
    says: str

    @property
    def spread(self) -> float:
        """Relative standard deviation: how far everything that rests on it may be off together."""
        return (self.high - self.low) / (2 * Z_90 * self.value) if self.value > 0 else 0.0


def _belief(value: float, low: float, high: float, says: str) -> Chance:
    return Chance(value, low, high, "belief", says)


_GUARD = "stated belief: some contacts are held back for good"
# (value, low, high, why) of each channel; guides are quoted as guides, not as findings.
BELIEFS: Mapping[str, Mapping[str, Chance]] = {
    "sms": {
        "refused": _belief(0.05, 0.0, 0.2, _GUARD),
        "replies": _belief(0.15, 0.05, 0.25, "guide: 15 to 25 % answer a text (R-F68)"),
        "books": _belief(
            0.08,
            0.03,
            0.22,
            "8 to 30 % in guides (R-F67), 17 to 47 % in trials (R-F60 to R-F63), over two or three contacts",
        ),
        "stops": _belief(0.04, 0.01, 0.1, "stated belief: declined, opted out, moved"),
    },
    "email": {
        "refused": _belief(0.05, 0.0, 0.2, _GUARD),
        "replies": _belief(0.03, 0.005, 0.1, "guide: 20 to 30 % open an e-mail, few answer (R-F68)"),
        "books": _belief(0.03, 0.005, 0.1, "stated belief, below that of a text"),
        "stops": _belief(0.02, 0.005, 0.06, "stated belief: declined, opted out, moved"),
    },
    "phone": {
        "refused": _belief(0.03, 0.0, 0.15, _GUARD),
        "replies": _belief(0.0, 0.0, 0.0, "a call is its own answer"),
        "books": _belief(
            0.12,
            0.05,
            0.28,
            "25 to 40 % reached, 30 to 50 % of them book (R-F68); 20 to 28 % in a trial (R-F63)",
        ),
        "stops": _belief(0.1, 0.03, 0.2, "stated belief: declined, moved, wrong number"),
    },
    "letter": {
        "refused": _belief(0.01, 0.0, 0.1, _GUARD),
        "replies": _belief(0.01, 0.0, 0.05, "stated belief"),
        "books": _belief(0.05, 0.01, 0.2, "mail about 10 % (R-F70), 22 % in a trial (R-F60)"),
        "stops": _belief(0.01, 0.0, 0.05, "stated belief: returned, declined"),
    },
    "portal": {
        "refused": _belief(0.02, 0.0, 0.1, _GUARD),
        "replies": _belief(0.05, 0.01, 0.15, "stated belief"),
        "books": _belief(0.03, 0.01, 0.1, "stated belief"),
        "stops": _belief(0.01, 0.0, 0.05, "stated belief"),
    },
}
# Millionths of the bookings that come on the day of the contact, the next ...; a stated belief.
USUAL_LAG = (600_000, 200_000, 80_000, 50_000, 40_000, 30_000)
ENOUGH_BOOKINGS = 50
# Chances of what a step's condition asks, for looking ahead only: R-F68, and stated beliefs.
_FACTS = {"delivered": 0.9, "read": 0.3, "clicked": 0.1, "replied": 0.15}
_HAS_BARRIER = 0.15


def chances(counted: Mapping[str, Counted]) -> dict[str, dict[str, Chance]]:
    """Each channel's shares: measured where there is enough, else believed."""
    return {
        channel: {what: _chance(channel, what, counted.get(channel, Counted())) for what in WHAT}
        for channel in CHANNELS
    }


def _chance(channel: str, what: str, counted: Counted) -> Chance:
    of = counted.planned if what == "refused" else counted.sent
    events = getattr(counted, what)
    if of < ENOUGH_CONTACTS or (events < ENOUGH_EVENTS and of < MANY_CONTACTS):
        return BELIEFS[channel][what]
    low, high = interval(events, of)
    return Chance(
        events / of, low, high, "measured", f"{events:,} of {of:,} {CONTACTS[channel]} of this practice"
    )


def interval(events: int, of: int) -> tuple[float, float]:
    """Wilson's range for a share, 90 of 100."""
    share, z2 = events / of, Z_90 * Z_90
    middle = (share + z2 / (2 * of)) / (1 + z2 / of)
    half = Z_90 * sqrt(share * (1 - share) / of + z2 / (4 * of * of)) / (1 + z2 / of)
    return max(0.0, middle - half), min(1.0, middle + half)


def shares_of(found: Mapping[str, Mapping[str, Chance]]) -> tuple[ChannelShares, ...]:
    """In millionths, in the order of ``CHANNELS``."""
    shares = []
    for channel in CHANNELS:
        part = {what: round(found[channel][what].value * MILLION) for what in WHAT}
        part["stops"] = min(part["stops"], MILLION - part["books"])
        shares.append(ChannelShares(**part))
    return tuple(shares)


def lag_of(days: Sequence[int]) -> tuple[tuple[int, ...], str]:
    """(millionths of bookings 0, 1, 2 ... days after a contact, where from). ``days``: bookings by that."""
    total = sum(days)
    if total < ENOUGH_BOOKINGS:
        return USUAL_LAG, "stated belief: most who book do so on the day of the contact or the next"
    parts = [count * MILLION // total for count in days]
    parts[0] += MILLION - sum(parts)
    return tuple(parts), f"{total:,} bookings of this practice"


def share_taken(when: When, *, risk_class: int) -> int:
    """Millionths of the cases of a class that are expected to meet a step's condition."""
    if when == ALWAYS:
        return MILLION
    if unmet(When(min_class=when.min_class, max_class=when.max_class), SoFar(risk_class=risk_class)):
        return 0
    share = 1.0
    for name, chance in _FACTS.items():
        want = getattr(when, name)
        share *= 1.0 if not want else chance if want == "yes" else 1 - chance
    each = _HAS_BARRIER / len(BARRIERS)
    share *= each * len(when.barrier) if when.barrier else 1.0
    share *= 1 - each * len(when.not_barrier)
    return round(share * MILLION)
