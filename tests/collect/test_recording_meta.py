"""A recording of a shortlist says so to whoever reads it; hostile text says nothing."""

import json

import pytest

from vmadvisor.collect.recording_meta import gaps_of


def test_a_shortlist_is_a_named_gap():
    (gap,) = gaps_of(json.dumps({"processes": {"scan": "shortlist", "top_count": 10}}).encode())

    assert gap.path == "/proc"
    assert "likeliest victims only" in gap.reason


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\x00",
        b"[" * 60_000,
        b"[1]",
        b'{"processes": 3}',
        b'{"processes": {"scan": ["shortlist"]}}',
        b'{"processes": {"scan": "all"}}',
    ],
)
def test_anything_else_says_nothing(data):
    assert gaps_of(data) == []
