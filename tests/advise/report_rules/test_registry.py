"""Promises that every rule of reports keeps, also the next one."""

import importlib
import pkgutil
import re

import pytest

from vmadvisor.advise import report_rules
from vmadvisor.advise.finding import HOST, Rule, Severity
from vmadvisor.advise.report_rules import REPORT_RULES
from vmadvisor.advise.rules import RULES

each_rule = pytest.mark.parametrize("rule", REPORT_RULES, ids=lambda rule: rule.id)


def test_the_registry_holds_every_rule_in_the_directory_once():
    modules = [
        importlib.import_module(f"{report_rules.__name__}.{info.name}")
        for info in pkgutil.iter_modules(report_rules.__path__)
        if not info.name.startswith("_")
    ]

    assert sorted(module.RULE.id for module in modules) == sorted(rule.id for rule in REPORT_RULES)
    assert all(isinstance(module.RULE, Rule) for module in modules)
    assert not {rule.id for rule in REPORT_RULES} & {rule.id for rule in RULES}
    assert not {rule.title for rule in REPORT_RULES} & {rule.title for rule in RULES}


@each_rule
def test_fires_on_its_own_case_and_is_quiet_on_the_other(rule):
    fired = list(rule.check(rule.fires_on()))

    assert fired
    assert list(rule.check(rule.quiet_on())) == []
    for finding in fired:
        assert (finding.id, bool(finding.evidence)) == (rule.id, True)
        assert finding.severity in {Severity.INFO, Severity.WARNING}
        assert finding.scope == HOST or finding.scope.startswith("/")
        if finding.remedy is not None:
            assert finding.remedy.undo != finding.remedy.command
            assert finding.remedy.risk


@each_rule
def test_has_an_id_sources_and_an_argument(rule):
    assert re.fullmatch(r"VMA-[A-Z]+-\d{3}", rule.id)
    assert all(re.match(r"(mm|fs|kernel|Documentation)/", source) for source in rule.references)
    assert len(importlib.import_module(rule.check.__module__).__doc__) > 60
    for facts in (rule.fires_on(), rule.quiet_on()):
        assert all(facts.get(need) is not None for need in rule.needs)
