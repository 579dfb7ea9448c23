"""Documents laid out by Typst as tagged PDF: one way for every document that Rebook prints."""

import json
import re
from datetime import datetime
from typing import Any

from rebook.packs.layouts import document_layout


def typeset(layout: str, values: dict[str, Any], *, now: datetime) -> bytes:
    """A document as PDF/UA; ``layout``: a file of ``packs/documents``, ``values``: what it reads as JSON.

    Characters that no font here can show are printed by their code. The same values made at the same second
    give the same bytes.
    """
    # Imported only now: commands that print nothing do not wait for it.
    import typst

    made_at = now.replace(microsecond=0)
    source = document_layout(layout).encode()

    def laid_out(shown: dict[str, Any], **more: Any) -> Any:
        inputs = {"data": json.dumps(shown)}
        return typst.compile(source, format="pdf", sys_inputs=inputs, timestamp=made_at, **more)

    try:
        made = laid_out(values, pdf_standards=["ua-1"])
    except typst.TypstError:
        try:
            made = laid_out(by_their_code(values), pdf_standards=["ua-1"])
        except typst.TypstError:
            # Whatever else is wrong with the look, the document itself is not held back.
            made = laid_out(by_their_code(values))
    if not isinstance(made, bytes):
        raise TypeError("Typst made no document")
    return made


# What the fonts that come with Typst have: European scripts, Hebrew, Arabic, signs, arrows.
_SHOWN = re.compile(r"[^\n\t -~\u00a0-\u058f\u0590-\u06ff\u1e00-\u1fff\u2010-\u205e\u20a0-\u2bff]")


def by_their_code(values: Any) -> Any:
    """The same values with every other character as "[U+8BF7]": legible, and nothing of it lost."""
    if isinstance(values, str):
        return _SHOWN.sub(lambda found: f"[U+{ord(found[0]):04X}]", values)
    if isinstance(values, dict):
        return {name: by_their_code(value) for name, value in values.items()}
    if isinstance(values, list | tuple):
        return [by_their_code(value) for value in values]
    return values
