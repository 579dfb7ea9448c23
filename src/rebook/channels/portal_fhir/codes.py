"""What a FHIR server's status means to us."""

import re

from rebook.core.channel import FailureClass, SendResult

# Status -> what it asks of us (R-D21). 5xx and what is not here is worth another try: a conditional create
# does not double.
_FAILURES: dict[int, FailureClass] = {
    400: "content",
    401: "config",
    403: "config",
    404: "config",
    405: "config",
    415: "config",
    # Understood and not wanted: mostly a patient that the server does not have.
    422: "permanent_channel",
}
_ID = re.compile(r"Communication/([A-Za-z0-9\-.]{1,64})")
FIRST_RETRY_S = 300


def classify(status: int, *, location: str, retry_after: str = "") -> SendResult:
    """200 and 201 are one: created now, or there already. 412 means that it is there more than once."""
    if status in (200, 201, 412):
        found = _ID.search(location)
        code = "there_already" if status == 200 else "there_twice" if status == 412 else ""
        return SendResult(state="accepted", provider_message_id=found.group(1) if found else "", code=code)
    failure = _FAILURES.get(status, "transient")
    wait = int(retry_after) if retry_after.isdecimal() and len(retry_after) < 6 else FIRST_RETRY_S
    return SendResult(
        state="failed",
        code=f"http_{status}",
        failure=failure,
        retry_after_s=wait if failure == "transient" else None,
    )
