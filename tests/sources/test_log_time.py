"""Times are told in UTC only where the log says how far it is from it."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vmadvisor.sources.log_time import utc_of_iso, utc_of_us


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2024-03-13T11:16:48,123456+01:00", "2024-03-13T10:16:48.123456Z"),
        ("2024-12-31T23:30:00-0130", "2025-01-01T01:00:00Z"),
        ("2023-03-01 00:10:00 UTC", "2023-03-01T00:10:00Z"),
        ("2000-02-29T12:00:07Z", "2000-02-29T12:00:07Z"),
        ("2024-03-13T11:16:48", None),
        ("2024-03-13 11:16:48 CET", None),
        ("2024-13-13T11:16:48Z", None),
        ("2023-02-29T11:16:48Z", None),
        ("2024-04-31T11:16:48Z", None),
        ("2024-03-13T25:16:48Z", None),
        ("2024-03-13T11:60:48Z", None),
        ("2024-03-13T11:16:61Z", None),
        ("2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z"),
        ("0001-01-01T00:00:00+23:59", "0000-12-31T00:01:00Z"),
    ],
)
def test_a_time_with_an_offset_becomes_utc_and_one_without_does_not(text, utc):
    assert utc_of_iso(text) == utc


@given(st.datetimes(min_value=datetime(1, 1, 1), max_value=datetime(9999, 12, 31)))  # noqa: DTZ001 - naive bounds
def test_every_microsecond_is_the_calendars(when):
    moment = when.replace(tzinfo=UTC)
    us = (moment - datetime(1970, 1, 1, tzinfo=UTC)).days * 86_400_000_000
    us += (moment.hour * 3600 + moment.minute * 60 + moment.second) * 1_000_000 + moment.microsecond

    assert utc_of_us(us) == moment.isoformat().replace("+00:00", "Z")


@given(st.integers())
def test_any_number_is_a_time_or_none(us):
    told = utc_of_us(us)

    assert told is None or told.endswith("Z")
