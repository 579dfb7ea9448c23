"""Segments: a saved filter over patients and their open gaps, said in one sentence.

A segment is data: filters that must all hold. What each filter means in the ledger is said once, in
``records.read.segments``.
"""

from .fields import FIELDS, SegmentField
from .segment import BadSegment, Filter, Segment
from .sentence import sentence
from .short import from_lists

__all__ = ["FIELDS", "BadSegment", "Filter", "Segment", "SegmentField", "from_lists", "sentence"]
