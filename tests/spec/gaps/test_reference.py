"""The reference page is written from these tables and says what they say."""

import importlib.util
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]


def test_the_page_is_up_to_date():
    place = ROOT / "scripts" / "write_gap_reference.py"
    spec = importlib.util.spec_from_file_location("reference", place)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    written = module.TARGET.read_text(encoding="utf-8")
    assert written == module.render(), "run scripts/write_gap_reference.py"
