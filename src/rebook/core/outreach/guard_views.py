"""What the guard sees of one person's special wishes, of offers, and of what the text holds."""

from dataclasses import dataclass
from datetime import datetime, time
from typing import Literal

# How strong a recorded permission is. "": said or imported; "soft_opt_in": details from a service, refusal
# offered then; "written": signed; "authorisation": signed and disclosing who pays (R-A95).
Evidence = Literal["", "implied", "soft_opt_in", "express", "written", "authorisation"]

# What a channel may carry for somebody with a sensitive matter, weakest bar first: any approved words, the
# generic ones, those with a sender that reveals nothing (R-A142), only a person who calls, nothing.
Form = Literal["any", "generic", "neutral", "live", "none"]
FORMS: tuple[Form, ...] = ("any", "generic", "neutral", "live", "none")

# What a number check said (R-A60): nothing yet, still the patient's, or given to somebody else.
NumberCheck = Literal["", "same", "reassigned"]


@dataclass(frozen=True, slots=True)
class ConfidentialView:
    """A standing request for confidential communications, or a coded need (R-A101, R-B37).

    Empty fields ask for nothing. ``phone`` and ``email`` are the only number and address to use; ``opens``
    and ``closes`` are wall times where the patient may be; ``weekdays`` count from Monday 0. The code word
    itself never comes here: the guard only learns whether the text holds it.
    """

    channels: frozenset[str] = frozenset()
    phone: str = ""
    email: str = ""
    # Letters go to an address of their own.
    has_address: bool = False
    in_envelope: bool = False
    opens: time | None = None
    closes: time | None = None
    weekdays: frozenset[int] = frozenset()
    # Coded needs, as the table of needs names them: "large_print", "no_voice" ...
    needs: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class OfferView:
    """What the text promises beside care (R-A110 to R-A119), at its retail value."""

    cents: int
    # Cash, or what counts as cash (gift cards for any shop).
    is_cash: bool = False
    # A compliance approver signed this offer; ``has_exception`` when they named an exception (R-A114).
    is_approved: bool = False
    has_exception: bool = False


@dataclass(frozen=True, slots=True)
class NumberView:
    """What is known of the number or address beside its state."""

    # The last sign that it is the patient's: delivered, answered from, confirmed at a visit.
    seen_at: datetime | None = None
    check: NumberCheck = ""
    checked_at: datetime | None = None
    # In the practice's table of numbers never to contact (R-A14).
    is_blocked: bool = False
