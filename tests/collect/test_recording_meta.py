"""A recording says how it was made to whoever reads it; hostile text says nothing."""

import json

import pytest

from vmadvisor.collect.memory_tree import MemoryTree
from vmadvisor.collect.recording_meta import SIZE_MAX_BYTES, meta_of
from vmadvisor.snapshot import HostFacts

FULL = {
    "host": "db1",
    "arch": "aarch64",
    "boot_id": "61ec5f2c",
    "page_size_bytes": 65536,
    "clock_hz": 250,
    "recorder_pid": 4711,
    "processes": {"scan": "shortlist", "top_count": 10, "hidden": None},
}


def meta_in(data):
    return meta_of(MemoryTree({} if data is None else {"meta.json": (data, 3.5)}))


def meta_with(**changes):
    return meta_in(json.dumps({**FULL, **changes}).encode())


NOTHING = meta_in(None)


def test_the_host_is_told_as_its_recorder_saw_it():
    assert meta_with().host == HostFacts(
        hostname="db1",
        arch="aarch64",
        boot_id="61ec5f2c",
        page_size_bytes=65536,
        clock_hz=250,
        is_live=False,
        reader_pid_id=4711,
    )


@pytest.mark.parametrize("pid", [0, -3, 2**22 + 1, "4711", 1.5, True, None])
def test_a_recorder_of_no_sane_pid_is_none(pid):
    assert meta_with(recorder_pid=pid).host.reader_pid_id is None


def test_a_shortlist_is_a_named_gap():
    meta = meta_with()
    (gap,) = meta.gaps()

    assert (meta.is_shortlist, meta.top_count) == (True, 10)
    assert gap.path == "/proc"
    assert "likeliest victims only" in gap.reason


def test_hidden_processes_are_one_too():
    (gap,) = meta_with(processes={"scan": "all", "hidden": "hidepid=2: invisible"}).gaps()

    assert gap.reason == "hidepid=2: invisible"


def test_without_the_text_nothing_is_said():
    assert NOTHING.gaps() == []
    assert (NOTHING.is_shortlist, NOTHING.top_count, NOTHING.host.hostname) == (False, None, None)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\x00",
        b"[" * 60_000,
        b"[1]",
        b"9" * 60_000,
        b'{"processes": 3}',
        b'{"processes": {"scan": ["shortlist"]}}',
        b'{"processes": {"scan": "all", "top_count": 7}}',
        b'{"host": 3, "arch": ["x"], "boot_id": {}, "page_size_bytes": true, "clock_hz": -5}',
        b'{"host": "", "page_size_bytes": 5000, "clock_hz": 1e9}',
        b'{"host": "\\ud800", "page_size_bytes": 1048576}',
        json.dumps({"host": "x" * 256}).encode(),
        json.dumps({**FULL, "more": "y" * SIZE_MAX_BYTES}).encode(),
    ],
)
def test_what_makes_no_sense_says_nothing(data):
    assert meta_in(data) == NOTHING


@pytest.mark.parametrize("top", [-1, 2**22 + 1, "10", 1.5, True])
def test_a_shortlist_of_no_sane_length_is_one_all_the_same(top):
    meta = meta_with(processes={"scan": "shortlist", "top_count": top})

    assert (meta.is_shortlist, meta.top_count) == (True, None)
