"""From what sources write about a language to its tag (BCP 47)."""

from functools import cache, lru_cache

import langcodes
from babel import Locale

# Beside the names that Babel knows.
_OTHER_NAMES = {"cantonese": "yue", "mandarin": "zh", "farsi": "fa", "tagalog": "tl", "filipino": "fil"}


@cache
def _by_name() -> dict[str, str]:
    """English names of languages and their own, in small letters."""
    names = {name.casefold(): tag for tag, name in Locale("en").languages.items() if len(tag) <= 3}
    for tag in ("es", "pt", "fr", "de", "it", "pl", "ru", "uk", "vi", "zh", "ko", "ja", "ar", "ht", "so"):
        own = Locale(tag).get_display_name(tag)
        if own:
            names[own.casefold()] = tag
    return names | _OTHER_NAMES


@lru_cache(maxsize=1_000)
def language_tag(text: str) -> str:
    """The tag for "es", "spa", "es_MX", "Spanish" or "español"; empty when nothing fits."""
    word = text.strip()
    if tag := _by_name().get(word.casefold()):
        return tag
    try:
        tag = langcodes.standardize_tag(word.replace("_", "-"))
    except langcodes.LanguageTagError:
        return ""
    known = tag.split("-")[0] in Locale("en").languages
    return tag if known and len(tag) <= 16 and tag != "und" else ""
