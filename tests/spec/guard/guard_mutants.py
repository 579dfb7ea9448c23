"""The guard with one thing broken: a rule left out, or one that binds whom it spares, or the other way round.

A table that does not notice is no specification of that rule.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, get_args

from guard_cases import Case
from guard_tables_contact import SECTIONS as CONTACT_SECTIONS
from guard_tables_law import SECTIONS as LAW_SECTIONS
from guard_tables_offers import SECTIONS as OFFER_SECTIONS
from guard_tables_origins import SECTIONS as ORIGIN_SECTIONS
from guard_tables_person import SECTIONS as PERSON_SECTIONS
from guard_tables_privacy import SECTIONS as PRIVACY_SECTIONS

from rebook.core.outreach import guard
from rebook.core.outreach.guard_rule import GuardRule
from rebook.core.outreach.values import GuardPolicy, Origin
from rebook.packs.outreach import guard_policy

SECTIONS = (
    *(PERSON_SECTIONS + LAW_SECTIONS + OFFER_SECTIONS + PRIVACY_SECTIONS),
    *(CONTACT_SECTIONS + ORIGIN_SECTIONS),
)
CASES = [(section, case) for section in SECTIONS for case in section.cases]
ORIGINS: tuple[Origin, ...] = get_args(Origin)


def policy_for(case: Case) -> GuardPolicy:
    policy = guard_policy(jurisdiction_keys=case.subject.jurisdictions, years=(2026, 2027))
    return replace(policy, **case.policy) if case.policy else policy


# Made once: a mutant asks them all.
_READY: list[tuple[Case, Any, GuardPolicy]] = []


def ready() -> Sequence[tuple[Case, Any, GuardPolicy]]:
    if not _READY:
        _READY.extend((case, case.subject, policy_for(case)) for _, case in CASES)
    return _READY


@dataclass(frozen=True)
class Mutant:
    """``origin``: the one whose binding is turned round; "" when the rule is left out for all."""

    rule: str
    origin: str = ""

    @property
    def rules(self) -> tuple[GuardRule, ...]:
        if not self.origin:
            return tuple(one for one in guard.RULES if one.key != self.rule)
        return tuple(
            replace(one, not_for=one.not_for ^ {self.origin}) if one.key == self.rule else one
            for one in guard.RULES
        )


def mutants() -> list[Mutant]:
    """Every rule left out, then every binding turned round."""
    left_out = [Mutant(rule.key) for rule in guard.RULES]
    return left_out + [Mutant(rule.key, origin) for rule in guard.RULES for origin in ORIGINS]


@contextmanager
def broken(mutant: Mutant) -> Iterator[None]:
    """The guard as the mutant has it, while it lasts."""
    kept = guard.BINDING, guard._KEYS
    binding = {
        origin: tuple(rule for rule in mutant.rules if origin not in rule.not_for) for origin in ORIGINS
    }
    guard.BINDING = binding  # type: ignore[misc]
    guard._KEYS = {origin: tuple(rule.key for rule in rules) for origin, rules in binding.items()}  # type: ignore[misc]
    try:
        yield
    finally:
        guard.BINDING, guard._KEYS = kept  # type: ignore[misc]


def noticed(mutant: Mutant) -> Case | None:
    """The first row whose verdict the mutant gets wrong; None when no table would miss it."""
    with broken(mutant):
        for case, subject, policy in ready():
            decision = guard.decide(subject, policy, now=case.now)
            if decision.verdict != case.verdict:
                return case
    return None
