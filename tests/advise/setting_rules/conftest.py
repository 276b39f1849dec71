"""The module of examples, and how a rule is asked."""

import pytest

from vmadvisor.advise.setting_rules import _examples


@pytest.fixture
def case():
    return _examples


@pytest.fixture
def titles():
    """``titles(rule, facts)``: severity and title of all findings."""

    def build(rule, facts):
        assert all(facts.get(need) is not None for need in rule.needs)
        return [(finding.severity.name, finding.title) for finding in rule.check(facts)]

    return build
