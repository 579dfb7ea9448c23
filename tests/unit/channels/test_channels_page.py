"""The page about channels names every channel and every recipient that makes the sandbox fail."""

from pathlib import Path

from rebook.channels.registry import REGISTRY
from rebook.channels.sandbox.codes import SPECIAL

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "channels.md").read_text()


def test_every_channel_has_its_line():
    assert [key for key in REGISTRY if f"| `{key}` |" not in PAGE] == []


def test_every_special_recipient_is_named():
    assert [value for value in SPECIAL if f"`{value}`" not in PAGE] == []
