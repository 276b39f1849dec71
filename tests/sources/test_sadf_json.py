"""sadf's JSON, whole, in pieces, of several versions, cut, spoilt and hostile."""

import json
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vmadvisor.errors import ParseError
from vmadvisor.sources import _json_records, sadf_json
from vmadvisor.sources.sadf_json import SadfReader
from vmadvisor.sources.sadf_record import SarBoot, SarHost, SarMoment

FIRST_UTC_S = 1_795_769_401.0

NEW = """{"sysstat": {
	"hosts": [
		{
			"nodename": "db1",
			"sysname": "Linux",
			"release": "6.12.94",
			"machine": "x86_64",
			"number-of-cpus": 2,
			"file-date": "2026-11-27",
			"file-utc-time": "08:40:01",
			"timezone": "CET",
			"statistics": [
				{
					"timestamp": {"date": "2026-11-27", "time": "08:50:01", "tz": "UTC", "interval": 600},
					"swap-pages": {"pswpin": 1.25, "pswpout": 2.50},
					"paging": {"pgpgin": 3.00, "majflt": 4.75, "pgscank": 5.25, "pgscand": 6.50, "pgsteal": 7.00},
					"memory": {"memfree": 204801, "avail": 512002, "memused": 9, "shared": 3073, "swpfree": 1024, "swpused": 2051},
					"psi": {
						"psi-io": {"some_avg10": 0.25, "some_avg": 8.25, "full_avg": 9.50},
						"psi-mem": {"some_avg10": 0.75, "some_avg": 10.25, "full_avg": 11.50}
					}
				},
				{
					"timestamp": {"date": "2026-11-27", "time": "09:00:01", "tz": "UTC", "interval": 600},
					"paging": {"majflt": 12.75, "pgscank": 0.00, "pgscand": 0.00}
				}
			],
			"restarts": [
				{
					"boot": {"date": "2026-11-27", "time": "08:55:00", "tz": "UTC", "cpu_count": 2}
				}
			]
		}
	]
}}
"""
FIRST = SarMoment(
    time_utc_s=FIRST_UTC_S, scan_kswapd_pages_per_s=5.25, scan_direct_pages_per_s=6.5,
    majfault_per_s=4.75, swapin_pages_per_s=1.25, swapout_pages_per_s=2.5, memory_some_pct=10.25,
    memory_full_pct=11.5, io_full_pct=9.5, free_kib=204_801, available_kib=512_002, shmem_kib=3_073,
    swap_free_kib=1_024, swap_used_kib=2_051,
)  # fmt: skip
UNTOLD = (
    "swapin_pages_per_s", "swapout_pages_per_s", "memory_some_pct", "memory_full_pct", "io_full_pct",
    "free_kib", "available_kib", "shmem_kib", "swap_free_kib", "swap_used_kib",
)  # fmt: skip
SECOND = SarMoment(
    time_utc_s=FIRST_UTC_S + 600, scan_kswapd_pages_per_s=0.0, scan_direct_pages_per_s=0.0,
    majfault_per_s=12.75, **dict.fromkeys(UNTOLD),
)  # fmt: skip
ALL = [
    SarHost(nodename="db1", machine="x86_64", release="6.12.94"),
    FIRST,
    SECOND,
    SarBoot(time_utc_s=FIRST_UTC_S + 299),
]


def read(*pieces):
    reader = SadfReader()
    found = [item for piece in pieces for item in reader.feed(piece)]
    reader.end()
    return found, dict(reader.gaps)


def test_every_number_has_its_place_and_what_is_not_told_is_absent():
    assert read(NEW) == (ALL, {})


def test_the_form_of_older_versions_says_utc_by_a_number():
    assert read(NEW.replace('"tz": "UTC"', '"utc": 1')) == (ALL, {})


def test_pieces_of_any_size_give_the_same():
    draw = random.Random(3)
    for _ in range(30):
        cuts = sorted(draw.sample(range(len(NEW)), 12))
        pieces = [NEW[a:b] for a, b in zip([0, *cuts], [*cuts, len(NEW)], strict=True)]
        assert read(*pieces) == (ALL, {})
    assert read(*NEW) == (ALL, {})


def test_one_line_and_sorted_keys_are_json_too():
    assert read(json.dumps(json.loads(NEW))) == (ALL, {})
    found, gaps = read(json.dumps(json.loads(NEW), sort_keys=True))
    assert sorted(map(repr, found)) == sorted(map(repr, ALL))
    assert gaps == {}


