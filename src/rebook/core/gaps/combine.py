"""One contact for several gaps of a patient (R-C7): the highest class leads, one visit closes most.

The message speaks of the leading gap; the others are along for the visit and named on staff's pages only.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from .definition import GapDefinition


@dataclass(frozen=True, slots=True)
class OpenGap:
    """An open gap as combining looks at it; ``rank`` None: not ranked yet."""

    id: int
    definition_key: str
    visit_type: str
    risk_class: int
    rank: int | None = None
    outreach: str = "yes"


@dataclass(frozen=True, slots=True)
class Combined:
    """``also``: ids of the gaps that share the contact. ``visit_type``: offered; empty for the lead's own."""

    also: tuple[int, ...] = ()
    visit_type: str = ""


def leading(gaps: Sequence[OpenGap]) -> OpenGap | None:
    """The one a message is about: the gravest, then the best rank. None when none may be written about."""
    open_to = [one for one in gaps if one.outreach == "yes"]
    return min(open_to, key=_order, default=None)


def combine(
    lead: OpenGap,
    others: Sequence[OpenGap],
    *,
    definitions: Mapping[str, GapDefinition],
    offered: Collection[str] = (),
) -> Combined:
    """What goes along with ``lead``, and the visit that closes most of it.

    ``offered``: the kinds of visit the practice books. A rule with ``combine = false`` goes alone and takes
    nobody along; what is no reason to write (``outreach`` other than "yes") never joins.
    """
    if not _combines(lead, definitions):
        return Combined()
    along = sorted(
        (
            one
            for one in others
            if one.id != lead.id and one.outreach == "yes" and _combines(one, definitions)
        ),
        key=_order,
    )
    if not along:
        return Combined()
    closes = Counter(kind for one in along for kind in closing_types(one, definitions))
    choices = [one for one in closing_types(lead, definitions) if one in offered or one == lead.visit_type]
    best = max(choices, key=lambda one: (closes[one], one == lead.visit_type, one), default=lead.visit_type)
    return Combined(tuple(one.id for one in along), "" if best == lead.visit_type else best)


def closing_types(gap: OpenGap, definitions: Mapping[str, GapDefinition]) -> frozenset[str]:
    """Kinds of visit after which the gap is closed for an interval; of one event only its own kind."""
    own = frozenset({gap.visit_type} - {""})
    definition = definitions.get(gap.definition_key)
    if definition is None:
        return own
    return own | {kind for group in definition.qualifying for kind in group.visit_types}


def _combines(gap: OpenGap, definitions: Mapping[str, GapDefinition]) -> bool:
    definition = definitions.get(gap.definition_key)
    return definition is None or definition.combine


def _order(gap: OpenGap) -> tuple[int, bool, int, int]:
    return -gap.risk_class, gap.rank is None, gap.rank or 0, gap.id
