"""Whatever a file or an archive holds: a record or a ParseError, never another exception."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vmadvisor.errors import ParseError
from vmadvisor.sources import (
    DEEP_SOURCES,
    SOURCES,
    FileSource,
    _lines,
    cgroup,
    pid_cgroup,
    pid_stat,
    pid_statm,
    pid_status,
)

ZONEINFO = """\
Node 0, zone   Normal
  per-node stats
      nr_inactive_anon 91
  pages free     90002
        boost    513
        min      13417
        low      16643
        high     19869
        managed  3325844
        protection: (0, 0, 0, 0, 3)
      nr_free_cma  102
  pagesets
    cpu: 0
              count:    302
              high:     4033
              batch:    63
  vm stats threshold: 103
  node_unreclaimable:  1
"""
PRESSURE = "some avg10=1.10 avg60=2.20 avg300=3.30 total=44\nfull avg10=1.00 avg60=2.00 avg300=3.00 total=40\n"

FILES = {
    "proc/version": "Linux version 6.12.94+deb13-amd64 (debian-kernel@lists.debian.org)\n",
    "proc/meminfo": "MemTotal:  1001 kB\nMemFree:   1002 kB\nSwapTotal: 1003 kB\nHugePages_Total: 4\n",
    "proc/vmstat": "nr_free_pages 101\nallocstall_normal 3\npgscan_direct 7\npgscan_direct_throttle 9\n",
    "proc/zoneinfo": ZONEINFO,
    "proc/pressure/memory": PRESSURE,
    "proc/pressure/io": PRESSURE,
    "proc/pressure/cpu": PRESSURE,
    "proc/stat": "cpu  11 12 13 14 15 16 17 18 0 0\ncpu0 11 12 13 14\nbtime 1690000000\n",
    "proc/uptime": "350735.47 234388.90\n",
    "proc/buddyinfo": "Node 0, zone      DMA      1      2      3\n",
    "proc/swaps": "Filename Type Size Used Priority\n/swap\\040file file 1024 76 -2\n",
    "proc/cmdline": "BOOT_IMAGE=/vmlinuz ro psi=1 delayacct -- single\n",
    "proc/spl/kstat/zfs/arcstats": "name type data\nsize 4 3222822648\nc_max 4 8324997120\n",
    "proc/pagetypeinfo": (
        "Pages per block:  512\nNode    0, zone   Normal, type      Movable     17      4 >100000\n"
    ),
}
DIRECTORIES = {
    "proc/sys/kernel": {"osrelease": "6.12.94\n", "hostname": "db1\n", "numa_balancing": "1\n"},
    "proc/sys/vm": {
        "swappiness": "60\n",
        "lowmem_reserve_ratio": "256\t32\t0\n",
        "laptop_mode": "-1\n",
    },
    "sys/kernel/mm/transparent_hugepage": {
        "enabled": "always [madvise] never\n",
        "hpage_pmd_size": "2\n",
    },
    "sys/kernel/mm/lru_gen": {"enabled": "0x0007\n", "min_ttl_ms": "0\n"},
    "sys/kernel/mm/hugepages/hugepages-*": {"nr_hugepages": "64\n", "free_hugepages": "13\n"},
    "sys/devices/system/node/node*": {
        "meminfo": "Node 1 MemTotal: 16388340 kB\n",
        "numastat": "numa_hit 2947\n",
        "distance": "10 21\n",
        "cpulist": "0-3,8\n",
    },
    "sys/block/*": {"queue/rotational": "1\n"},
    "sys/block/zram*": {
        "disksize": "4096\n",
        "mm_stat": "1 2 3 4 5 6\n",
        "comp_algorithm": "[lz4] zstd\n",
    },
    "sys/module/zswap/parameters": {"enabled": "Y\n", "max_pool_percent": "20\n"},
    "cgroup v2": {
        "memory.current": "4096\n",
        "memory.max": "max\n",
        "memory.events": "max 3\noom_kill 1\n",
        "memory.pressure": PRESSURE,
        "memory.stat": "anon 7\nslab 8\n",
        "cgroup.procs": "7\n8\n",
    },
    "cgroup v1": {
        "memory.usage_in_bytes": "4096\n",
        "memory.limit_in_bytes": "9223372036854771712\n",
        "memory.oom_control": "oom_kill_disable 0\noom_kill 1\n",
        "memory.stat": "total_rss 7\n",
    },
}
PID_FILES = {
    "proc/PID/stat": (
        pid_stat.parse,
        "7 (a) b) S 1 7 7 0 -1 4194560 9 0 5 0 11 13 0 0 20 0 1 0 99 8192 321 1\n",
    ),
    "proc/PID/statm": (pid_statm.parse, "1024 321 200 4 0 90 0\n"),
    "proc/PID/status": (
        pid_status.parse,
        "Name:\tx\nUid:\t33\t33\t33\t33\nVmRSS:\t 12 kB\nCapEff:\t00ff\n",
    ),
    "proc/PID/cgroup": (pid_cgroup.parse, "4:memory:/docker/ab\n0::/init.scope\n"),
    "proc/PID/oom_score": (_lines.single, "666\n"),
}
REGISTERED = {source.path: source for source in (*SOURCES, *DEEP_SOURCES)}
TEXT_PARSERS = [
    (path, source.parse, FILES[path])
    for path, source in REGISTERED.items()
    if isinstance(source, FileSource)
] + [(path, parse, text) for path, (parse, text) in PID_FILES.items()]
MAPPING_PARSERS = [
    (path, REGISTERED[path].parse if path in REGISTERED else cgroup.parse, files)
    for path, files in DIRECTORIES.items()
]

HOSTILE = [
    b"9" * 100_000, b"-1", b"nan", b"inf", b"\0", b"\n", b" ", b"\t", b":", b"(", b")", b"[", b"1e999", b"0x",
    "²".encode(), "٣".encode(), "\u2028".encode(), b"\xff\xfe", b"\x85", b"_",
]  # fmt: skip


@st.composite
def mutated(draw, text):
    """``text`` with up to six bytes or pieces replaced, inserted, doubled or cut off."""
    data = bytearray(text.encode())
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, len(data)))
        width = draw(st.integers(0, 3))
        change = draw(st.sampled_from(["replace", "insert", "delete", "double", "cut"]))
        if change == "replace":
            data[at : at + 1] = draw(st.binary(min_size=1, max_size=2))
        elif change == "insert":
            data[at:at] = draw(st.sampled_from(HOSTILE))
        elif change == "delete":
            del data[at : at + width]
        elif change == "double":
            data[at:at] = data[at : at + 20 * width]
        else:
            del data[at:]
    return data.decode(errors="replace")


def record_or_parse_error(parse, argument):
    try:
        record = parse(argument)
    except ParseError:
        return
    assert record is not None


def test_every_source_has_a_text_to_start_from():
    assert set(REGISTERED) <= set(FILES) | set(DIRECTORIES)


@pytest.mark.parametrize(
    ("parse", "text"), [p[1:] for p in TEXT_PARSERS], ids=[p[0] for p in TEXT_PARSERS]
)
def test_the_texts_to_start_from_are_sound(parse, text):
    assert parse(text) is not None


@pytest.mark.parametrize(
    ("parse", "files"), [p[1:] for p in MAPPING_PARSERS], ids=[p[0] for p in MAPPING_PARSERS]
)
def test_the_directories_to_start_from_are_sound(parse, files):
    assert parse(files) is not None


@pytest.mark.parametrize("parse", [p[1] for p in TEXT_PARSERS], ids=[p[0] for p in TEXT_PARSERS])
@settings(max_examples=60, deadline=None)
@given(text=st.text())
def test_any_text_gives_a_record_or_a_parse_error(parse, text):
    record_or_parse_error(parse, text)


@pytest.mark.parametrize(
    ("parse", "text"), [p[1:] for p in TEXT_PARSERS], ids=[p[0] for p in TEXT_PARSERS]
)
@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_any_mutation_of_a_sound_text_gives_a_record_or_a_parse_error(parse, text, data):
    record_or_parse_error(parse, data.draw(mutated(text)))


@pytest.mark.parametrize(
    ("parse", "files"), [p[1:] for p in MAPPING_PARSERS], ids=[p[0] for p in MAPPING_PARSERS]
)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_any_text_in_any_file_of_a_directory_gives_a_record_or_a_parse_error(parse, files, data):
    names = st.sampled_from(sorted(files))
    record_or_parse_error(parse, data.draw(st.dictionaries(names, st.text(), min_size=1)))


@pytest.mark.parametrize(
    ("parse", "files"), [p[1:] for p in MAPPING_PARSERS], ids=[p[0] for p in MAPPING_PARSERS]
)
@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_any_mutation_of_a_directorys_files_gives_a_record_or_a_parse_error(parse, files, data):
    name = data.draw(st.sampled_from(sorted(files)))
    record_or_parse_error(parse, files | {name: data.draw(mutated(files[name]))})


@pytest.mark.parametrize("path", [path for path in DIRECTORIES if path in REGISTERED])
@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_any_subset_of_a_directorys_files_gives_a_record(path, data):
    kept = data.draw(st.sets(st.sampled_from(sorted(DIRECTORIES[path])), min_size=1))

    record = REGISTERED[path].parse({name: DIRECTORIES[path][name] for name in kept})

    assert isinstance(record, REGISTERED[path].record)
