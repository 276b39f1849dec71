"""What one node lacks matters less while another has it; a hopeless node while another is not."""

import pytest

from vmadvisor.advise.rules.node_marks import RULE

LOW = {"position": "min to low", "slack_pages": 0}
BELOW = {"position": "below min", "slack_pages": 0}
FINE = {}


def hopeless(**others):
    return {"kswapd_state": "hopeless", "is_hopeless": True} | others


@pytest.mark.parametrize(
    ("position", "severities"),
    [("above high", []), ("low to high", []), ("min to low", ["INFO"]), ("below min", ["WARNING"])],
)
def test_one_node_by_its_position(quiet, said, nodes, position, severities):
    """Between low and high is where a host with a full page cache lives."""
    facts = quiet.facts(nodes({"position": position, "slack_pages": 0}))

    assert said(RULE, facts) == [(severity, "host") for severity in severities]


def test_a_kswapd_at_the_end_of_its_cpu_is_a_warning(quiet, said, nodes):
    busy = {"kswapd_state": "saturated", "kswapd_cpu_ratio": 0.97, "position": "low to high"}

    assert said(RULE, quiet.facts(nodes(busy))) == [("WARNING", "host")]


def test_an_exhausted_node_beside_a_free_one_is_information(quiet, nodes):
    (finding,) = RULE.check(quiet.facts(nodes(BELOW, FINE)))

    assert finding.severity.name == "INFO"
    assert [(item.name, item.value) for item in finding.counter_evidence] == [
        ("slack_on_other_nodes", 280_000)
    ]


def test_two_exhausted_nodes_are_two_warnings(quiet, said, nodes):
    assert said(RULE, quiet.facts(nodes(BELOW, BELOW))) == [("WARNING", "host")] * 2


def test_a_hopeless_kswapd_is_critical_when_it_is_needed_and_alone(quiet, said, nodes):
    assert said(RULE, quiet.facts(nodes(hopeless(**LOW)))) == [("CRITICAL", "host")]
    assert said(RULE, quiet.facts(nodes(hopeless(**BELOW)))) == [("CRITICAL", "host")]


def test_a_hopeless_kswapd_nobody_needs_is_no_matter(quiet, said, nodes):
    """A node of huge pages, free pages above low: nothing would wake it."""
    facts = quiet.facts(nodes(hopeless(position="low to high", slack_pages=90)))

    assert said(RULE, facts) == []


@pytest.mark.parametrize("other", [FINE, BELOW, hopeless()])
def test_a_hopeless_node_is_information_while_another_serves(quiet, nodes, other):
    findings = list(RULE.check(quiet.facts(nodes(hopeless(**LOW), other))))

    assert findings[0].severity.name == "INFO"
    assert "the other nodes still serve" in findings[0].title


def test_all_nodes_hopeless_and_low_is_critical(quiet, said, nodes):
    facts = quiet.facts(nodes(hopeless(**LOW), hopeless(**BELOW)))

    assert said(RULE, facts) == [("CRITICAL", "host")] * 2


def test_a_single_node_has_no_other_to_compare_with(quiet, nodes):
    (finding,) = RULE.check(quiet.facts(nodes(BELOW)))

    assert finding.counter_evidence == ()
