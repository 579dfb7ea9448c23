"""Charts are written as in the tables of the gaps."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "gaps"))
