"""What the patient pages say: one file per language, the same keys in each."""

import tomllib
from importlib.resources import files
from typing import Any

LANGUAGES = ("en", "es")
DEFAULT_LANGUAGE = "en"


def catalogue(language: str) -> dict[str, str]:
    """All texts of a language, by dotted key ("start.heading")."""
    raw = tomllib.loads(files(__name__).joinpath(f"{language}.toml").read_text(encoding="utf-8"))
    return dict(_flat(raw, ""))


def _flat(table: dict[str, Any], prefix: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for key, value in table.items():
        found += _flat(value, f"{prefix}{key}.") if isinstance(value, dict) else [(prefix + key, value)]
    return found


_CATALOGUES = {language: catalogue(language) for language in LANGUAGES}


def text(language: str, key: str, **values: object) -> str:
    """One text with its places filled. Raises ``KeyError`` for a key or a place that is not there."""
    return _CATALOGUES[language][key].format(**values)


def has_text(language: str, key: str) -> bool:
    return key in _CATALOGUES[language]
