"""Which rules a question is about, and how the practice would contact whom they list."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rebook.accounts import read as accounts
from rebook.analytics.backtest import Rules
from rebook.core.backtest import BadQuestion, Question
from rebook.core.gaps import KINDS, GapDefinition, GapSettings, read_settings
from rebook.core.outreach.sequence import Sequence as ContactPlan
from rebook.core.outreach.sequence import choose_sequence, from_json
from rebook.core.outreach.sequence_effort import steps_when_silent
from rebook.core.segment import Segment
from rebook.flow.common.value_sets import loaded_codes
from rebook.packs import outreach as packs
from rebook.packs.exclusions import barring_words
from rebook.packs.gaps import gap_definitions, pack_keys
from rebook.packs.operational import pending_rules
from rebook.packs.tiers import tier_months
from rebook.records.read import campaigns as read_campaigns
from rebook.records.read import gaps as read_gaps

EVENT_KINDS = frozenset(KINDS) - {"interval"}
RISK_CLASSES = range(5)
# Fields of a segment that a finding of the past can answer; the rest is about the patient of today.
COLUMNS = {
    "gap_kind": "kind",
    "definition": "reason",
    "gap_visit_type": "visit_type",
    "risk_class": "risk_class",
    "tier": "tier",
    "location": "location_id",
}
NUMBERS = frozenset({"risk_class", "location"})


@dataclass(frozen=True, slots=True)
class Asked:
    """The rules of a question. ``plan``: the campaign's own contact plan; ``labels``: words for reasons."""

    rules: Rules
    labels: Mapping[str, str]
    plan: ContactPlan | None = None
    ignored_filters: tuple[str, ...] = ()

    @property
    def chosen(self) -> tuple[GapDefinition, ...]:
        return tuple(one for one in self.rules.definitions if one.key in self.rules.chosen)


def asked_rules(*, organisation_id: int, question: Question) -> Asked:
    """The rules of the packs, definitions or campaign asked for; the practice's own packs by default.

    Raises ``core.backtest.BadQuestion`` for one that does not exist.
    """
    organisation = accounts.organisation(organisation_id=organisation_id)
    packs_read = dict.fromkeys((*organisation.pack_keys, *_packs(question)))
    definitions = gap_definitions(tuple(packs_read))
    settings = read_settings(
        {
            "excluded_words": sorted(barring_words()),
            **tier_months(tuple(organisation.pack_keys)),
            **organisation.settings.get("gaps", {}),
        },
        signed=read_gaps.signatures(organisation_id=organisation_id),
        pending=pending_rules(),
        value_sets=loaded_codes(definitions).codes,
    )
    labels = {one.key: one.words() for one in definitions}
    if question.campaign_id is not None:
        return _campaign(organisation_id, question.campaign_id, definitions, settings, labels)
    keys = {one.key for one in definitions}
    if question.definitions:
        wanted = set(question.definitions)
        for one in sorted(wanted - keys - EVENT_KINDS):
            raise BadQuestion("definition", f"there is no rule '{one}'")
        return Asked(Rules(definitions, settings, frozenset(wanted & keys), EVENT_KINDS & wanted), labels)
    if question.packs:
        keys = {one.key for one in definitions if one.specialty in question.packs}
    if not keys:
        raise BadQuestion("definition", "there are no rules to run: the practice has no pack with any")
    return Asked(Rules(definitions, settings, frozenset(keys)), labels)


def _packs(question: Question) -> tuple[str, ...]:
    known = set(pack_keys())
    for one in question.packs:
        if one not in known:
            raise BadQuestion("pack", f"there is no pack '{one}'; there are {', '.join(sorted(known))}")
    named = {one.partition(".")[0] for one in question.definitions if "." in one}
    return (*question.packs, *sorted(named & known))


def _campaign(
    organisation_id: int,
    campaign_id: int,
    definitions: tuple[GapDefinition, ...],
    settings: GapSettings,
    labels: Mapping[str, str],
) -> Asked:
    campaign = read_campaigns.campaign(organisation_id=organisation_id, campaign_id=campaign_id)
    if campaign is None:
        raise BadQuestion("campaign", f"there is no campaign {campaign_id}")
    segment = Segment.from_json(campaign.segment)
    common = tuple(
        (COLUMNS[one.field], _values(one.field, one.values), one.is_not)
        for one in segment.filters
        if one.field in COLUMNS and one.values
    )
    ignored = tuple(one.field for one in segment.filters if one.field not in COLUMNS)
    kind = segment.of("gap_kind")
    kinds = EVENT_KINDS.intersection(kind.values) if kind and not kind.is_not else EVENT_KINDS
    rule = segment.of("definition")
    chosen = frozenset(one.key for one in definitions)
    if rule and not rule.is_not:
        chosen, kinds = chosen.intersection(rule.values), kinds.intersection(rule.values)
    if kind and not kind.is_not and "interval" not in kind.values:
        chosen = frozenset()
    today = _plans(organisation_id).get(campaign.sequence_key)
    plan = from_json(campaign.sequence) if campaign.sequence else today
    return Asked(Rules(definitions, settings, chosen, kinds, common), labels, plan, ignored)


def _values(field: str, values: Sequence[str]) -> tuple[str | int, ...]:
    return tuple(int(one) for one in values) if field in NUMBERS else tuple(values)


def _plans(organisation_id: int) -> Mapping[str, ContactPlan]:
    organisation = accounts.organisation(organisation_id=organisation_id)
    return {key: plan for pack in organisation.pack_keys for key, plan in packs.sequences(pack).items()}


def contact_steps(*, organisation_id: int, asked: Asked) -> list[tuple[str, int, int, str]]:
    """(kind of gap, risk class, days after listing, channel) of every step; each by its first channel."""
    plans = tuple(_plans(organisation_id).values())
    steps = []
    for kind in ("interval", *sorted(asked.rules.kinds)):
        for risk_class in RISK_CLASSES:
            plan = asked.plan or choose_sequence(plans, gap_kind=kind, risk_class=risk_class)
            taken = steps_when_silent(plan, risk_class=risk_class) if plan else ()
            steps += [(kind, risk_class, day, str(step.channel)) for day, step in taken]
    return steps
