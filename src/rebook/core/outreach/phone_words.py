"""Telephone numbers among words, in either direction of writing."""

import re

from rebook.core.outreach.message_html import direction


def phone_among(written: str, language: str) -> str:
    """A number as it stands among words of a language: "(617) 555-0100", or "617-555-0100" among words that
    run from right to left. Blanks and brackets would turn its groups around there; hyphens do not."""
    if direction(language) == "ltr":
        return written
    return re.sub(r"[\s().]+", "-", written).strip("-")
