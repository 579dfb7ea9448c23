"""Things begun and not finished: signs noted, wishes matched with free times, staff told what is theirs."""

from .notices import NoticeRefused, NoticeSummary, approve_notice, propose_notice
from .signs import SignSummary, note_signs
from .staff import StaffSummary, tell_staff
from .waiting import WishRefused, add_wish

__all__ = [
    "NoticeRefused",
    "NoticeSummary",
    "SignSummary",
    "StaffSummary",
    "WishRefused",
    "add_wish",
    "approve_notice",
    "note_signs",
    "propose_notice",
    "tell_staff",
]
