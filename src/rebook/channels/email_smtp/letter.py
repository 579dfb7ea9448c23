"""The e-mail itself: text and HTML, one-click unsubscribe, and headers that no patient's name can break."""

import base64
import re
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr

from rebook.core.channel import OutboundMessage

_SAFE_REFERENCE = re.compile(r"[A-Za-z0-9._+-]{1,100}")
_BLANKS = re.compile(r"\s+")
_PICTURE = re.compile(r'src="data:image/(?P<kind>png|jpeg|gif);base64,(?P<content>[A-Za-z0-9+/=]+)"')


class NotALetter(Exception):
    """The message cannot be put into an e-mail; trying again does not help. ``code`` says why."""

    permanent = True

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def message_id(*, reference: str, sender: str) -> str:
    """The Message-ID made of our reference, so that bounces and replies name the attempt."""
    if not _SAFE_REFERENCE.fullmatch(reference):
        raise NotALetter("bad_reference")
    return f"<{reference}@{parseaddr(sender)[1].partition('@')[2] or 'localhost'}>"


def compose(message: OutboundMessage, *, sender: str, now: datetime) -> EmailMessage:
    """Raises ``NotALetter`` when an address or header cannot be written safely."""
    letter = EmailMessage(policy=SMTP)
    name, address = parseaddr(sender)
    letter["From"] = Address(display_name=name, addr_spec=address)
    letter["To"] = recipient(message.to)
    # A line break in a name would begin a new header; blanks of any kind become one space.
    letter["Subject"] = _BLANKS.sub(" ", message.subject).strip()
    letter["Date"] = format_datetime(now)
    letter["Message-ID"] = message_id(reference=message.reference, sender=sender)
    letter["Auto-Submitted"] = "auto-generated"
    letter["Content-Language"] = message.language
    if message.unsubscribe_url:
        if re.search(r"[\s<>]", message.unsubscribe_url):
            raise NotALetter("bad_unsubscribe_address")
        letter["List-Unsubscribe"] = f"<{message.unsubscribe_url}>"
        letter["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    letter.set_content(message.body)
    if message.body_html:
        _add_html(letter, message)
    return letter


def _add_html(letter: EmailMessage, message: OutboundMessage) -> None:
    """The HTML part; a picture in it travels as a part of its own, as mail programs show no data: address."""
    pictures: list[tuple[str, str, str]] = []

    def named(found: re.Match[str]) -> str:
        name = f"picture{len(pictures) + 1}@{message.reference}"
        pictures.append((name, found["kind"], found["content"]))
        return f'src="cid:{name}"'

    html = _PICTURE.sub(named, message.body_html)
    letter.add_alternative(html, subtype="html")
    alternatives = letter.get_payload()
    for name, kind, content in pictures:
        alternatives[-1].add_related(  # type: ignore[index, union-attr]
            base64.b64decode(content), maintype="image", subtype=kind, cid=f"<{name}>", disposition="inline"
        )


def recipient(value: str) -> Address:
    """One address, never a list of them. Raises ``NotALetter``."""
    if not value.isascii():
        raise NotALetter("needs_smtputf8")
    try:
        found = Address(addr_spec=value)
    except (ValueError, IndexError, MessageError):
        raise NotALetter("bad_address") from None
    # The header parser is generous; a recipient has both halves and no blank.
    if not value.partition("@")[0] or not found.domain or re.search(r"[\s,;<>]", value):
        raise NotALetter("bad_address")
    return found
