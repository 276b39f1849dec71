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


def delay(waits, waited_ns):
    return Delay(waits_total=waits, waited_ns_total=waited_ns)


WROTE = {
    "v10-5.10": (10, 352, delay(216, 11_077_010_997), delay(1_593, 10_517_578_310), delay(0, 0), None),
    "v13-6.1": (13, 416, delay(46, 7_738_289_658), delay(24_843, 3_406_983_778), delay(3, 90_543), delay(0, 0)),
    "v14-6.12": (14, 432, delay(97, 8_564_919_573), delay(62_294, 15_789_067_705),
                 delay(37_144, 30_172_601_048), delay(0, 0)),
    "v17-7.2": (17, 688, delay(47, 23_521_161_138), delay(46_880, 3_924_714_874),
                delay(25_353, 9_698_599_196), delay(0, 0)),
}  # fmt: skip
"""Version, size, freepages, swapin, thrashing, compact: no guest had to compact."""


@little_endian
@pytest.mark.parametrize("name", WROTE)
def test_what_a_kernel_wrote_of_a_task_that_waited(name):
    version, size_bytes, freepages, swapin, thrashing, compact = WROTE[name]
    pid, data = recorded(name)["pid", "base"]
    found = taskstats.parse(data)

    assert (found.version, len(data), found.pid_id) == (version, size_bytes, pid)
    assert (found.freepages, found.swapin) == (freepages, swapin)
    assert (found.thrashing, found.compact) == (thrashing, compact)


@little_endian
@pytest.mark.parametrize("name", WROTE)
def test_a_processs_sum_has_no_pid_and_the_waits_of_its_only_thread(name):
    found = taskstats.parse(recorded(name)["tgid", "base"][1])

    assert found.pid_id == 0
    assert found.freepages == WROTE[name][2]


@little_endian
def test_6_18_wrote_version_16_of_a_task_that_had_not_waited():
    pid, data = recorded("v16-6.18")["pid", "python"]
    found = taskstats.parse(data)

    assert (found.version, found.pid_id, len(data)) == (16, pid, 560)
    assert found.freepages == found.compact == Delay(waits_total=0, waited_ns_total=0)
