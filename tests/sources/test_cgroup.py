import pytest

from vmadvisor.errors import ParseError
from vmadvisor.sources import cgroup
from vmadvisor.sources.cgroup import CgroupMemory

V2 = {
    "memory.current": "104857600\n",
    "memory.max": "209715200\n",
    "memory.high": "188743680\n",
    "memory.low": "1048576\n",
    "memory.min": "524288\n",
    "memory.swap.current": "4096\n",
    "memory.swap.max": "max\n",
    "memory.events": "low 11\nhigh 12\nmax 13\noom 14\noom_kill 15\noom_group_kill 16\n",
    "memory.events.local": "low 21\nhigh 22\nmax 23\noom 24\noom_kill 25\n",
    "memory.oom.group": "1\n",
    "memory.pressure": "some avg10=1.10 avg60=2.20 avg300=3.30 total=44\n",
    "memory.stat": (
        "anon 90000000\nfile 8000000\nshmem 700000\nslab 60000\ninactive_file 50001\nactive_file 50002\n"
        "pgscan 401\npgsteal 402\nworkingset_refault_anon 31\nworkingset_refault_file 32\n"
    ),
    "cgroup.procs": "7\n8\n",
}

V1 = {
    "memory.usage_in_bytes": "104857600\n",
    "memory.limit_in_bytes": "209715200\n",
    "memory.memsw.limit_in_bytes": "9223372036854771712\n",
    "memory.failcnt": "17\n",
    "memory.oom_control": "oom_kill_disable 0\nunder_oom 0\noom_kill 18\n",
    "memory.swappiness": "30\n",
    "memory.stat": (
        "cache 1\nrss 2\nshmem 3\ninactive_file 4\nactive_file 5\nswap 6\nworkingset_refault 7\n"
        "hierarchical_memory_limit 209715200\n"
        "total_cache 8000000\ntotal_rss 90000000\ntotal_shmem 700000\ntotal_inactive_file 50001\n"
        "total_active_file 50002\ntotal_swap 4096\ntotal_workingset_refault 63\n"
    ),
    "cgroup.procs": "7\n8\n",
}


def test_every_field_of_a_v2_group_has_its_own_value():
    group = cgroup.parse(V2)

    assert group.pressure is not None
    assert group.pressure.some.stall_us_total == 44
    assert group == CgroupMemory(
        version=2,
        has_limit_files=True,
        current_bytes=104857600,
        max_bytes=209715200,
        high_bytes=188743680,
        low_bytes=1048576,
        min_bytes=524288,
        swap_current_bytes=4096,
        swap_max_bytes=None,
        memsw_max_bytes=None,
        events_max_total=13,
        events_high_total=12,
        events_oom_total=14,
        events_oom_kill_total=15,
        events_local_high_total=22,
        events_local_max_total=23,
        events_local_oom_total=24,
        oom_group=True,
        swappiness_count=None,
        anon_bytes=90000000,
        file_bytes=8000000,
        shmem_bytes=700000,
        slab_bytes=60000,
        inactive_file_bytes=50001,
        active_file_bytes=50002,
        pgscan_pages_total=401,
        pgsteal_pages_total=402,
        workingset_refault_pages_total=63,
        pressure=group.pressure,
        pids=(7, 8),
    )


def test_every_field_of_a_v1_group_is_that_of_its_subtree():
    assert cgroup.parse(V1) == CgroupMemory(
        version=1,
        has_limit_files=True,
        current_bytes=104857600,
        max_bytes=209715200,
        high_bytes=None,
        low_bytes=None,
        min_bytes=None,
        swap_current_bytes=4096,
        swap_max_bytes=None,
        memsw_max_bytes=None,
        events_max_total=17,
        events_high_total=None,
        events_oom_total=None,
        events_oom_kill_total=18,
        oom_group=None,
        swappiness_count=30,
        anon_bytes=90000000,
        file_bytes=8000000,
        shmem_bytes=700000,
        slab_bytes=None,
        inactive_file_bytes=50001,
        active_file_bytes=50002,
        pgscan_pages_total=None,
        pgsteal_pages_total=None,
        workingset_refault_pages_total=63,
        pressure=None,
        pids=(7, 8),
    )


@pytest.mark.parametrize(
    "unlimited", ["9223372036854771712", "9223372036854710272", "18446744073709551615"]
)
def test_v1s_huge_number_is_no_limit(unlimited):
    assert cgroup.parse(V1 | {"memory.limit_in_bytes": f"{unlimited}\n"}).max_bytes is None
    assert cgroup.parse(V1).max_bytes == 209715200


def test_a_v1_memsw_limit_is_kept():
    group = cgroup.parse(V1 | {"memory.memsw.limit_in_bytes": "314572800\n"})

    assert group.memsw_max_bytes == 314572800


def test_a_group_with_current_but_no_max_has_no_limit_files():
    group = cgroup.parse({"memory.current": "4096\n"})

    assert group.has_limit_files is False
    assert (group.current_bytes, group.max_bytes, group.pids) == (4096, None, None)


def test_an_unlimited_v2_group_still_has_limit_files():
    group = cgroup.parse({"memory.current": "4096\n", "memory.max": "max\n"})

    assert group.has_limit_files is True
    assert group.max_bytes is None


def test_a_limit_of_zero_is_a_limit():
    assert cgroup.parse({"memory.max": "0\n"}).max_bytes == 0


def test_slab_is_summed_where_the_kernel_prints_only_its_parts():
    stat = "slab_reclaimable 500\nslab_unreclaimable 31\n"

    assert cgroup.parse(V2 | {"memory.stat": stat}).slab_bytes == 531
    assert cgroup.parse(V2 | {"memory.stat": "slab_reclaimable 500\n"}).slab_bytes is None


def test_an_empty_group_has_no_processes_rather_than_unknown_ones():
    assert cgroup.parse(V2 | {"cgroup.procs": ""}).pids == ()


def test_before_4_13_v1_counts_no_kills():
    group = cgroup.parse(V1 | {"memory.oom_control": "oom_kill_disable 0\nunder_oom 0\n"})

    assert group.events_oom_kill_total is None


@pytest.mark.parametrize(
    "files",
    [
        {},
        {"memory.stat": "anon 1\n", "memory.pressure": V2["memory.pressure"]},
        {"cgroup.procs": "7\n"},
    ],
    ids=["nothing", "root", "other controller"],
)
def test_a_group_without_memory_files_is_a_parse_error(files):
    with pytest.raises(ParseError):
        cgroup.parse(files)


@pytest.mark.parametrize("name", sorted(V2))
@pytest.mark.parametrize(
    "text", ["x y\n", "1 -\n", "9" * 100_000 + "\n"], ids=["x", "minus", "long"]
)
def test_a_malformed_v2_file_is_a_parse_error_that_names_it(name, text):
    if name in {"memory.stat", "memory.events", "memory.events.local"} and text.startswith("9"):
        text = f"anon {text}"

    with pytest.raises(ParseError, match=name if name != "memory.pressure" else "memory.pressure"):
        cgroup.parse(V2 | {name: text})


def test_names_cover_what_the_parser_reads():
    assert set(V2) == set(cgroup.V2_NAMES)
    assert set(V1) <= set(cgroup.V1_NAMES)
