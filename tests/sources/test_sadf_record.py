"""One record of sadf: numbers, times, and what cannot be."""

from collections import Counter

import pytest

from vmadvisor.sources import sadf_record
from vmadvisor.sources.sadf_record import SarBoot, SarHost, boots_of, host_of, moment_of

STAMP = {"date": "2026-11-27", "time": "08:50:01", "utc": 1}
UTC_S = 1_795_769_401.0


def read(stamp=STAMP, **parts):
    gaps = Counter()
    return moment_of({"timestamp": stamp, **parts}, gaps), dict(gaps)


@pytest.mark.parametrize(
    "value",
    [18446744073709551615.0, -1.0, float("inf"), float("nan"), "6.50", True, [6.5], {}],
    ids=repr,
)
def test_a_number_that_cannot_be_is_absent_and_said_and_the_rest_stays(value):
    """sadf prints 1.8e19 over the interval where a counter went back."""
    moment, gaps = read(paging={"pgscand": value, "pgscank": 5.25})

    assert (moment.scan_direct_pages_per_s, moment.scan_kswapd_pages_per_s) == (None, 5.25)
    assert gaps == {sadf_record.NOT_A_NUMBER: 1}


def test_a_share_of_more_than_the_time_is_absent_and_said():
    moment, gaps = read(psi={"psi-mem": {"full_avg": 184467440737.1, "some_avg": 100.02}})

    assert (moment.memory_full_pct, moment.memory_some_pct) == (None, 100.02)
    assert gaps == {sadf_record.NOT_A_NUMBER: 1}


@pytest.mark.parametrize("part", [None, 3, [], "x", {"pgscand": None}])
def test_a_part_that_is_not_there_or_is_something_else_is_absent(part):
    moment, gaps = read(paging=part)

    assert (moment.scan_direct_pages_per_s, gaps) == (None, {})


@pytest.mark.parametrize("said", [{"tz": "CET"}, {"utc": 0}, {"utc": "1"}, {"tz": "GMT"}, {}])
def test_local_time_is_refused_for_an_hour_of_it_comes_twice(said):
    stamp = {"date": "2026-10-25", "time": "02:30:00", **said}

    assert read(stamp) == (None, {sadf_record.LOCAL_TIME: 1})


@pytest.mark.parametrize(
    ("date", "time"),
    [
        ("2026-11-27", "24:50:01"), ("2026-13-27", "08:50:01"), ("27/11/26", "08:50:01"),
        (20261127, "08:50:01"), ("2026-11-27", None), ("2026-11-27", "08:50"), ("", "1795769401"),
    ],
)  # fmt: skip
def test_what_is_no_time_is_no_moment(date, time):
    assert read({"date": date, "time": time, "utc": 1}) == (None, {sadf_record.NOT_A_TIME: 1})


def test_time_is_utc_in_either_versions_words():
    assert read()[0].time_utc_s == UTC_S
    assert read({**STAMP, "utc": None, "tz": "UTC"})[0].time_utc_s == UTC_S


def test_restarts_have_times_and_what_is_none_is_left_out():
    gaps = Counter()

    found = boots_of([{"boot": STAMP}, {"boot": 3}, 7, {"x": 1}], gaps)

    assert found == [SarBoot(time_utc_s=UTC_S)]
    assert gaps == {sadf_record.NOT_A_TIME: 2}
    assert boots_of("restarts", gaps) == boots_of(None, gaps) == []


def test_names_are_texts_of_a_sane_length():
    found = host_of({"nodename": "a" * 300, "machine": 7, "release": ""})

    assert found == SarHost(nodename="a" * 255, machine=None, release=None)
