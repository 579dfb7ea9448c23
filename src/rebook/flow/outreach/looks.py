"""How a practice's e-mails look: layout, colour, logo. The words are never part of it."""

import base64
import re
from datetime import datetime

from django.db import transaction

from rebook.accounts import audit
from rebook.accounts import read as accounts
from rebook.accounts import write as write_accounts
from rebook.flow.common.library import LOOK
from rebook.packs.looks import DEFAULT, looks

# It travels with every e-mail.
LARGEST_LOGO = 24_000
# White words stand on the colour (WCAG 2.2, 1.4.3).
LEAST_CONTRAST = 4.5
_COLOUR = re.compile(r"#[0-9a-f]{6}")
_KINDS = {b"\x89PNG\r\n\x1a\n": "png", b"\xff\xd8\xff": "jpeg", b"GIF8": "gif"}


class UnableToChooseLook(Exception):
    """The colour or the picture cannot be used; the message says why. Trying again needs another."""

    permanent = True
    is_for_people = True


def choose_look(
    *,
    organisation_id: int,
    colour: str,
    now: datetime,
    actor: str,
    layout: str = DEFAULT,
    logo: bytes | None = None,
    drops_logo: bool = False,
) -> bool:
    """Set how e-mails look; whether their sign-offs are void now, as a new layout or picture makes them.

    ``logo`` None keeps the one there is. Raises ``UnableToChooseLook``.
    """
    colour = colour.strip().lower()
    if not _COLOUR.fullmatch(colour):
        raise UnableToChooseLook("a colour is written like #1c5d99")
    if contrast_with_white(colour) < LEAST_CONTRAST:
        raise UnableToChooseLook("white words cannot be read on this colour: choose a darker one")
    if layout not in looks():
        raise UnableToChooseLook("there is no such layout")
    organisation = accounts.organisation(organisation_id=organisation_id)
    was = organisation.settings.get(LOOK) or {}
    kept = "" if drops_logo else str(was.get("logo") or "")
    look = {"layout": layout, "colour": colour, "logo": data_address(logo) if logo else kept}
    is_void = (str(was.get("logo") or ""), was.get("layout") or DEFAULT) != (look["logo"], layout)
    with transaction.atomic(durable=True):
        write_accounts.change_settings(organisation_id=organisation_id, changes={LOOK: look})
        audit.append(
            organisation_id=organisation_id,
            now=now,
            actor=actor,
            action="look.chosen",
            subject_kind="organisation",
            subject_id=organisation_id,
            detail={"layout": layout, "colour": colour, "has_logo": bool(look["logo"])},
        )
    return is_void


def data_address(logo: bytes) -> str:
    """The picture as a data: address. Raises ``UnableToChooseLook``: too large, no picture."""
    if len(logo) > LARGEST_LOGO:
        raise UnableToChooseLook(f"the picture is larger than {LARGEST_LOGO // 1000} kB: make it smaller")
    kind = next((kind for begins, kind in _KINDS.items() if logo.startswith(begins)), "")
    if not kind:
        raise UnableToChooseLook("the picture must be a PNG, JPEG or GIF")
    return f"data:image/{kind};base64,{base64.b64encode(logo).decode()}"


def contrast_with_white(colour: str) -> float:
    """WCAG's contrast of "#rrggbb" with white, 1 to 21."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)
