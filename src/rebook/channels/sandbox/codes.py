"""The sandbox vendor's words, and the numbers and addresses that make it fail.

The special numbers lie in the non-geographic area code 500 and the addresses in ``sandbox.invalid``:
no patient of any practice has one.
"""

from rebook.core.channel import FailureClass, SendResult

# The vendor's code -> what it asks of us (R-D21). An unknown code counts as transient.
FAILURES: dict[str, FailureClass] = {
    "not_a_number": "permanent_number",
    "landline": "permanent_channel",
    "handset_off": "transient",
    "unsubscribed": "opt_out",
    "filtered": "content",
    "bad_credentials": "config",
}

# Number of seconds after which the vendor suggests another try.
RETRY_AFTER_S = 900

# Recipient -> what happens. "timed_out" keeps the message and gives no answer; "lost" does neither.
SPECIAL: dict[str, str] = {
    "+15005550101": "not_a_number",
    "+15005550102": "handset_off",
    "+15005550103": "timed_out",
    "+15005550104": "slow",
    "+15005550105": "unsubscribed",
    "+15005550106": "filtered",
    "+15005550107": "bad_credentials",
    "+15005550108": "landline",
    "+15005550109": "lost",
    "+15005550110": "undelivered",
    "permanent@sandbox.invalid": "not_a_number",
    "transient@sandbox.invalid": "handset_off",
    "unknown@sandbox.invalid": "timed_out",
    "slow@sandbox.invalid": "slow",
    "unsubscribed@sandbox.invalid": "unsubscribed",
    "filtered@sandbox.invalid": "filtered",
    "credentials@sandbox.invalid": "bad_credentials",
    "lost@sandbox.invalid": "lost",
    "undelivered@sandbox.invalid": "undelivered",
}


def failure_class(code: str) -> FailureClass:
    """Our class of a vendor code; what is not in the table is worth one more try (R-D21)."""
    return FAILURES.get(code, "transient") if code else "none"


def failed(code: str) -> SendResult:
    """The answer to a message the vendor turned away."""
    failure = failure_class(code)
    retry = RETRY_AFTER_S if failure == "transient" else None
    return SendResult(state="failed", code=code, failure=failure, retry_after_s=retry)
