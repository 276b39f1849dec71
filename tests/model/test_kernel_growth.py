"""The kernel's own parts, largest first, with their growth between two readings."""

from vmadvisor.model.kernel_growth import kernel_growth
from vmadvisor.sources.meminfo import parse

TEXT = """\
MemTotal: 800000 kB
MemFree: 100000 kB
Buffers: 1000 kB
Cached: 200000 kB
AnonPages: 150000 kB
Shmem: 7000 kB
SReclaimable: 30000 kB
SUnreclaim: {slab} kB
KernelStack: 4000 kB
PageTables: 9000 kB
"""


def test_parts_grow_per_second(snapshot):
    before = snapshot((5.0, parse(TEXT.format(slab=90_000))))
    after = snapshot((7.0, parse(TEXT.format(slab=96_000))))
    now = kernel_growth(before, after, 4096)
    by_name = {part.name: part for part in now.parts}

    assert now.interval_s == 2.0
    assert by_name["slab, unreclaimable"].size_kib == 96_000
    assert by_name["slab, unreclaimable"].growth_kib_per_s == 3_000
    assert by_name["unaccounted"].growth_kib_per_s == -3_000
    assert [part.name for part in now.parts][:2] == ["unaccounted", "slab, unreclaimable"]
    assert "anonymous" not in by_name


def test_one_reading_tells_sizes_only(snapshot):
    now = kernel_growth(None, snapshot((7.0, parse(TEXT.format(slab=96_000)))), 4096)

    assert now.interval_s is None
    assert {part.growth_kib_per_s for part in now.parts} == {None}


def test_what_is_left_says_nothing_where_a_part_is_missing(snapshot):
    bare = "MemTotal: 800000 kB\nMemFree: 100000 kB\nKernelStack: 4000 kB\n"
    now = kernel_growth(None, snapshot((7.0, parse(bare))), 4096)

    assert [part.name for part in now.parts] == ["kernel stacks"]


def test_without_meminfo_there_is_no_fact(snapshot):
    assert kernel_growth(None, snapshot(), 4096) is None
