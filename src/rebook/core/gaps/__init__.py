"""Gaps: what a patient has reason to come back for. One patient here; ``analytics.gaps`` does everybody.

``judge`` answers for one chart with every step it took. The population engine must answer the same: the
spec tables and the generated charts in ``tests/spec/gaps`` run on both.
"""

from .definition import DefinitionInvalid, GapDefinition, Qualifying
from .finding import KINDS, VERDICTS, GapFinding, Step
from .judge import judge
from .settings import GapSettings, SettingInvalid, read_settings
from .tiers import TIERS, tier_of

__all__ = [
    "KINDS",
    "TIERS",
    "VERDICTS",
    "DefinitionInvalid",
    "GapDefinition",
    "GapFinding",
    "GapSettings",
    "Qualifying",
    "SettingInvalid",
    "Step",
    "judge",
    "read_settings",
    "tier_of",
]
