"""The rules as a setting would have them, and as everybody who is due at all would be listed by them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from rebook.core.gaps import DefinitionInvalid, GapDefinition, GapSettings

from .question import BadQuestion

INTERVALS = ("interval_months", "interval_days")
GRACES = (
    "follow_up_grace_days",
    "cancelled_grace_days",
    "clinic_cancelled_grace_days",
    "no_show_grace_days",
)


def needed_definitions(
    definitions: Sequence[GapDefinition], chosen: Collection[str], *, all_kinds: bool
) -> tuple[GapDefinition, ...]:
    """The chosen definitions with those that may supersede them.

    ``all_kinds``: reasons other than interval rules are wanted, too, and they depend on every rule.
    """
    if all_kinds:
        return tuple(definitions)
    wanted = set(chosen)
    while True:
        above = {one.key for one in definitions if wanted.intersection(getattr(one, "supersedes", ()))}
        if above <= wanted:
            return tuple(one for one in definitions if one.key in wanted)
        wanted |= above


def changed_definitions(
    definitions: Sequence[GapDefinition], chosen: Collection[str], changes: Mapping[str, int]
) -> tuple[GapDefinition, ...]:
    """The definitions, ``changes`` made to the chosen ones. A new interval replaces months and days alike.

    A definition that would contradict itself stays as it is (``unchangeable`` names it); raises
    ``BadQuestion`` when that is so of every chosen one.
    """
    if not changes:
        return tuple(definitions)
    made = [_changed(one, changes) if one.key in chosen else one for one in definitions]
    refused = [one for one in made if isinstance(one, DefinitionInvalid)]
    if refused and len(refused) == sum(one.key in chosen for one in definitions):
        raise BadQuestion(refused[0].field, f"with this change it {refused[0].reason}")
    pairs = zip(made, definitions, strict=True)
    return tuple(before if isinstance(one, DefinitionInvalid) else one for one, before in pairs)


def unchangeable(
    definitions: Sequence[GapDefinition], chosen: Collection[str], changes: Mapping[str, int]
) -> tuple[str, ...]:
    """Keys of chosen definitions that cannot take the changes."""
    return tuple(
        one.key
        for one in definitions
        if changes and one.key in chosen and isinstance(_changed(one, changes), DefinitionInvalid)
    )


def _changed(definition: GapDefinition, changes: Mapping[str, int]) -> GapDefinition | DefinitionInvalid:
    given = dict(changes)
    if any(given.get(name) for name in INTERVALS):
        given = {**dict.fromkeys(INTERVALS, 0), **given}
    try:
        return replace(definition, **given)  # type: ignore[arg-type]
    except DefinitionInvalid as error:
        return error


def changed_settings(
    settings: GapSettings, definitions: Sequence[GapDefinition], events: Mapping[str, int]
) -> GapSettings:
    """The settings with ``events`` changed, and every definition taken as signed: a backtest contacts nobody,
    and it should tell what a rule would do before somebody signs it."""
    signed = frozenset((one.key, one.content_hash) for one in definitions)
    return replace(settings, **dict(events), signed=settings.signed | signed)  # type: ignore[arg-type]


def reference_definitions(
    definitions: Sequence[GapDefinition], settings: GapSettings
) -> tuple[tuple[GapDefinition, ...], GapSettings]:
    """The rules without any grace: whom they hold to be due, against which listings are compared."""
    bare = tuple(replace(one, grace_days=0) for one in definitions)
    return bare, changed_settings(settings, bare, dict.fromkeys(GRACES, 0))
