"""A report is judged by the rules that it can feed, and by no other."""

from pathlib import Path

from vmadvisor.advise.postmortem import postmortem
from vmadvisor.advise.report_rules._examples import CGROUP_LOG
from vmadvisor.sources.oom_log import reports

LEAK = (Path(__file__).resolve().parents[1] / "oom_logs" / "6.1-leak.log").read_bytes()


def findings(data):
    return {(one.id, one.scope) for one in postmortem(next(reports([data]))).findings}


def test_the_hosts_report_is_judged_by_the_hosts_rules_too():
    ids = {rule for rule, _ in findings(LEAK)}

    assert {"VMA-CAUSE-001", "VMA-SPARE-001", "VMA-SWAP-001", "VMA-ZONE-001"} <= ids
    assert not {"VMA-PSI-001", "VMA-OOM-001", "VMA-NUMA-001", "VMA-VICTIM-001"} & ids


def test_a_cgroups_kill_is_never_blamed_on_the_host():
    found = findings(CGROUP_LOG)

    assert {scope for _, scope in found} == {"/system.slice/web.service"}
    assert ("VMA-CGROUP-001", "/system.slice/web.service") in found
