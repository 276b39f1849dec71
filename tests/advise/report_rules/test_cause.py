"""The remedy of a cause: one that can be taken back, and nothing that a shell could obey."""

import pytest

from vmadvisor.advise.report_rules import cause
from vmadvisor.advise.report_rules._examples import CGROUP_LOG, facts
from vmadvisor.model import oom_cause


def remedy(log):
    (finding,) = cause.RULE.check(facts(log))
    return finding.remedy


def test_a_units_limit_is_raised_by_a_quarter_and_can_be_put_back():
    found = remedy(CGROUP_LOG)

    assert found.command == f"systemctl set-property --runtime web.service MemoryMax={640 << 20}"
    assert found.undo == f"systemctl set-property --runtime web.service MemoryMax={512 << 20}"


def test_a_cgroup_that_is_no_unit_is_named_by_its_file():
    found = remedy(CGROUP_LOG.replace(b"/system.slice/web.service", b"/lxc/39"))

    assert found.command == f"echo {640 << 20} > /sys/fs/cgroup/lxc/39/memory.max"


@pytest.mark.parametrize(
    "name", [b"/a;reboot", b"/a$(id).service", b"/../x", b"/a b", b"/`x`.slice"]
)
def test_a_hostile_name_gives_no_command(name):
    assert remedy(CGROUP_LOG.replace(b"/system.slice/web.service", name)) is None


def test_huge_pages_that_nobody_used_can_be_given_back():
    log = (
        b"a invoked oom-killer: gfp_mask=0x140dca, order=0\nMem-Info:\nactive_anon:900 inactive_anon:0\n"
        b"Node 0 Normal free:7kB min:40kB low:50kB high:60kB present:90000kB managed:80000kB\n"
        b"Node 0 hugepages_total=20 hugepages_free=13 hugepages_surp=0 hugepages_size=2048kB\n20000 pages RAM\n0 pages reserved\n"
        b"Out of memory: Killed process 5 (a) total-vm:9kB, anon-rss:8kB, file-rss:7kB\n"
    )

    assert (remedy(log).command, remedy(log).undo) == (
        "sysctl -w vm.nr_hugepages=7",
        "sysctl -w vm.nr_hugepages=20",
    )


def test_every_cause_has_a_title():
    words = [line.split()[0] for line in oom_cause.__doc__.split("\n") if line.startswith("    ")]

    assert len(words) > 12
    assert set(words) == set(cause._TITLES)
