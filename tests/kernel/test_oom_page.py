"""The page size that a report shows without saying it."""

from dataclasses import replace

import pytest

from vmadvisor.kernel.oom_page import oom_page_bytes
from vmadvisor.sources.oom_report import OomMemory, OomReport, OomTable, OomTask, OomZone

ZONE = OomZone(
    node_id=0, name="DMA", free_kib=9, min_kib=1, low_kib=2, high_kib=3, boost_kib=None, reserved_highatomic_kib=None,
    free_highatomic_kib=None, present_kib=8, managed_kib=7, free_cma_kib=None, slab_unreclaimable_kib=None,
    all_unreclaimable=None,
)  # fmt: skip


def table(*sizes):
    tasks = tuple(OomTask(n, 0, n, 9, 8, None, size, 0, 0, "a") for n, size in enumerate(sizes, 2))
    return OomTable(
        columns=("rss",), tasks=tasks, malformed_count=0, dropped_count=0, has_state_line=True
    )


@pytest.mark.parametrize(("block_kib", "size"), [(4, 4096), (16, 16384), (64, 65536), (7, 4096)])
def test_the_smallest_free_block_is_a_page(block_kib, size):
    zone = replace(ZONE, block_kib=block_kib)

    assert oom_page_bytes(OomReport(memory=OomMemory(zones=(zone,)))) == size


def test_pages_and_kilobytes_of_one_list_tell():
    memory = OomMemory(
        pages={"active_anon": 100}, node_kib={0: {"active_anon": 600}, 1: {"active_anon": 1000}}
    )

    assert oom_page_bytes(OomReport(memory=memory)) == 16384


@pytest.mark.parametrize(
    ("sizes", "size"),
    [
        ((393216, 65536, 131072, 458752), 65536),
        ((393216, 69632, 131072, 458752), 4096),
        ((393216, 131072), 4096),
    ],
)
def test_many_page_tables_tell_and_few_do_not(sizes, size):
    assert oom_page_bytes(OomReport(table=table(*sizes))) == size
