"""The gap rules that a practice goes by: its packs', with its settings and its clinicians' signatures."""

from rebook.accounts import read as accounts
from rebook.core.gaps import GapDefinition, GapSettings, read_settings
from rebook.packs.exclusions import barring_words
from rebook.packs.gaps import gap_definitions
from rebook.packs.operational import pending_rules
from rebook.packs.tiers import tier_months
from rebook.records.read import gaps as read

from .value_sets import loaded_codes


def rules_of(*, organisation_id: int) -> tuple[tuple[GapDefinition, ...], GapSettings]:
    """The definitions of the organisation's packs, and its settings with what its clinicians signed.

    Raises ``packs.loader.PackInvalid`` and ``core.gaps.SettingInvalid``.
    """
    organisation = accounts.organisation(organisation_id=organisation_id)
    signed = read.signatures(organisation_id=organisation_id)
    packs = tuple(organisation.pack_keys)
    house = {"excluded_words": sorted(barring_words()), **tier_months(packs)}
    chosen = {**house, **organisation.settings.get("gaps", {})}
    definitions = gap_definitions(packs)
    return definitions, read_settings(
        chosen, signed=signed, pending=pending_rules(), value_sets=loaded_codes(definitions).codes
    )
