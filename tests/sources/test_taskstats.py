"""Every layout of struct taskstats that kernels had, as they handed it out where one was at hand."""

import struct
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vmadvisor.errors import ParseError
from vmadvisor.sources import taskstats
from vmadvisor.sources.taskstats import Delay

RECORDED = Path(__file__).resolve().parents[1] / "taskstats"

little_endian = pytest.mark.skipif(
    sys.byteorder != "little", reason="recorded on a little-endian machine"
)


def recorded(name):
    """(asked by, pid, comm) -> the bytes."""
    lines = [line.split() for line in (RECORDED / f"{name}.txt").read_text().splitlines()]
    return {(by, comm): (int(pid), bytes.fromhex(text)) for by, pid, comm, text in lines}


# Offsets of include/uapi/linux/taskstats.h, written down here once more: not taken from the parser.
EXTENDED = {"swapin": 48, "pid": 128, "freepages": 312, "thrashing": 328, "compact": 352}
BROKEN = {"swapin": 80, "pid": 176, "freepages": 360, "thrashing": 392, "compact": 432}
SIZES = {8: 328, 9: 344, 10: 352, 11: 368, 12: 400, 13: 416, 14: 432, 15: 560, 16: 560, 17: 688}
VALUES = {"swapin": (3, 1003), "freepages": (5, 1005), "thrashing": (7, 1007), "compact": (9, 1009)}
SINCE = {"swapin": 8, "freepages": 8, "thrashing": 9, "compact": 11}


def built(version, size=None):
    """A structure that no kernel wrote: all other fields hold 0xa5."""
    data = bytearray(b"\xa5" * (size or SIZES[version]))
    struct.pack_into("=H", data, 0, version)
    places = BROKEN if version == 15 else EXTENDED
    struct.pack_into("=I", data, places["pid"], 4321)
    for name, pair in VALUES.items():
        if version >= SINCE[name]:
            struct.pack_into("=QQ", data, places[name], *pair)
    return bytes(data)


@pytest.mark.parametrize("version", SIZES)
def test_a_built_structure_of_each_version_gives_what_was_put_in(version):
    found = taskstats.parse(built(version))

    assert (found.version, found.pid_id) == (version, 4321)
    for name, (count, waited_ns) in VALUES.items():
        wanted = Delay(waits_total=count, waited_ns_total=waited_ns)
        assert getattr(found, name) == (wanted if version >= SINCE[name] else None), name


@pytest.mark.parametrize("version", SIZES)
def test_a_byte_short_of_what_the_version_promises_is_refused(version):
    with pytest.raises(ParseError, match=f"version {version}: {SIZES[version] - 1} bytes"):
        taskstats.parse(built(version)[:-1])


def test_a_version_that_is_yet_to_come_is_read_as_far_as_it_is_known():
    found = taskstats.parse(built(23, size=1000))

    assert (found.version, found.freepages.waited_ns_total) == (23, 1005)
    assert found.compact == Delay(waits_total=9, waited_ns_total=1009)


def test_one_that_is_yet_to_come_is_not_shorter_than_the_last():
    with pytest.raises(ParseError, match="version 23: 687 bytes of 688"):
        taskstats.parse(built(23, size=687))


@pytest.mark.parametrize("version", [0, 1, 7])
def test_a_version_from_before_direct_reclaim_was_timed_is_refused(version):
    with pytest.raises(ParseError, match="known from 8 on"):
        taskstats.parse(struct.pack("=H", version) + bytes(700))


@given(st.binary(max_size=800))
def test_any_bytes_give_a_record_or_a_parse_error(data):
    try:
        taskstats.parse(data)
    except ParseError:
        return


@little_endian
def test_5_10_wrote_version_10_without_compaction():
    pid, data = recorded("v10-5.10")["pid", "base"]
    found = taskstats.parse(data)

    assert (found.version, found.pid_id, len(data)) == (10, pid, 352)
    assert found.freepages == Delay(waits_total=216, waited_ns_total=11_077_010_997)
    assert found.swapin == Delay(waits_total=1_593, waited_ns_total=10_517_578_310)
    assert found.thrashing == Delay(waits_total=0, waited_ns_total=0)
    assert found.compact is None


@little_endian
def test_6_1_wrote_version_13():
    by_pid, by_tgid = recorded("v13-6.1")["pid", "base"], recorded("v13-6.1")["tgid", "base"]
    found = taskstats.parse(by_pid[1])

    assert (found.version, found.pid_id, len(by_pid[1])) == (13, 123, 416)
    assert found.freepages == Delay(waits_total=46, waited_ns_total=7_738_289_658)
    assert found.swapin == Delay(waits_total=24_843, waited_ns_total=3_406_983_778)
    assert found.thrashing == Delay(waits_total=3, waited_ns_total=90_543)
    assert found.compact == Delay(waits_total=0, waited_ns_total=0)
    assert taskstats.parse(by_tgid[1]).pid_id == 0
    assert taskstats.parse(by_tgid[1]).freepages == found.freepages


@little_endian
def test_6_12_wrote_version_14():
    pid, data = recorded("v14-6.12")["pid", "base"]
    found = taskstats.parse(data)

    assert (found.version, found.pid_id, len(data)) == (14, pid, 432)
    assert found.freepages == Delay(waits_total=97, waited_ns_total=8_564_919_573)
    assert found.swapin == Delay(waits_total=62_294, waited_ns_total=15_789_067_705)
    assert found.thrashing == Delay(waits_total=37_144, waited_ns_total=30_172_601_048)


@little_endian
def test_7_2_wrote_version_17_which_goes_on_behind_what_is_known():
    pid, data = recorded("v17-7.2")["pid", "base"]
    found = taskstats.parse(data)

    assert (found.version, found.pid_id, len(data)) == (17, pid, 688)
    assert found.freepages == Delay(waits_total=47, waited_ns_total=23_521_161_138)
    assert found.swapin == Delay(waits_total=46_880, waited_ns_total=3_924_714_874)
    assert found.thrashing == Delay(waits_total=25_353, waited_ns_total=9_698_599_196)


@little_endian
def test_6_18_wrote_version_16_of_a_task_that_had_not_waited():
    pid, data = recorded("v16-6.18")["pid", "python"]
    found = taskstats.parse(data)

    assert (found.version, found.pid_id, len(data)) == (16, pid, 560)
    assert found.freepages == found.compact == Delay(waits_total=0, waited_ns_total=0)
