"""pcp2json's text, whole, in pieces, cut, spoilt, of several hosts and hostile."""

import gzip
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vmadvisor.errors import ParseError
from vmadvisor.sources import _json_records, pcp_json
from vmadvisor.sources.pcp_csv import PmrepReader
from vmadvisor.sources.pcp_json import Pcp2jsonReader, PcpZone
from vmadvisor.sources.pcp_record import PcpHost, PcpRecord
from vmadvisor.sources.pcp_value import NOT_A_NUMBER

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures" / "pcp"
FIRST_UTC_S = 1_795_769_401.617863


def leaf(value, unit="Kbyte", name=None):
    return {"@unit": unit, "value": value} | ({} if name is None else {"name": name})


def first():
    zone = {
        "@instances": [leaf(5_624_792, name="Normal::node0"), leaf(3_091_672, name="DMA32::node0")]
    }
    return {
        "@interval": "0",
        "@timestamp": "2026-11-27 08:50:01.617863",
        "mem": {"util": {"free": leaf(20_085_220)}, "vmstat": {"oom_kill": leaf("3", "count")}, "zoneinfo": {"free": zone}},
        "kernel": {"uname": {"nodename": {"value": "db1"}}},
    }  # fmt: skip


def second():
    return {
        "@interval": "60", "@timestamp": "2026-11-27 08:51:01.617999",
        "kernel": {"all": {"pressure": {"memory": {"full": {"total": leaf(77, "microsec")}}}}},
    }  # fmt: skip


def document(*records, host="db1", zone="UTC+0"):
    found = {"@host": host, "@metrics": list(records), "@source": "20261127", "@timezone": zone}
    text = json.dumps({"@pcp": {"@hosts": [found]}}, indent=2, sort_keys=True)
    return '{ "//": "Writing 3 archived metrics to stdout..." }\n{ "//": "(Ctrl-C to stop)" }\n' + text + "\n"  # fmt: skip


TEXT = document(first(), second())
ALL = [
    PcpHost(hostname="db1"),
    PcpRecord(
        time_utc_s=FIRST_UTC_S,
        values={
            "mem.util.free": 20_085_220, "mem.vmstat.oom_kill": 3,
            "mem.zoneinfo.free[Normal::node0]": 5_624_792, "mem.zoneinfo.free[DMA32::node0]": 3_091_672,
            "kernel.uname.nodename": "db1",
        },
    ),
    PcpRecord(
        time_utc_s=1_795_769_461.617999, values={"kernel.all.pressure.memory.full.total": 77}
    ),
    PcpZone(is_utc=True),
]  # fmt: skip


def read(*pieces):
    reader = Pcp2jsonReader()
    found = [item for piece in pieces for item in reader.feed(piece)]
    reader.end()
    return found, dict(reader.gaps)


def test_every_value_has_its_place():
    assert read(TEXT) == (ALL, {})
    assert read(*TEXT) == (ALL, {})


def test_the_same_real_records_are_told_by_both_programs():
    found, gaps = read(gzip.decompress((FIXTURES / "6.18-log.json.gz").read_bytes()).decode())
    reader = PmrepReader()
    lines = list(reader.feed((FIXTURES / "6.18-log.csv").read_text()))

    assert gaps == {}
    assert found == [*lines, PcpZone(is_utc=True)]


def test_times_say_their_zone_or_leave_it_to_the_end():
    reader = Pcp2jsonReader()
    list(reader.feed(TEXT))
    assert reader.has_bare_times
    told = Pcp2jsonReader()
    found = list(told.feed(TEXT.replace("617863", "617863 UTC").replace("617999", "617999Z")))

    assert (found, told.has_bare_times) == (ALL, False)


@pytest.mark.parametrize(
    ("zone", "is_utc"), [("UTC+0", True), ("UTC", True), ("UTC-0", True), ("UTC+1", False), ("CET-1", False)]
)  # fmt: skip
def test_the_zone_is_said_last(zone, is_utc):
    found, _ = read(document(first(), zone=zone))

    assert found[-1] == PcpZone(is_utc=is_utc)


@pytest.mark.parametrize("stamp", ["", "08:50:01", 7, None, "2026-13-27 08:50:01", "x" * 99])
def test_what_is_no_time_is_no_record(stamp):
    record = first() | {"@timestamp": stamp}

    assert read(document(record, second())) == ([ALL[0], *ALL[2:]], {pcp_json.NOT_A_TIME: 1})


def test_rates_are_refused_for_they_are_no_counters():
    found, gaps = read((FIXTURES / "6.18-rates.json").read_text())

    names = {name for item in found if isinstance(item, PcpRecord) for name in item.values}
    assert names == {"mem.util.free"}
    # The first record has no rate yet.
    assert gaps == {pcp_json.A_RATE: 16}


