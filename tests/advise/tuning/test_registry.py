"""Promises of every rule that rests on a simulation: it fires on its example, and one change quiets it."""

import importlib
import pkgutil

import pytest

from vmadvisor.advise import tuning
from vmadvisor.advise.finding import Severity
from vmadvisor.advise.rules import RULES
from vmadvisor.advise.tuning import TUNING_RULES

each_rule = pytest.mark.parametrize("rule", TUNING_RULES, ids=lambda rule: rule.id)


@pytest.fixture(scope="module")
def cases():
    """Every rule's own cases, staged once."""
    return {rule.id: (rule.fires_on(), rule.quiet_on()) for rule in TUNING_RULES}


def test_the_registry_holds_every_rule_in_the_directory_once():
    modules = [
        importlib.import_module(f"{tuning.__name__}.{info.name}")
        for info in pkgutil.iter_modules(tuning.__path__)
        if not info.name.startswith("_")
    ]

    assert sorted(module.RULE.id for module in modules) == sorted(rule.id for rule in TUNING_RULES)
    assert {rule.id for rule in TUNING_RULES}.isdisjoint(rule.id for rule in RULES)


@each_rule
def test_recommends_on_its_own_case_with_effects_and_a_way_back(rule, cases):
    found = list(rule.recommend(cases[rule.id][0]))

    assert found
    for advice in found:
        assert advice.id == rule.id
        assert advice.is_proven
        assert len(advice.predicted) >= 3
        assert advice.command != advice.undo
        assert advice.risk
        assert advice.persist
        assert advice.evidence


@each_rule
def test_says_in_a_finding_what_it_recommends_and_leaves_the_verdict_alone(rule, cases):
    found = list(rule.check(cases[rule.id][0]))

    assert found
    assert {finding.severity for finding in found} == {Severity.INFO}


@each_rule
def test_is_quiet_where_memory_is_left(rule, cases):
    assert list(rule.check(cases[rule.id][1])) == []
    assert list(rule.recommend(cases[rule.id][1])) == []


@each_rule
def test_says_the_same_twice(rule, cases):
    facts = cases[rule.id][0]

    assert list(rule.recommend(facts)) == list(rule.recommend(facts))
