"""What a campaign's contacts cost, in cents, from a price list (Q-22 ff): vendors' fees and postage."""

from collections.abc import Iterable, Mapping
from decimal import ROUND_UP, Decimal
from typing import NamedTuple

# Cents: a text per segment, everything else per piece. House settings "prices_cents" go before them; a
# call's price is the staff's time, which is counted in minutes elsewhere.
USUAL_PRICES: Mapping[str, Decimal] = {
    "sms": Decimal("1.2"),
    "email": Decimal("0.1"),
    "phone": Decimal(0),
    "letter": Decimal(95),
    "postcard": Decimal(75),
    "portal": Decimal(0),
}


class BadPrice(ValueError):
    """A price in the house settings is no number of cents from 0; the message names the channel."""

    permanent = True


class GoneOut(NamedTuple):
    """So many contacts went out by a channel, in so many segments (texts only)."""

    channel: str
    contacts: int
    segments: int = 0


def prices(settings: Mapping[str, object] | None = None) -> dict[str, Decimal]:
    """Cents per segment of a text, per piece of the rest. Raises ``BadPrice``."""
    found = dict(USUAL_PRICES)
    for channel, value in (settings or {}).items():
        try:
            price = Decimal(str(value))
        except ArithmeticError:
            raise BadPrice(f"the price of {channel} is no number") from None
        if not price.is_finite() or price < 0:
            raise BadPrice(f"the price of {channel} lies below 0")
        found[channel] = price
    return found


def spent_cents(gone_out: Iterable[GoneOut], *, prices: Mapping[str, Decimal]) -> int:
    """Whole cents, rounded up. What has no price costs nothing."""
    total = Decimal(0)
    for one in gone_out:
        pieces = max(one.segments, one.contacts) if one.channel == "sms" else one.contacts
        total += prices.get(one.channel, Decimal(0)) * pieces
    return int(total.to_integral_value(rounding=ROUND_UP))
