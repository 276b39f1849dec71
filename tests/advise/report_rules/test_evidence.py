"""A report without its table says what would have told more."""

from vmadvisor.advise.report_rules import evidence
from vmadvisor.advise.report_rules._examples import CGROUP_LOG, facts


def test_a_table_that_a_console_left_out_is_missed():
    table_less = b"\n".join(line for line in CGROUP_LOG.split(b"\n") if b"] [ " not in line)
    (finding,) = evidence.RULE.check(facts(table_less))

    assert finding.scope == "/system.slice/web.service"
    assert "no task table" in finding.title
