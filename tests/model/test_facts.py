"""Facts by type, absent where they cannot be had, and the two measures of what is left."""

from dataclasses import replace

import pytest

from vmadvisor.kernel.behaviour import Behaviour
from vmadvisor.model.consumers import Consumers
from vmadvisor.model.facts import Availability, Facts, VictimOrder, derive
from vmadvisor.model.headroom import Headroom
from vmadvisor.model.memory_use import MemoryUse
from vmadvisor.model.rates import ReclaimActivity
from vmadvisor.sources import version, vmstat
from vmadvisor.sources.meminfo import Meminfo
from vmadvisor.sources.sysctl_vm import VmSysctl
from vmadvisor.sources.zoneinfo import Zoneinfo

INFO = Meminfo(
    mem_total_kib=800_000,
    mem_free_kib=28_000,
    mem_available_kib=52_000,
    active_file_kib=12_000,
    inactive_file_kib=20_000,
    sreclaimable_kib=4_000,
    swap_total_kib=64_000,
    swap_free_kib=40_000,
)
NEW = version.parse("Linux version 6.12.1 (x)")


@pytest.fixture
def zones(zone):
    def build(*found):
        return Zoneinfo(
            zones=found or (zone(name="DMA32", protection_pages=(0, 800)), zone(node_id=0)),
            nodes=(), has_managed=True, has_node_stats=True, lists_empty_zones=False,
        )  # fmt: skip

    return build


def test_a_fact_is_found_by_its_type_and_missed_by_name():
    facts = Facts.of(INFO)

    assert facts[Meminfo] is INFO
    assert facts.get(Headroom) is None
    with pytest.raises(KeyError, match="Headroom"):
        facts[Headroom]


def test_availability_is_the_kernels_number_beside_what_stands_above_the_min_marks(
    snapshot, zones, host
):
    """Reserve: (1,500 + 800) + 1,500; above min: 14,000 free + 8,000 file - 1,800 - 1,000."""
    after = snapshot((1.0, INFO), (1.0, NEW), (1.0, zones()), host=host(page_size_bytes=4096))
    found = derive(None, after).get(Availability)

    assert found is not None
    assert found.available_pages == 13_000
    assert found.totalreserve_pages == 3_800
    assert found.above_min_pages == 19_200
    assert (found.swap_total_pages, found.swap_free_pages) == (16_000, 10_000)
    assert found.mem_total_pages == 200_000


def test_without_file_lists_nobody_knows_what_is_above_min(snapshot, zones, host):
    info = replace(INFO, inactive_file_kib=None)
    after = snapshot((1.0, info), (1.0, NEW), (1.0, zones()), host=host(page_size_bytes=4096))
    found = derive(None, after).get(Availability)

    assert found is not None
    assert found.above_min_pages is None


def test_a_containers_made_up_meminfo_is_not_held_against_the_hosts_zones(snapshot, zones, host):
    """lxcfs gives a container its own MemTotal; zoneinfo stays the host's."""
    info = replace(INFO, mem_total_kib=262_144)
    after = snapshot((1.0, info), (1.0, NEW), (1.0, zones()), host=host(page_size_bytes=4096))

    assert derive(None, after).get(Availability) is None


def test_without_zones_the_reserve_is_three_halves_of_min_free_and_said_to_be_the_least(
    snapshot, host
):
    """A container hides zoneinfo, not meminfo: what is available, and the swap, are still told."""
    sysctl = VmSysctl(min_free_kib=8_000)
    after = snapshot((1.0, INFO), (1.0, NEW), (1.0, sysctl), host=host(page_size_bytes=4096))
    found = derive(None, after)[Availability]

    assert (found.totalreserve_pages, found.is_least_reserve) == (3_000, True)
    assert (found.available_pages, found.above_min_pages) == (13_000, None)
    assert found.swap_free_pages == 10_000


def test_without_zones_and_settings_no_reserve_is_known(snapshot, host):
    after = snapshot((1.0, INFO), (1.0, NEW), host=host(page_size_bytes=4096))
    found = derive(None, after)[Availability]

    assert (found.totalreserve_pages, found.is_least_reserve) == (None, False)


@pytest.mark.parametrize("missing", ["swap_total_kib", "swap_free_kib"])
def test_unknown_swap_is_not_taken_for_none(snapshot, zones, host, missing):
    info = replace(INFO, **{missing: None})
    after = snapshot((1.0, info), (1.0, NEW), (1.0, zones()), host=host(page_size_bytes=4096))

    assert derive(None, after).get(Availability) is None


def test_facts_of_an_empty_snapshot_are_its_rules_and_nothing_else(snapshot):
    assert set(derive(None, snapshot()).by_type) == {Behaviour}


def test_the_newer_snapshots_records_stand_beside_the_derived_facts(
    snapshot, zones, host, process, scan
):
    before = snapshot((1.0, vmstat.parse("pgscan_direct 5\n")))
    after = snapshot(
        (3.0, vmstat.parse("pgscan_direct 11\n")), (3.0, INFO), (3.0, NEW), (3.0, zones()),
        host=host(page_size_bytes=4096), processes=scan(3.0, process(9, "x", rss_pages=7)),
    )  # fmt: skip
    facts = derive(before, after)

    assert facts[ReclaimActivity].scan_direct_pages_per_s == 3.0
    assert facts[Meminfo] is INFO
    assert facts[Consumers].largest[0].pid_id == 9
    assert facts[MemoryUse].total_kib == 800_000
    assert facts[Headroom].nodes[0].node_id == 0
    assert facts.get(VictimOrder) is None  # nothing told how large the process is
