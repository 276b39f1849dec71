import pytest

from vmadvisor.collect import carried_records
from vmadvisor.collect.carried_records import CarriedRecords
from vmadvisor.errors import RootError
from vmadvisor.sources import SOURCES
from vmadvisor.sources.uptime import Uptime
from vmadvisor.sources.vmstat import Vmstat
from vmadvisor.sources.zram import Zram


@pytest.fixture
def carried():
    return CarriedRecords(SOURCES)


def test_only_what_changed_is_parsed(carried, monkeypatch):
    read = []
    whole = carried_records.SourceRecords.read
    monkeypatch.setattr(
        carried_records.SourceRecords,
        "read",
        lambda self, sources, reused: read.extend(sources) or whole(self, sources, reused),
    )
    carried.put("proc/vmstat", b"oom_kill 3\n", 5.5)
    carried.update()
    assert len(read) == len(SOURCES)

    read.clear()
    carried.put("proc/vmstat", b"oom_kill 3\n", 6.5)
    carried.put("proc/uptime", b"7.5 6.5\n", 6.5)
    carried.update()

    assert [source.record for source in read] == [Uptime]
    assert carried.records[Vmstat].time_s == 6.5
    assert carried.records[Vmstat].record.oom_kill_total == 3


def test_earlier_records_stay_as_they_were_given(carried):
    carried.put("proc/vmstat", b"oom_kill 3\n", 5.5)
    carried.update()
    earlier = carried.records
    carried.put("proc/vmstat", b"oom_kill 5\n", 6.5)
    carried.update()

    assert earlier[Vmstat].record.oom_kill_total == 3
    assert carried.records[Vmstat].record.oom_kill_total == 5


def test_a_family_is_found_by_its_pattern(carried):
    carried.put("sys/block/zram3/disksize", b"4096\n", 5.5)
    carried.put("sys/block/sda/disksize", b"8192\n", 5.5)
    carried.update()

    assert list(carried.families[Zram]) == ["3"]


def test_a_recording_that_names_ever_more_devices_is_refused(monkeypatch):
    monkeypatch.setattr(carried_records, "RECORDS_MAX_BYTES", 50_000)
    carried = CarriedRecords(SOURCES)
    for number in range(1000):
        carried.put("sys/block/zram1/disksize", b"%d\n" % number, 5.5)

    for number in range(50):
        carried.put(f"sys/block/zram{number}/disksize", b"4096\n", 5.5)
    with pytest.raises(RootError, match="of the archive are of use"):
        carried.put("sys/block/zram51/disksize", b"4096\n" * 7000, 5.5)
