"""The table adds up to MemTotal whatever meminfo says, and counts no page twice."""

from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vmadvisor.model.memory_use import is_of_these_zones, memory_use
from vmadvisor.snapshot import HostFacts, Snapshot, Timed
from vmadvisor.sources import arcstats, version, vmstat, zram
from vmadvisor.sources.meminfo import Meminfo
from vmadvisor.sources.version import KernelVersion
from vmadvisor.sources.vmstat import Vmstat
from vmadvisor.sources.zoneinfo import Pageset, Zoneinfo
from vmadvisor.sources.zram import Zram

INFO = Meminfo(
    mem_total_kib=1_000_000,
    mem_free_kib=200_000,
    buffers_kib=10_000,
    cached_kib=300_000,
    swap_cached_kib=9_000,
    active_anon_kib=120_000,
    inactive_anon_kib=70_000,
    active_file_kib=150_000,
    inactive_file_kib=111_000,
    unevictable_kib=7_000,
    anon_pages_kib=144_000,
    shmem_kib=41_000,
    slab_kib=55_000,
    sreclaimable_kib=32_000,
    sunreclaim_kib=23_000,
    kernel_stack_kib=4_000,
    page_tables_kib=6_000,
    vmalloc_used_kib=12_000,
    percpu_kib=1_500,
)
NEW = version.parse("Linux version 6.12.1 (x)")
OLD = version.parse("Linux version 5.2.0 (x)")


def parts(snapshot, info, *records, page_size_bytes=4096, **others):
    taken = snapshot(*((1.0, record) for record in (info, *records)), **others)
    use = memory_use(taken, page_size_bytes)
    assert use is not None
    assert sum(part.size_kib for part in use.parts) == use.total_kib
    return {part.name: part.size_kib for part in use.parts}


def test_every_overlap_is_counted_once(snapshot):
    found = parts(snapshot, INFO, NEW)

    assert found["file cache"] == 10_000 + 300_000 - 41_000
    assert found["shmem and tmpfs"] == 41_000
    assert found["vmalloc"] == 12_000 - 4_000
    assert found["kernel stacks"] == 4_000
    assert found["slab, reclaimable"] == 32_000
    assert found["slab, unreclaimable"] == 23_000
    assert found["unaccounted"] == (
        1_000_000 - 200_000 - 269_000 - 41_000 - 144_000 - 4_000 - 32_000 - 23_000
        - 4_000 - 6_000 - 8_000 - 1_500
    )  # fmt: skip


def test_swap_cache_that_is_mapped_is_anonymous_memory_already(snapshot):
    """LRU lists 458,000; AnonPages, Buffers and Cached 454,000: 4,000 of the 9,000 are unmapped."""
    assert parts(snapshot, INFO)["swap cache, unmapped"] == 4_000


def test_no_more_swap_cache_is_unmapped_than_there_is(snapshot):
    more = replace(INFO, unevictable_kib=99_000)

    assert parts(snapshot, more)["swap cache, unmapped"] == 9_000


def test_without_lru_lists_all_swap_cache_is_a_part(snapshot):
    assert parts(snapshot, replace(INFO, unevictable_kib=None))["swap cache, unmapped"] == 9_000


def test_vmalloc_used_is_address_space_before_5_3(snapshot):
    assert "vmalloc" not in parts(snapshot, INFO, OLD)
    assert "vmalloc" not in parts(snapshot, INFO)


def test_unaccepted_memory_is_part_of_mem_free(snapshot):
    found = parts(snapshot, replace(INFO, unaccepted_kib=60_000))

    assert (found["free"], found["unaccepted"]) == (140_000, 60_000)


def test_pages_on_per_cpu_lists_are_free_but_not_in_mem_free(snapshot, zone):
    cpus = tuple(
        Pageset(cpu_id=cpu, count_pages=count, high_pages=900, batch_pages=63)
        for cpu, count in enumerate((70, 55))
    )
    zones = Zoneinfo(
        zones=(zone(pagesets=cpus),), nodes=(), has_managed=True, has_node_stats=True,
        lists_empty_zones=False,
    )  # fmt: skip

    assert parts(snapshot, INFO, zones)["free, on per-CPU lists"] == 500
    assert "free, on per-CPU lists" not in parts(snapshot, INFO, zones, page_size_bytes=None)


def test_a_container_is_not_charged_with_its_hosts_per_cpu_lists(snapshot, zone):
    host = zone(
        managed_pages=900_000,
        pagesets=(Pageset(cpu_id=0, count_pages=5_000, high_pages=900, batch_pages=63),),
    )
    zones = Zoneinfo(
        zones=(host,), nodes=(), has_managed=True, has_node_stats=True, lists_empty_zones=False
    )

    assert not is_of_these_zones(INFO, zones, 4096)
    assert "free, on per-CPU lists" not in parts(snapshot, INFO, zones)


def test_huge_pages_of_every_size_if_the_kernel_says_so_else_the_default_pool(snapshot):
    pool = replace(INFO, huge_pages_total_count=16, huge_page_size_kib=2_048)

    assert parts(snapshot, pool)["huge pages"] == 32_768
    assert parts(snapshot, replace(pool, hugetlb_kib=40_960))["huge pages"] == 40_960
    assert "huge pages" not in parts(snapshot, INFO)


