"""Every rule explains itself within 80 columns, from its own example."""

import pytest

from vmadvisor.advise.rules import RULES
from vmadvisor.render.explain import render

each_rule = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)


@each_rule
def test_no_line_is_wider_than_80_columns(rule):
    assert max(map(len, render(rule).split("\n"))) <= 80


@each_rule
def test_it_names_the_rule_fires_on_its_example_and_is_quiet_on_the_other(rule):
    text = render(rule)

    assert text.startswith(f"{rule.id}  {rule.title}"[:80].rstrip())
    assert "fires, for example: " in text
    assert "quiet on its own quiet example: yes" in text


@each_rule
def test_it_ends_with_every_source(rule):
    listed = render(rule).partition("see:\n")[2].split()

    assert listed == list(rule.references)


@each_rule
def test_numbers_of_the_example_are_shown_with_their_source(rule):
    text = " ".join(render(rule).split())
    finding = next(iter(rule.check(rule.fires_on())))

    for item in finding.evidence:
        assert f"{item.name} = " in text
        assert item.source in text


def test_a_remedy_is_shown_with_its_way_back_and_its_price():
    rule = next(one for one in RULES if one.id == "VMA-NUMA-001")
    text = render(rule)

    assert "  do:   sysctl -w vm.zone_reclaim_mode=0\n" in text
    assert "  undo: sysctl -w vm.zone_reclaim_mode=1\n" in text
    assert "  risk: " in text
