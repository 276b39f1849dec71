"""Kernel messages in JSON are those of the kernel, however the object is laid out."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vmadvisor.sources.log_json import JsonReader

ENTRY = {
    "_TRANSPORT": "kernel",
    "SYSLOG_IDENTIFIER": "kernel",
    "MESSAGE": "leaky invoked oom-killer: order=0",
    "__REALTIME_TIMESTAMP": "1710328608123456",
    "_SOURCE_MONOTONIC_TIMESTAMP": "41049123",
    "_HOSTNAME": "db1",
}


def read(text):
    reader = JsonReader()
    return [line for row in text.split("\n") for line in reader.feed(row)]


@pytest.mark.parametrize(
    "text",
    [json.dumps(ENTRY), json.dumps(ENTRY, indent=8), "data: " + json.dumps(ENTRY)],
    ids=["lines", "pretty", "sse"],
)
def test_a_journal_entry_is_a_line_with_both_times(text):
    (line,) = read(text)

    assert line.text == "leaky invoked oom-killer: order=0"
    assert (line.stamp_s, line.utc, line.host) == (41.049123, "2024-03-13T11:16:48.123456Z", "db1")
    assert line.is_kernel


def test_a_message_that_is_no_utf8_is_an_array_of_bytes():
    (line,) = read(json.dumps({**ENTRY, "MESSAGE": [99, 195, 97]}))

    assert line.text.encode("utf-8", "surrogateescape") == b"c\xc3a"


def test_a_message_of_several_lines_is_several_lines():
    assert [
        line.text
        for line in read(json.dumps({"message": "one\ntwo", "time": "2024-03-13T11:16:48Z"}))
    ] == ["one", "two"]


@pytest.mark.parametrize("field", [{"_TRANSPORT": "syslog"}, {"SYSLOG_IDENTIFIER": "evil"}])
def test_what_another_program_says_is_not_the_kernels(field):
    (line,) = read(json.dumps({**ENTRY, **field}))

    assert not line.is_kernel


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "{}",
        "[1]",
        "{]}",
        '{"MESSAGE": 7}',
        '{"MESSAGE": [300]}',
        '{"a":' * 9000 + "1" + "}" * 9000,
    ],
)
def test_what_is_no_entry_says_nothing(text):
    assert read(text) == []


@given(st.lists(st.sampled_from(["{", "}", '"MESSAGE" : "a"', "[", "x"]), max_size=30))
def test_any_lines_are_entries_or_nothing(lines):
    for line in read("\n".join(lines)):
        assert line.text == "a"
