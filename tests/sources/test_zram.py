import pytest

from vmadvisor.errors import ParseError
from vmadvisor.sources import zram
from vmadvisor.sources.zram import Zram

FILES = {
    "disksize": "8589934592\n",
    "mm_stat": "   77824    23456   131072  4194304   139264        5        6        7        8\n",
    "comp_algorithm": "lzo [lz4] zstd \n",
    "backing_dev": "none\n",
}


def test_every_field_has_its_own_value():
    assert zram.parse(FILES) == Zram(
        disksize_bytes=8589934592,
        orig_data_bytes=77824,
        compr_data_bytes=23456,
        mem_used_bytes=131072,
        mem_limit_bytes=4194304,
        algorithm="lz4",
        backing_dev=None,
    )


def test_a_writeback_device_is_named():
    assert zram.parse(FILES | {"backing_dev": "/dev/loop3\n"}).backing_dev == "/dev/loop3"


def test_before_4_2_each_size_has_a_file_of_its_own():
    files = {"orig_data_size": "71\n", "compr_data_size": "72\n", "mem_used_total": "73\n"}

    device = zram.parse(files)

    assert (device.orig_data_bytes, device.compr_data_bytes, device.mem_used_bytes) == (71, 72, 73)
    assert device.mem_limit_bytes is None


def test_what_is_absent_is_none():
    assert zram.parse({"disksize": "4096\n"}).mem_used_bytes is None


@pytest.mark.parametrize(
    "files",
    [
        {"mm_stat": "1 2 3\n"},
        {"mm_stat": "1 2 -3 4\n"},
        {"disksize": "x\n"},
        {"comp_algorithm": "lzo\n"},
    ],
    ids=["short", "negative", "word", "no choice"],
)
def test_malformed_files_are_parse_errors(files):
    with pytest.raises(ParseError, match=next(iter(files))):
        zram.parse(files)
