"""A report feeds the rules of check: the host's zones for the host, the cgroup's limit for a cgroup."""

from pathlib import Path

from vmadvisor.advise.report_rules._examples import CGROUP_LOG
from vmadvisor.model.facts import Availability
from vmadvisor.model.headroom import Headroom
from vmadvisor.model.limits import CgroupLimits
from vmadvisor.model.oom_analysis import analyse
from vmadvisor.model.oom_snapshot import facts_of
from vmadvisor.sources.oom_log import reports

LEAK = (Path(__file__).resolve().parents[1] / "oom_logs" / "6.1-leak.log").read_bytes()


def facts(data):
    return facts_of(analyse(next(reports([data]))))


def test_the_hosts_zones_and_memory_are_facts():
    found = facts(LEAK)
    headroom, available = found[Headroom], found[Availability]

    assert [(zone.zone, zone.free_pages, zone.min_pages) for zone in headroom.zones] == [
        ("DMA", 232, 33),
        ("DMA32", 399, 423),
    ]
    assert (available.mem_total_pages, available.swap_total_pages) == (65403 - 9811, 0)
    assert found.get(CgroupLimits) is None


def test_a_cgroups_limit_is_a_fact_and_the_host_is_not():
    found = facts(CGROUP_LOG)
    (group,) = found[CgroupLimits].groups

    assert (group.path, group.limit_bytes, group.limit_file) == (
        "/system.slice/web.service",
        512 << 20,
        "memory.max",
    )
    assert group.is_at_limit
    assert found.get(Headroom) is None


def test_a_kernel_that_prints_both_for_a_cgroup_does_not_blame_the_host():
    """Until 3.11 a cgroup's report shows the host's zones too."""
    both = LEAK.replace(b"Mem-Info:", b"memory: usage 9kB, limit 9kB, failcnt 7", 1)

    assert facts(both).get(Headroom) is None


def test_sysrq_says_nothing_about_the_host():
    assert facts(LEAK.replace(b"order=0", b"order=-1")).get(Headroom) is None