def test_zram_is_what_its_devices_say(snapshot):
    devices = {
        key: Timed(time_s=1.0, record=zram.parse({"mm_stat": f"9 8 {used} 0 0 0 0\n"}))
        for key, used in (("0", 3_072_000), ("1", 1_024_000))
    }

    assert parts(snapshot, INFO, families={Zram: devices})["zram"] == 4_000


def test_zram_that_is_not_shown_is_all_compressed_pages_but_zswaps(snapshot):
    counters = vmstat.parse("nr_zspages 1500\n")

    assert parts(snapshot, INFO, counters)["zram"] == 6_000
    with_zswap = parts(snapshot, replace(INFO, zswap_kib=2_500), counters)
    assert (with_zswap["zram"], with_zswap["zswap"]) == (3_500, 2_500)


def test_the_arc_is_taken_out_of_what_nothing_else_explains(snapshot):
    rest_kib = parts(snapshot, INFO)["unaccounted"]
    small = arcstats.parse(
        "13 1 0x01 96 26112 1 2\nname type data\nsize 4 102400000\nc_min 4 5\nc_max 4 7\n"
    )
    found = parts(snapshot, INFO, small)
    assert found["ZFS ARC outside slab"] == 100_000
    assert found["unaccounted"] == rest_kib - 100_000

    large = replace(small, size_bytes=2**40)
    found = parts(snapshot, INFO, large)
    assert (found["ZFS ARC outside slab"], found["unaccounted"]) == (rest_kib, 0)


def test_a_balloon_that_does_not_fit_is_not_in_mem_total(snapshot):
    assert parts(snapshot, replace(INFO, balloon_kib=50_000))["balloon"] == 50_000
    assert "balloon" not in parts(snapshot, replace(INFO, balloon_kib=900_000))


def test_what_an_old_kernel_does_not_print_is_named(snapshot):
    use = memory_use(snapshot((1.0, Meminfo(mem_total_kib=500, mem_free_kib=100))), 4096)

    assert use is not None
    assert [(part.name, part.size_kib) for part in use.parts] == [
        ("free", 100),
        ("unaccounted", 400),
    ]
    assert set(use.missing) == {
        "anonymous", "file cache", "shmem and tmpfs", "slab, reclaimable", "slab, unreclaimable",
        "page tables",
    }  # fmt: skip


def test_without_meminfo_there_is_no_table(snapshot):
    assert memory_use(snapshot(), 4096) is None


SIZES = st.none() | st.integers(min_value=0, max_value=10**7)
MEMINFOS = st.builds(
    Meminfo,
    mem_total_kib=st.integers(0, 10**7),
    mem_free_kib=st.integers(0, 10**7),
    **{field.name: SIZES for field in fields(Meminfo)[2:]},
)
UNKNOWN_HOST = HostFacts(
    hostname=None, arch=None, boot_id=None, page_size_bytes=None, clock_hz=None, is_live=False
)


@given(info=MEMINFOS, zspages=SIZES, arc_bytes=SIZES, is_new=st.booleans())
def test_the_parts_of_any_meminfo_sum_to_its_mem_total(info, zspages, arc_bytes, is_new):
    text = "nr_free_pages 1\n" if zspages is None else f"nr_zspages {zspages}\n"
    records: dict[type, object] = {
        Meminfo: info,
        Vmstat: vmstat.parse(text),
        KernelVersion: NEW if is_new else OLD,
    }
    if arc_bytes is not None:
        arc = arcstats.parse("13 1 0x01 96 26112 1 2\nname type data\nsize 4 1\n")
        records[arcstats.Arcstats] = replace(arc, size_bytes=arc_bytes)
    timed = {kind: Timed(time_s=1.0, record=record) for kind, record in records.items()}

    use = memory_use(Snapshot(time_s=1.0, host=UNKNOWN_HOST, records=timed), 4096)

    assert use is not None
    assert sum(part.size_kib for part in use.parts) == info.mem_total_kib == use.total_kib
    assert all(part.size_kib >= 0 for part in use.parts if part.name != "unaccounted")
    assert len({part.name for part in use.parts}) == len(use.parts)


@pytest.mark.shared
def test_what_nothing_explains_stays_small_while_a_real_guest_swaps(shared):
    """Counting mapped swap cache twice would put this guest's "unaccounted" 25 MB below zero."""
    from vmadvisor.collect import Request, open_root, take

    archive = shared / "recordings" / "freeze" / "000-slowswap.tar.zst"
    request = Request(processes="none", cgroups=False, deep=False, interval_s=0.0, at_s=95.0,
                      deadline_s=60.0)  # fmt: skip
    _, after = take(open_root(str(archive)), request)
    use = memory_use(after, 4096)

    assert use is not None
    info = after.get(Meminfo)
    assert info is not None
    assert (info.swap_cached_kib or 0) > 10_000
    unaccounted = use.parts[-1].size_kib
    assert 0 < unaccounted < 6_000
