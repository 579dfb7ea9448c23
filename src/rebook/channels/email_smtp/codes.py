"""What an SMTP answer asks of us (R-D40 to R-D43), as a table.

The enhanced code (RFC 3463, "5.1.1") speaks first; the longest prefix in the table wins. Without one the
three-digit reply code decides.
"""

import re

from rebook.core.channel import FailureClass, SendResult

ENHANCED: dict[str, FailureClass] = {
    # The address is dead.
    "5.1.1": "permanent_number",
    "5.1.2": "permanent_number",
    "5.1.3": "permanent_number",
    "5.1.6": "permanent_number",
    "5.1.10": "permanent_number",
    "5.2.1": "permanent_number",
    # The mailbox is full.
    "5.2.2": "transient",
    # The receiver's or the network's trouble.
    "5.3": "transient",
    "5.4": "transient",
    # The message itself.
    "5.2.3": "content",
    "5.3.4": "content",
    "5.6": "content",
    # Our address, our protocol, our name: a fault of the sender's set-up.
    "5.1.7": "config",
    "5.1.8": "config",
    "5.5": "config",
    "5.7": "config",
    "5": "permanent_channel",
    "4": "transient",
}

BASIC: dict[int, FailureClass] = {
    421: "transient",
    450: "transient",
    451: "transient",
    452: "transient",
    500: "config",
    501: "config",
    502: "config",
    503: "config",
    504: "config",
    530: "config",
    534: "config",
    535: "config",
    538: "config",
    # A bare 550 is as often policy as a dead mailbox, so it condemns no address.
    550: "permanent_channel",
    551: "permanent_number",
    552: "transient",
    553: "permanent_number",
    554: "content",
    555: "config",
}

FIRST_RETRY_S = 15 * 60
_ENHANCED_CODE = re.compile(r"^\s*([245]\.\d{1,3}\.\d{1,3})\b")


def classify(*, code: int, text: bytes | str) -> SendResult:
    """The result of a refused command: ``code`` is the reply code, ``text`` the server's line."""
    line = text.decode("ascii", "replace") if isinstance(text, bytes) else text
    found = _ENHANCED_CODE.match(line)
    failure: FailureClass | None = None
    if found:
        parts = found.group(1).split(".")
        prefixes = (".".join(parts[:size]) for size in (3, 2, 1))
        failure = next((ENHANCED[prefix] for prefix in prefixes if prefix in ENHANCED), None)
    if failure is None:
        failure = BASIC.get(code, "transient" if 400 <= code < 500 else "permanent_channel")
    # The server's text may quote the address: only codes are kept (promise 12).
    shown = f"{code} {found.group(1)}" if found else str(code)
    retry = FIRST_RETRY_S if failure == "transient" else None
    return SendResult(state="failed", code=shown, failure=failure, retry_after_s=retry)
