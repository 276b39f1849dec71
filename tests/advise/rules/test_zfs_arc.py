"""The ARC is told where MemAvailable would mislead; a healthy ZFS host is no shortage."""

from dataclasses import replace

from vmadvisor.advise.rules import availability
from vmadvisor.advise.rules.zfs_arc import RULE
from vmadvisor.sources.arcstats import Arcstats


def facts(quiet, size_bytes, *more, **changes):
    arc = Arcstats(size_bytes=size_bytes, c_bytes=5 << 30, c_min_bytes=1 << 28, c_max_bytes=6 << 30)
    fields = {"available_pages": 300_000, "shrinkable_pages": (size_bytes - (1 << 28)) // 4096}
    return quiet.facts(arc, replace(quiet.AVAILABILITY, **(fields | changes)), *more)


def test_a_cache_larger_than_memavailable_is_said(quiet, said):
    found = facts(quiet, 3 << 30)
    (finding,) = RULE.check(found)

    assert said(RULE, found) == [("INFO", "host")]
    assert [item.value for item in finding.evidence] == [3 << 30, 1 << 28, 300_000, 1_020_896]
    assert finding.remedy is None


def test_a_shrinker_slower_than_the_demand_gets_a_lower_ceiling(quiet):
    stalls = (
        replace(quiet.ACTIVITY, allocstall_per_s=33.0),
        replace(quiet.STALL, memory_full_ratio=0.2),
    )
    (finding,) = RULE.check(facts(quiet, 3 << 30, *stalls))

    assert finding.remedy.command == "echo 1610612736 > /sys/module/zfs/parameters/zfs_arc_max"
    assert finding.remedy.undo == "echo 6442450944 > /sys/module/zfs/parameters/zfs_arc_max"


def test_where_memavailable_tells_most_of_it_nothing_is_said(quiet, said):
    assert said(RULE, facts(quiet, 1 << 30)) == []
    assert said(RULE, facts(quiet, 3 << 30, available_pages=900_000)) == []


def test_a_full_arc_is_no_shortage_to_the_availability_rule(quiet, said):
    low = {"available_pages": 9_000, "swap_free_pages": 0, "above_min_pages": 1_900}

    assert said(availability.RULE, facts(quiet, 3 << 30, **low)) == []
    assert said(availability.RULE, facts(quiet, 1 << 28, **low)) == [("CRITICAL", "host")]


def test_a_host_without_zfs_is_not_asked_and_one_without_a_minimum_lacks_it(quiet):
    assert RULE.applies_to == (Arcstats,)
    assert RULE.lacks(facts(quiet, 3 << 30, shrinkable_pages=None))
