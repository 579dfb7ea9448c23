"""Break the guard one rule at a time: every table that ought to notice does."""

import pytest
from guard_cases import ORDINARY
from guard_mutants import CASES, ORIGINS, Mutant, mutants, noticed, ready

from rebook.core.outreach.guard import RULES, decide
from rebook.core.outreach.guard_explain import rule_of

# These two look at the clock, which asks by itself whether the contact is bound to it: turning the binding
# round in the list changes nothing.
SPARED_TWICE = {(rule, origin) for rule in ("no_time_zone", "quiet_hours") for origin in ("test", "safety")}


@pytest.mark.parametrize("mutant", mutants(), ids=lambda one: f"{one.rule}-{one.origin or 'left out'}")
def test_a_broken_rule_is_noticed(mutant):
    found = noticed(mutant)
    assert (found is None) == ((mutant.rule, mutant.origin) in SPARED_TWICE)


@pytest.mark.parametrize("rule", RULES, ids=lambda one: one.key)
def test_each_rule_alone_holds_a_contact_back_and_lets_its_neighbour_go(rule):
    """A row in which it alone speaks, and an allowed one in which what it looks at differs all the same."""
    alone, let_go = [], []
    for case, subject, policy in ready():
        decision = decide(subject, policy, now=case.now)
        if {rule_of(reason.rule) for reason in decision.reasons} == {rule.key}:
            alone.append(case.title)
        binds = subject.origin not in rule.not_for
        differs = any(getattr(subject, name) != getattr(ORDINARY, name) for name in rule.looks_at)
        if decision.verdict == "allow" and binds and (differs or case.now != CASES[0][1].now):
            let_go.append(case.title)
    assert alone
    assert let_go


def test_the_mutants_are_every_rule_and_every_binding():
    made = mutants()
    assert len(made) == len(set(made)) == len(RULES) * (1 + len(ORIGINS))
    assert all(one.rules != RULES for one in made)


def test_a_guard_that_is_whole_again_passes_its_tables():
    """The mutants leave nothing behind."""
    noticed(Mutant("deceased"))
    assert all(
        decide(subject, policy, now=case.now).verdict == case.verdict for case, subject, policy in ready()
    )
