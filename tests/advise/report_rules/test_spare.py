"""What would have spared the victim is said only of a choice that is understood."""

from vmadvisor.advise.report_rules import spare
from vmadvisor.advise.report_rules._examples import CGROUP_LOG, facts


def test_the_adj_and_who_dies_instead_are_named_with_the_units_drop_in():
    (finding,) = spare.RULE.check(facts(CGROUP_LOG))

    assert (
        finding.title
        == "oom_score_adj -337 would have spared web (pid 157) and taken worker (pid 158)"
    )
    assert "OOMScoreAdjust=-337" in finding.remedy.command
    assert finding.remedy.undo.startswith("systemctl revert web.service")


def test_a_victim_that_the_rule_does_not_choose_gets_no_such_advice():
    assert list(spare.RULE.check(facts(CGROUP_LOG.replace(b"process 157 ", b"process 158 ")))) == []


def test_a_hostile_unit_gets_no_command():
    log = CGROUP_LOG.replace(
        b"task_memcg=/system.slice/web.service", b"task_memcg=/system.slice/$(x).service"
    )
    (finding,) = spare.RULE.check(facts(log))

    assert finding.remedy is None
