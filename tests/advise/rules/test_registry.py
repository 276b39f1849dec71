"""Promises that every rule keeps, also the next one: nothing here names a rule."""

import importlib
import pkgutil
import re

import pytest

from vmadvisor.advise import rules, setting_rules
from vmadvisor.advise.finding import HOST, Rule, Severity
from vmadvisor.advise.judge import BLIND_ID
from vmadvisor.advise.rules import RULES
from vmadvisor.advise.setting_rules import SETTING_RULES

ALL_RULES = (*RULES, *SETTING_RULES)
each_rule = pytest.mark.parametrize("rule", ALL_RULES, ids=lambda rule: rule.id)


@pytest.mark.parametrize(("room", "registry"), [(rules, RULES), (setting_rules, SETTING_RULES)])
def test_the_registry_holds_every_rule_in_the_directory_once(room, registry):
    modules = [
        importlib.import_module(f"{room.__name__}.{info.name}")
        for info in pkgutil.iter_modules(room.__path__)
        if not info.name.startswith("_")
    ]
    written = [module.RULE for module in modules]

    assert all(isinstance(rule, Rule) for rule in written)
    assert sorted(rule.id for rule in written) == sorted(rule.id for rule in registry)
    assert len(registry) == len(written)


def test_ids_and_titles_are_unique():
    assert len({rule.id for rule in ALL_RULES}) == len(ALL_RULES)
    assert len({rule.title for rule in ALL_RULES}) == len(ALL_RULES)
    assert BLIND_ID not in {rule.id for rule in ALL_RULES}


@each_rule
def test_an_id_has_the_published_form(rule):
    assert re.fullmatch(r"VMA-[A-Z]+-\d{3}", rule.id)


@each_rule
def test_fires_on_its_own_case_with_evidence(rule):
    fired = list(rule.check(rule.fires_on()))

    assert fired
    for finding in fired:
        assert finding.id == rule.id
        assert finding.evidence
        assert finding.title
        assert finding.confidence in {"high", "medium", "low"}
        assert finding.scope == HOST or finding.scope.startswith("/")


@each_rule
def test_is_quiet_on_its_own_quiet_case(rule):
    assert list(rule.check(rule.quiet_on())) == []


@each_rule
def test_both_cases_hold_what_the_rule_needs(rule):
    for facts in (rule.fires_on(), rule.quiet_on()):
        assert all(facts.get(need) is not None for need in rule.needs)
        assert rule.lacks(facts) == ()


@each_rule
def test_names_its_sources(rule):
    assert rule.references
    assert all(re.match(r"(mm|fs|kernel|Documentation)/", source) for source in rule.references)


@each_rule
def test_says_the_same_twice(rule):
    assert list(rule.check(rule.fires_on())) == list(rule.check(rule.fires_on()))


@each_rule
def test_every_remedy_has_a_way_back_and_a_price(rule):
    for finding in rule.check(rule.fires_on()):
        if finding.remedy is not None:
            assert finding.remedy.undo
            assert finding.remedy.undo != finding.remedy.command
            assert finding.remedy.effect
            assert finding.remedy.risk


@each_rule
def test_recommends_nothing_on_its_quiet_case_and_only_what_has_an_effect_on_the_other(rule):
    assert list(rule.recommend(rule.quiet_on())) == []
    for advice in rule.recommend(rule.fires_on()):
        assert advice.id == rule.id
        assert advice.is_proven
        assert advice.undo != advice.command
        assert advice.evidence
        assert advice.persist
        assert advice.risk
        assert advice.would_change
        assert advice.references


@each_rule
def test_evidence_names_its_kernel_file_and_a_unit(rule):
    for finding in rule.check(rule.fires_on()):
        for item in (*finding.evidence, *finding.counter_evidence):
            assert item.name
            assert item.unit
            assert item.source


@each_rule
def test_argues_its_case_in_its_module(rule):
    argued = importlib.import_module(rule.check.__module__).__doc__

    assert argued is not None
    assert len(argued) > 60


@each_rule
def test_severities_are_those_a_rule_may_use(rule):
    used = {finding.severity for finding in rule.check(rule.fires_on())}

    assert used <= {Severity.INFO, Severity.WARNING, Severity.CRITICAL}
