"""What a recorder saw beside what it kept."""

import pytest

from vmadvisor.collect.memory_tree import MemoryTree
from vmadvisor.collect.process_counts import (
    ProcessCounts,
    as_recorded,
    counts_in,
    counts_of,
    text_of,
)
from vmadvisor.collect.recording_meta import meta_of
from vmadvisor.snapshot import ProcessScan

COUNTS = ProcessCounts(seen_count=512, with_memory_count=230, top_count=10)
SCAN = ProcessScan(
    time_s=3.5,
    age_s=0.5,
    seen_count=21,
    vanished_count=1,
    unread_count=2,
    is_complete=True,
    sees_kernel_threads=True,
    rss_pages={7: 300},
    details={},
)


def tree_of(counts=None, meta=None):
    files = {"meta/processes.json": counts, "meta.json": meta}
    return MemoryTree({path: (data, 3.5) for path, data in files.items() if data is not None})


def recorded(**files):
    tree = tree_of(**files)
    scan = as_recorded(SCAN, tree, meta_of(tree))
    return scan.seen_count, scan.is_complete, scan.leading_count


def test_counts_come_back_as_they_were_written():
    assert counts_of(tree_of(text_of(COUNTS))) == COUNTS
    assert counts_of(tree_of()) is None


def test_a_shortlist_is_not_taken_for_all_processes():
    assert recorded(counts=text_of(COUNTS)) == (512, False, 10)


def test_a_recording_of_all_says_how_many_there_were():
    everyone = ProcessCounts(seen_count=513, with_memory_count=230, top_count=None)

    assert recorded(counts=text_of(everyone)) == (513, True, None)


def test_without_counts_the_recordings_own_word_decides():
    shortlist = b'{"processes": {"scan": "shortlist", "top_count": 16}}'

    assert recorded(meta=shortlist) == (21, False, 16)
    assert recorded(meta=shortlist.replace(b"16", b'"?"')) == (21, False, None)
    assert recorded() == (21, True, None)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff",
        b"[" * 50_000,
        b"[]",
        b"{}",
        b'{"seen_count": 5, "top_count": 3}',
        b'{"seen_count": -5, "with_memory_count": 4, "top_count": 3}',
        b'{"seen_count": 5e1, "with_memory_count": 4, "top_count": 3}',
        b'{"seen_count": 99999999, "with_memory_count": 4, "top_count": 3}',
        b'{"seen_count": true, "with_memory_count": 4, "top_count": 3}',
        b'{"seen_count": 5, "with_memory_count": 4, "top_count": "all"}',
    ],
)
def test_counts_that_cannot_be_are_none(data):
    assert counts_in(data) is None
