"""The HTML part of an e-mail, made from its text, so nobody can approve one and send another."""

from dataclasses import dataclass

from rebook.core.outreach.liquid_text import fill

# Languages written from right to left, by their primary tag.
RIGHT_TO_LEFT = frozenset({"ar", "ckb", "dv", "fa", "he", "ks", "ps", "sd", "ug", "ur", "yi"})

# For what staff write by hand: paragraphs and nothing else.
_PLAIN = """<!doctype html>
<html lang="{{ language }}" dir="{{ dir }}"><head><meta charset="utf-8"><title>{{ subject }}</title></head>
<body style="margin:0;padding:24px;background:#f6f7f9;color:#1f2933;font:16px/1.5 sans-serif">
<div style="max-width:560px;margin:0 auto;padding:24px;background:#ffffff;border-radius:8px">
{% for part in parts %}{% if part.href %}<p style="margin:24px 0"><a href="{{ part.href }}" \
style="display:inline-block;padding:12px 20px;background:{{ colour }};color:#ffffff;text-decoration:none;\
border-radius:6px">{{ part.words }}</a></p>
{% else %}<p style="margin:0 0 16px">{% for line in part.lines %}{{ line }}\
{% unless forloop.last %}<br>{% endunless %}{% endfor %}</p>
{% endif %}{% endfor %}</div></body></html>
"""


@dataclass(frozen=True, slots=True)
class Look:
    """How a practice's e-mails look. ``html`` is Liquid over ``parts``, ``subject``, ``language``, ``dir``
    ("ltr", "rtl"), ``align``, ``practice_name``, ``colour`` and ``logo``.

    ``colour`` is "#rrggbb", dark enough for white words on it; ``logo`` a data: address of a picture, or
    empty: nothing is fetched from anywhere (R-A104).
    """

    key: str = ""
    html: str = _PLAIN
    colour: str = "#1c5d99"
    logo: str = ""

    @property
    def content(self) -> str:
        """What of it a reader could read: a sign-off binds the layout and the picture, not the colour."""
        return self.html + self.logo


def direction(language: str) -> str:
    """ "rtl" for languages written from right to left, else "ltr"."""
    return "rtl" if language.lower().partition("-")[0] in RIGHT_TO_LEFT else "ltr"


def html_part(
    *, body: str, subject: str, button: str, language: str, practice_name: str = "", look: Look | None = None
) -> str:
    """The HTML of an e-mail from its text: paragraphs, everything escaped, a lone link as a button."""
    look = look or Look()
    parts: list[dict[str, object]] = []
    for paragraph in body.split("\n\n"):
        block = paragraph.strip()
        is_link = block.startswith(("https://", "http://")) and len(block.split()) == 1
        # An empty text is true in Liquid; None is not.
        if is_link:
            parts.append({"href": block, "words": button or block, "lines": []})
        elif block:
            parts.append({"href": None, "words": "", "lines": block.splitlines()})
    written = direction(language)
    values = {
        "parts": parts,
        "subject": subject,
        "language": language,
        "dir": written,
        "align": "right" if written == "rtl" else "left",
        "practice_name": practice_name,
        "colour": look.colour,
        "logo": look.logo or None,
    }
    return fill(look.html, values, html=True)
