"""Runs a module's ``CASES`` for its ``MEASURE`` on both engines."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
