"""pmrep's lines: whole, in pieces, of several versions, cut, spoilt and hostile."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vmadvisor.errors import ParseError
from vmadvisor.sources import pcp_csv
from vmadvisor.sources.pcp_csv import PmrepReader
from vmadvisor.sources.pcp_record import PcpHost, PcpRecord
from vmadvisor.sources.pcp_value import NOT_A_NUMBER

FIXTURE = Path(__file__).resolve().parents[2] / "fixtures" / "pcp" / "6.18-log.csv"
HEAD = (
    'Host,Interval,Time,"mem.util.free","mem.vmstat.oom_kill","mem.zoneinfo.free-Normal::node0",'
    '"kernel.all.uptime","kernel.uname.release"\n'
)
NEWER = HEAD.replace("-Normal::node0", "[Normal::node0]")
LINES = (
    'db1,0,2026-11-27T08:50:01.617863 UTC+0,20085220,3,5624792,22945.670,"6.18.44"\n'
    "db1,60,2026-11-27T08:51:01.617999 UTC+0,,5,,,\n"
)
FIRST_UTC_S = 1_795_769_401.617863
ALL = [
    PcpHost(hostname="db1"),
    PcpRecord(
        time_utc_s=FIRST_UTC_S,
        values={
            "mem.util.free": 20_085_220, "mem.vmstat.oom_kill": 3, "mem.zoneinfo.free[Normal::node0]": 5_624_792,
            "kernel.all.uptime": 22_945.67, "kernel.uname.release": "6.18.44",
        },
    ),
    PcpRecord(time_utc_s=1_795_769_461.617999, values={"mem.vmstat.oom_kill": 5}),
]  # fmt: skip


def read(*pieces):
    reader = PmrepReader()
    found = [item for piece in pieces for item in reader.feed(piece)]
    reader.end()
    return found, dict(reader.gaps)


@pytest.mark.parametrize("head", [HEAD, NEWER], ids=["6", "7"])
def test_every_value_has_its_place_and_what_has_none_is_absent(head):
    assert read(head + LINES) == (ALL, {})
    assert read(*(head + LINES)) == (ALL, {})


def test_a_real_log_is_read_whole():
    found, gaps = read(FIXTURE.read_text())

    host, *records = found
    assert (host, len(records), gaps) == (PcpHost(hostname="db1"), 9, {})
    first = records[1].values
    assert first["mem.physmem"] == 24_684_096
    assert first["mem.zoneinfo.managed[Normal::node0]"] == 10_223_616
    assert first["mem.zoneinfo.protection[DMA::node0::lowmem_reserved1]"] == 12_076
    assert first["mem.zoneinfo.workingset_refault_file[node0]"] == 25_299_256
    assert first["kernel.all.boottime"] == 1_795_751_390
    assert first["kernel.all.pressure.memory.full.avg[10 second]"] == 0.0
    assert "mem.vmstat.allocstall" not in first  # this kernel counts by zone
    assert first["mem.vmstat.allocstall_normal"] == 0


def test_another_metric_is_left_out():
    head = HEAD.replace("mem.util.free", "disk.all.read")

    (_, record, _), gaps = read(head + LINES)

    assert "disk.all.read" not in record.values
    assert gaps == {}


def test_a_hosts_name_may_hold_commas_and_controls():
    found, gaps = read(HEAD + LINES.replace("db1,", "d,b\x1b[2J,1,"))

    assert found[0] == PcpHost(hostname="d,b\x1b[2J,1")
    assert found[1:] == ALL[1:]
    assert gaps == {}


def test_a_name_with_a_line_in_it_costs_what_stands_before_it():
    found, gaps = read(HEAD + LINES.replace("db1,", "d\ndb1,"))

    assert found == ALL
    assert gaps == {pcp_csv.LINE_DAMAGED: 2}


def test_each_host_is_said_when_it_begins():
    found, _ = read(HEAD + LINES + LINES.replace("db1,", "db2,"))

    assert [item.hostname for item in found if isinstance(item, PcpHost)] == ["db1", "db2"]


@pytest.mark.parametrize("cut", range(len(HEAD), len(HEAD + LINES), 5))
def test_no_cut_invents_a_record(cut):
    found, gaps = read((HEAD + LINES)[:cut])

    assert found == ALL[: len(found)]
    ends = (HEAD + LINES)[:cut].endswith("\n") or cut == len(HEAD)
    assert gaps == ({} if ends else {pcp_csv.LINE_DAMAGED: 1})


@pytest.mark.parametrize("stamp", ["2026-11-27T08:50:01 UTC+1", "2026-11-27T08:50:01", "x", "2026-13-27T08:50:01 UTC+0", ""])  # fmt: skip
def test_local_time_is_no_time(stamp):
    found, gaps = read(HEAD + LINES.replace("2026-11-27T08:50:01.617863 UTC+0", stamp))

    assert found == [ALL[0], ALL[2]]
    assert gaps == {pcp_csv.NOT_A_TIME: 1}


def test_a_number_that_cannot_be_is_absent_and_said_and_the_rest_stays():
    found, gaps = read(HEAD + LINES.replace("20085220", "18446744073709551615"))

    assert found[1].values.keys() == ALL[1].values.keys() - {"mem.util.free"}
    assert gaps == {NOT_A_NUMBER: 1}


def test_a_line_without_end_is_given_up_and_not_kept():
    reader = PmrepReader()
    list(reader.feed(HEAD))
    for _ in range(100):
        list(reader.feed("7," * 50_000))

    assert len(reader._text) <= pcp_csv.LINE_MAX_CHARS
    assert list(reader.feed("\n" + LINES)) == ALL
    assert reader.gaps == {pcp_csv.LINE_LONG: 1}


@pytest.mark.parametrize("text", ["", "{}\n", "Host,Time\n", "pmrep: not found\n"])
def test_other_text_is_refused(text):
    with pytest.raises(ParseError, match="what pmrep prints"):
        read(text)


@given(text=st.text())
def test_any_text_behind_the_head_gives_items_or_gaps(text):
    read(HEAD + text)
