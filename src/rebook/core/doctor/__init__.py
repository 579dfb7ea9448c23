"""Doctor: is it safe to switch on? What the records lack, what they contradict, what a rule would do to them.

``examine`` looks at facts that were counted and says what stands against contacting anybody. The checks are
tables: what is counted, from which share on it matters, what to do. ``stop`` keeps campaigns from being
launched; a stop of one rule keeps only that rule's patients from being taken in (field notes, no. 12).
"""

from .facts import ChannelFacts, Counted, Facts, Profile, RuleFacts, SourceFacts
from .finding import GROUPS, Finding, Severity, findings_from_json
from .judging import examine, stops_of, unsafe_definitions

__all__ = [
    "GROUPS",
    "ChannelFacts",
    "Counted",
    "Facts",
    "Finding",
    "Profile",
    "RuleFacts",
    "Severity",
    "SourceFacts",
    "examine",
    "findings_from_json",
    "stops_of",
    "unsafe_definitions",
]
