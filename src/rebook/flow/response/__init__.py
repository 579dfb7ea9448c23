"""What patients answer and what staff find out: read, acted upon, and turned into work for the right person.

A reply is kept first and read second, in two transactions, so that no mistake in reading can lose a STOP.
"""

from .choices import one_click_unsubscribe, patient_choice
from .consents import (
    LARGEST_FILE,
    EvidenceFile,
    NarrowWithoutWords,
    NoEvidence,
    NothingNamed,
    NotPossible,
    record_opt_in,
    record_opt_out,
)
from .dispositions import UnableToRecord, handle_reply, record_disposition
from .holds import NotAllowed, release_hold, release_holds
from .receiving import ReceivedReply, receive
from .webhooks import NoSuchChannel, ReceivedWebhook, receive_webhook
from .wishes import ChoicesKept, keep_wishes, wishes_now

__all__ = [
    "LARGEST_FILE",
    "ChoicesKept",
    "EvidenceFile",
    "NarrowWithoutWords",
    "NoEvidence",
    "NoSuchChannel",
    "NotAllowed",
    "NotPossible",
    "NothingNamed",
    "ReceivedReply",
    "ReceivedWebhook",
    "UnableToRecord",
    "handle_reply",
    "keep_wishes",
    "one_click_unsubscribe",
    "patient_choice",
    "receive",
    "receive_webhook",
    "record_disposition",
    "record_opt_in",
    "record_opt_out",
    "release_hold",
    "release_holds",
    "wishes_now",
]
