import errno

import pytest

from vmadvisor.collect.deadline import Deadline
from vmadvisor.collect.source_records import SourceRecords
from vmadvisor.errors import ParseError
from vmadvisor.snapshot import Gap, Timed
from vmadvisor.sources import SOURCES, DirectorySource, FileSource
from vmadvisor.sources.meminfo import Meminfo
from vmadvisor.sources.numa_node import NumaNode
from vmadvisor.sources.pressure import MemoryPressure
from vmadvisor.sources.sysctl_vm import VmSysctl
from vmadvisor.sources.zram import Zram


def read(tree, sources=SOURCES, *, limit_s=None, reused=None):
    records = SourceRecords(tree, Deadline(limit_s))
    records.read(sources, reused or {})
    return records


def gaps_by_path(records):
    return {gap.path: gap.reason for gap in records.gaps}


def test_files_become_records_with_the_time_they_were_read(fake_tree, host):
    records = read(fake_tree(host)).records

    assert records[Meminfo].time_s == 50.0
    assert records[Meminfo].record.mem_total_kib == 8045220
    assert records[VmSysctl].record.swappiness_count == 60


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (PermissionError(errno.EACCES, "x"), "permission denied"),
        (PermissionError(errno.EPERM, "x"), "permission denied"),
        (FileNotFoundError(errno.ENOENT, "x"), "no such file"),
        (OSError(errno.EIO, "Input/output error"), "input/output error"),
    ],
)
def test_what_cannot_be_read_is_a_gap_that_says_what_it_costs(fake_tree, host, error, reason):
    records = read(fake_tree({**host, "proc/meminfo": error}))

    source = next(source for source in SOURCES if source.record is Meminfo)
    assert Gap(path="/proc/meminfo", reason=reason, cost=source.cost) in records.gaps
    assert Meminfo not in records.records


def test_pressure_that_was_switched_off_says_so(fake_tree, host):
    error = OSError(errno.EOPNOTSUPP, "Operation not supported")
    records = read(fake_tree({**host, "proc/pressure/memory": error}))

    assert gaps_by_path(records)["/proc/pressure/memory"] == "not supported (psi=0)"
    assert MemoryPressure not in records.records


def test_an_optional_file_is_missed_by_nobody_unless_it_is_locked(fake_tree, host):
    assert "/proc/spl/kstat/zfs/arcstats" not in gaps_by_path(read(fake_tree(host)))

    locked = {**host, "proc/spl/kstat/zfs/arcstats": PermissionError(errno.EACCES, "x")}
    assert gaps_by_path(read(fake_tree(locked)))["/proc/spl/kstat/zfs/arcstats"] == (
        "permission denied"
    )


def test_a_text_that_makes_no_sense_is_a_gap_with_the_parsers_words(fake_tree, host):
    records = read(fake_tree({**host, "proc/zoneinfo": "nothing here\n"}))

    assert gaps_by_path(records)["/proc/zoneinfo"] == "no 'Node N, zone NAME' line"


def test_bytes_that_are_no_text_reach_the_parser_without_loss(fake_tree):
    seen = []
    source = FileSource(path="proc/swaps", record=str, parse=seen.append, cost="c")

    read(fake_tree({"proc/swaps": b"/caf\xe9\xff\n"}), [source])

    assert seen[0].encode("utf-8", "surrogateescape") == b"/caf\xe9\xff\n"


def test_every_directory_that_the_star_stands_for_is_a_record_of_its_own(fake_tree, host):
    node = "sys/devices/system/node/"
    files = {
        **host,
        f"{node}node0/distance": "10 21\n",
        f"{node}node12/distance": "21 10\n",
        f"{node}node7/unrelated": "x",
        f"{node}online": "0-1\n",
        "sys/block/zram3/mm_stat": "40 30 20 10 5 0 0\n",
        "sys/block/sda/mm_stat": "1\n",
    }

    families = read(fake_tree(files)).families

    assert {key: timed.record.distance_by_node for key, timed in families[NumaNode].items()} == {
        "0": (10, 21),
        "12": (21, 10),
    }
    assert list(families[Zram]) == ["3"]


def test_a_directory_of_which_nothing_is_there_is_one_gap(fake_tree, host):
    del host["proc/sys/vm/swappiness"]

    assert gaps_by_path(read(fake_tree(host)))["/proc/sys/vm"] == "no such directory"


def test_a_locked_file_of_a_directory_is_named_and_the_others_count(fake_tree, host):
    files = {**host, "proc/sys/vm/min_free_kbytes": PermissionError(errno.EACCES, "x")}
    records = read(fake_tree(files))

    assert gaps_by_path(records)["/proc/sys/vm/min_free_kbytes"] == "permission denied"
    assert records.records[VmSysctl].record.min_free_kib is None
    assert records.records[VmSysctl].record.swappiness_count == 60


def test_a_directory_takes_the_time_of_its_newest_file(fake_tree):
    tree = fake_tree({"a/one": "1", "a/two": "2"})
    times_s = {"a/one": 7.5, "a/two": 9.25}
    tree.read = lambda path: (tree.files[path], times_s[path])
    source = DirectorySource(path="a", names=("two", "one"), record=dict, parse=dict, cost="c")

    assert read(tree, [source]).records[dict] == Timed(time_s=9.25, record={"one": "1", "two": "2"})


def test_a_family_whose_parser_fails_on_one_member_keeps_the_others(fake_tree):
    def parse(files):
        if files["x"] == "bad":
            raise ParseError("made no sense")
        return files["x"]

    source = DirectorySource(path="d/n*", names=("x",), record=str, parse=parse, cost="c")
    records = read(fake_tree({"d/n1/x": "bad", "d/n2/x": "good"}), [source])

    assert {key: timed.record for key, timed in records.families[str].items()} == {"2": "good"}
    assert gaps_by_path(records) == {"/d/n1": "made no sense"}


def test_an_earlier_reading_is_used_again_instead_of_the_file(fake_tree, host):
    tree = fake_tree(host)
    earlier = Timed(time_s=41.0, record="as it was")

    records = read(tree, reused={Meminfo: earlier})

    assert records.records[Meminfo] is earlier
    assert "proc/meminfo" not in tree.reads


def test_after_the_deadline_nothing_more_is_read_and_all_of_it_is_named(fake_tree, host):
    tree = fake_tree(host)

    records = read(tree, limit_s=0.0)

    assert tree.reads == []
    assert len(records.gaps) == len(SOURCES)
    assert gaps_by_path(records)["/proc/meminfo"] == "not reached within 0 s"