@pytest.mark.parametrize("unit", ["Mbyte", "byte", "count x 10^6", 7, None, ["Kbyte"]])
def test_another_unit_is_refused_for_it_was_rounded(unit):
    record = first()
    record["mem"]["util"]["free"]["@unit"] = unit

    found, gaps = read(document(record))

    assert "mem.util.free" not in found[1].values
    assert len(found[1].values) == 4
    assert gaps == {pcp_json.OTHER_UNIT: 1}


@pytest.mark.parametrize("value", [-1, 2**64 - 1, "x", True, [], {}])
def test_a_number_that_cannot_be_is_absent_and_said(value):
    record = first()
    record["mem"]["util"]["free"]["value"] = value

    found, gaps = read(document(record))

    assert "mem.util.free" not in found[1].values
    assert gaps == {NOT_A_NUMBER: 1}


@pytest.mark.parametrize("part", [None, 3, [], "x", {}, {"util": 3}, {"util": {"free": [7]}}, {"util": {"free": {}}}])  # fmt: skip
def test_a_part_that_is_something_else_is_absent(part):
    found, gaps = read(document(first() | {"mem": part}))

    assert found[1].values == {"kernel.uname.nodename": "db1"}
    assert gaps == {}


@pytest.mark.parametrize("one", [None, 3, {"value": 7}, {"name": 7, "value": 7}, {"name": "a"}])
def test_an_instance_without_name_or_value_is_absent(one):
    record = first()
    record["mem"]["zoneinfo"]["free"]["@instances"] = [one]

    found, _ = read(document(record))

    assert not [name for name in found[1].values if name.startswith("mem.zoneinfo")]


FIRST_END = TEXT.index('},\n          {\n            "@interval": "60"') + 1
SECOND_END = TEXT.index('],\n        "@source"')
HEAD_END = TEXT.index('"@metrics": [') + len('"@metrics": [')


@pytest.mark.parametrize("end", range(HEAD_END, len(TEXT), 11))
def test_what_was_whole_before_it_breaks_off_is_taken(end):
    """No cut invents a record, and every loss within the records is said."""
    found, gaps = read(TEXT[:end])

    records = [item for item in found if isinstance(item, PcpRecord)]
    assert records == ALL[1 : 1 + len(records)]
    assert len(records) == (end >= FIRST_END) + (end >= SECOND_END - 9)
    assert gaps == ({_json_records.BREAKS_OFF: 1} if end <= SECOND_END else {})


def test_a_spoilt_record_is_said_and_the_next_is_read():
    assert read(TEXT.replace("20085220", "-nan")) == (
        [ALL[0], *ALL[2:]],
        {_json_records.RECORD_DAMAGED: 1},
    )


def test_several_hosts_in_one_text_are_told_apart():
    other = document(second(), host="db2", zone="UTC+1")

    found, gaps = read(TEXT + other)

    assert found == [*ALL, PcpHost(hostname="db2"), ALL[2], PcpZone(is_utc=False)]
    assert gaps == {}


def test_two_hosts_in_one_document_are_told_apart():
    one = json.loads(TEXT[TEXT.index('{\n  "@pcp"') :])["@pcp"]["@hosts"][0]
    text = json.dumps({"@pcp": {"@hosts": [one, one | {"@host": "db2"}]}}, sort_keys=True)

    found, _ = read(text)

    assert found == [*ALL, PcpHost(hostname="db2"), *ALL[1:]]
    assert read(*text)[0] == found


def test_a_name_may_hold_the_words_of_the_format():
    name = 'x", "@metrics": [ \x1b[2J'

    found, _ = read(document(first(), host=name))

    assert found[:2] == [PcpHost(hostname=name), ALL[1]]


def test_a_host_without_a_name_is_nobody():
    assert read(TEXT.replace('"@host"', '"@guest"'))[0][0] == PcpHost(hostname=None)


@pytest.mark.parametrize("text", ["", "{}", "[1, 2]", "pcp2json: not found", '{"@pcp": {'])
def test_other_text_is_refused(text):
    with pytest.raises(ParseError, match="what pcp2json prints"):
        read(text)


_JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["mem", "util", "free", "value", "@unit", "@instances", "name", "@timestamp"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(records=st.lists(_JSON, max_size=4), tail=st.text(max_size=20))
def test_any_json_in_its_place_gives_items_or_gaps(records, tail):
    found, _ = read(document(*records) + tail)

    assert found[0] == PcpHost(hostname="db1")


@given(text=st.text())
def test_any_text_gives_nothing_or_a_parse_error(text):
    reader = Pcp2jsonReader()
    list(reader.feed(text))
