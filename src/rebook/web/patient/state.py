"""What the browser keeps between two pages of a link: a signed cookie, good for half an hour.

It holds when the identity check was passed and which time was picked; it is bound to the link.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from rebook.core.booking import SlotChoice

# Counted from the last page that was opened.
CHECK_LASTS = timedelta(minutes=30)
_SALT = "rebook.patient.page"
_SLOT_SALT = "rebook.patient.slot"


@dataclass(frozen=True, slots=True)
class PageState:
    checked_at: datetime | None = None
    choice: SlotChoice | None = None

    def is_checked(self, now: datetime) -> bool:
        return self.checked_at is not None and now - self.checked_at < CHECK_LASTS

    def seen(self, now: datetime) -> "PageState":
        """Half an hour more for a person who is still at it."""
        return replace(self, checked_at=now) if self.is_checked(now) else replace(self, checked_at=None)


def read_state(request: HttpRequest, *, link_id: int) -> PageState:
    """What the cookie says; nothing when it is missing, changed or another link's."""
    try:
        raw = signing.loads(request.COOKIES.get(_cookie(link_id), ""), salt=f"{_SALT}.{link_id}")
    except signing.BadSignature:
        return PageState()
    checked = datetime.fromtimestamp(raw["c"], UTC) if raw["c"] else None
    return PageState(checked, _choice(raw["s"]) if raw["s"] else None)


def write_state(response: HttpResponse, state: PageState, *, link_id: int) -> None:
    value = {
        "c": int(state.checked_at.timestamp()) if state.checked_at else None,
        "s": _values(state.choice) if state.choice else None,
    }
    response.set_cookie(
        _cookie(link_id),
        signing.dumps(value, salt=f"{_SALT}.{link_id}"),
        max_age=int(CHECK_LASTS.total_seconds()),
        path="/p/",
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )


def sign_choice(choice: SlotChoice, *, link_id: int) -> str:
    """A time as a form may carry it: only times that were on offer come back."""
    plain = "-".join(str(value) for value in _values(choice))
    return signing.Signer(salt=f"{_SLOT_SALT}.{link_id}").sign(plain)


def signed_choice(value: str, *, link_id: int) -> SlotChoice | None:
    try:
        plain = signing.Signer(salt=f"{_SLOT_SALT}.{link_id}").unsign(value)
    except signing.BadSignature:
        return None
    return _choice([int(part) for part in plain.split("-")])


def _cookie(link_id: int) -> str:
    return f"visit_{link_id}"


def _values(choice: SlotChoice) -> list[int]:
    return [choice.practitioner_id, choice.location_id, int(choice.starts_at.timestamp())]


def _choice(values: list[int]) -> SlotChoice:
    practitioner_id, location_id, seconds = values
    return SlotChoice(practitioner_id, location_id, datetime.fromtimestamp(seconds, UTC))