def test_several_outputs_in_a_row_are_read():
    second = NEW.replace("db1", "db2")

    found, gaps = read(NEW + second)

    assert [one.nodename for one in found if isinstance(one, SarHost)] == ["db1", "db2"]
    assert found[:4] == ALL
    assert (len(found), gaps) == (8, {})


HEAD_END = NEW.index('"statistics": [') + 15
FIRST_END = NEW.index("\n				},\n				{") + 6
SECOND_END = NEW.index("\n			],") - 0
RECORDS_END = SECOND_END + 5


@pytest.mark.parametrize("end", range(HEAD_END, len(NEW), 7))
def test_what_was_whole_before_it_breaks_off_is_taken(end):
    """At every seventh character: no cut invents a record, and every loss within the records is said."""
    found, gaps = read(NEW[:end])

    whole = [FIRST] * (end >= FIRST_END) + [SECOND] * (end >= SECOND_END)
    assert [one for one in found if isinstance(one, SarMoment)] == whole
    assert found[0] == ALL[0]
    if end < RECORDS_END:
        assert gaps == {_json_records.BREAKS_OFF: 1, sadf_json.BOOTS_LOST: 1}
    else:
        assert gaps == ({} if ALL[3] in found else {sadf_json.BOOTS_LOST: 1})


def test_a_spoilt_record_is_said_and_the_next_is_read():
    spoilt = NEW.replace('"pswpin": 1.25', '"pswpin": -nan')

    assert read(spoilt) == ([ALL[0], SECOND, ALL[3]], {_json_records.RECORD_DAMAGED: 1})
    assert read(*spoilt) == ([ALL[0], SECOND, ALL[3]], {_json_records.RECORD_DAMAGED: 1})


def test_a_spoilt_last_record_leaves_the_restarts():
    spoilt = NEW.replace('"majflt": 12.75', '"majflt": inf')

    assert read(spoilt) == ([ALL[0], FIRST, ALL[3]], {_json_records.RECORD_DAMAGED: 1})


def test_a_name_that_breaks_the_json_costs_the_host_alone():
    """sadf prints nodenames as they are."""
    found, gaps = read(NEW.replace('"db1"', '"d"b1"'))

    assert found == [SarHost(nodename=None, machine=None, release=None), *ALL[1:]]
    assert gaps == {sadf_json.HEAD_DAMAGED: 1}


def test_a_name_may_hold_the_words_of_the_format():
    name = 'x", "statistics": [ \x1b[2J'

    found, _ = read(json.dumps(json.loads(NEW) | {}).replace('"db1"', json.dumps(name)))

    assert found == [SarHost(nodename=name, machine="x86_64", release="6.12.94"), *ALL[1:]]


@pytest.mark.parametrize(
    "text", ["", "{}", "[1, 2]", "Linux 6.12 (db1)  11/27/26", '{"sysstat": {']
)
def test_other_text_is_refused(text):
    reader = SadfReader()
    assert list(reader.feed(text)) == []
    with pytest.raises(ParseError):
        reader.end()


def test_a_head_without_end_is_refused_before_it_fills_memory():
    reader = SadfReader()
    with pytest.raises(ParseError):
        [list(reader.feed("{" * 65_536)) for _ in range(100)]


def test_a_record_without_end_is_given_up_and_not_kept():
    reader = SadfReader()
    head = NEW.split('{"date"', maxsplit=1)[0]
    list(reader.feed(head))
    for _ in range(100):
        list(reader.feed('{"a": ' * 20_000))

    assert reader.gaps == {_json_records.RECORD_LONG: 1}
    assert len(reader._text) < 1_000_000


def test_a_file_without_records_has_none():
    start, end = NEW.index('"statistics": [') + 15, NEW.index('],\n			"restarts"')

    assert read(NEW[:start] + NEW[end:]) == ([ALL[0], ALL[3]], {})


_JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["boot", "timestamp", "date", "paging", "pgscand", "psi", "psi-mem", "some_avg"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(records=st.lists(_JSON, max_size=4), restarts=_JSON, tail=st.text(max_size=20))
def test_any_json_in_its_place_gives_items_or_gaps(records, restarts, tail):
    host = {"nodename": records, "statistics": records, "restarts": restarts}

    found, _ = read(json.dumps({"sysstat": {"hosts": [host]}}) + tail)

    assert isinstance(found[0], SarHost)


@given(text=st.text())
def test_any_text_gives_nothing_or_a_parse_error(text):
    reader = SadfReader()
    list(reader.feed(text))
