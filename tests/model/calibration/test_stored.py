"""The file says what was fitted, and nothing that a file can hold gets further than one clear error."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vmadvisor.errors import ParseError
from vmadvisor.model.calibration.stored import SIZE_MAX_BYTES, calibration_of, file_text, is_ours


def test_what_is_written_is_what_is_read(calibration):
    assert calibration_of(file_text(calibration)) == calibration


def changed(calibration, where, value):
    table = json.loads(file_text(calibration))
    target = table
    for step in where[:-1]:
        target = target[step]
    target[where[-1]] = value
    return json.dumps(table)


@pytest.mark.parametrize(
    ("where", "value", "words"),
    [
        (["format"], "another", "it is no calibration"),
        (["format_version"], 2, "its format is version 2, this program knows 1"),
        (["format_version"], True, "format_version is no number"),
        (["fitted_utc"], 7, "fitted_utc is no text"),
        (["fitted_utc"], "x" * 300, "fitted_utc is no text of 1 to 255 letters"),
        (["host"], [], "host is no object"),
        (["host", "mem_total_kib"], -3, "mem_total_kib is not within"),
        (["events"], {}, "events is no list"),
        (["events"], [[]] * 2, "an event is no object"),
        (["events", 0, "event"], "reboot", "none that is calibrated"),
        (["events", 1, "event"], "memory_stall", "an event stands twice"),
        (["events", 0, "shift"], 10**400, "shift is not within -10 and 10"),
        (["events", 0, "shift"], float("nan"), "shift is not within"),
        (["events", 0, "shift"], float("inf"), "shift is not within"),
        (["events", 0, "shift"], "0.9", "shift is no number"),
        (["events", 0, "scale_ratio"], 0, "scale_ratio is not within"),
        (["events", 0, "spread"], -1, "spread is not within"),
        (["events", 0, "onsets_count"], 2.5, "onsets_count is no whole number"),
        (["events", 0, "gain_ratio"], 3, "gain_ratio is no object"),
        (["recordings"], ["a"] * 1001, "recordings is no list of at most 1000"),
        (["horizons_s"], [None], "horizon_s is no number"),
        (["physics", "kswapd_pages_per_s", "value"], 0, "value is not within"),
    ],
)
def test_whatever_is_not_as_expected_is_named(calibration, where, value, words):
    with pytest.raises(ParseError, match=words):
        calibration_of(changed(calibration, where, value))


@pytest.mark.parametrize(
    "text",
    ["", "{", "[" * 100_000, "1" * 5000, "null", '{"format": "vmadvisor calibration"', "\x00"],
    ids=["empty", "open", "nested", "digits", "null", "cut", "nul"],
)
def test_damage_is_one_parse_error(text):
    with pytest.raises(ParseError):
        calibration_of(text)
    assert not is_ours(text)


def test_a_file_too_large_is_not_even_looked_at(calibration):
    with pytest.raises(ParseError, match="larger"):
        calibration_of(file_text(calibration) + " " * SIZE_MAX_BYTES)


def test_ours_is_told_also_where_this_program_does_not_know_the_version(calibration):
    assert is_ours(changed(calibration, ["format_version"], 9))
    assert not is_ours('{"format": "something else"}')


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)
PLACES = st.sampled_from([
    ["host"], ["host", "hostname"], ["horizons_s"], ["recordings"], ["events"], ["physics"],
    ["events", 0], ["events", 0, "gain_ratio"], ["events", 0, "shift"], ["events", 1, "reason"],
    ["physics", "stall_batch_pages"], ["model_id"],
])  # fmt: skip


@given(where=PLACES, value=JSON)
def test_any_value_anywhere_gives_a_calibration_or_a_parse_error(where, value):
    from vmadvisor.model.calibration.calibration import Calibration, EventFit, OwnFigure
    from vmadvisor.model.calibration.host_identity import HostIdentity

    whole = Calibration(
        fitted_utc="2026-02-03T04:05:06Z", model_id="8f14e45f", host=HostIdentity(hostname="db1"),
        horizons_s=(10.0,), recordings=("one",),
        events=tuple(
            EventFit(event=event, instants_count=3, onsets_count=1, groups_count=2)
            for event in ("memory_stall", "oom_global")
        ),
        physics={"stall_batch_pages": OwnFigure(value=9.0, spread_ratio=0.1, recordings_count=2)},
    )  # fmt: skip
    try:
        found = calibration_of(changed(whole, where, value))
    except ParseError:
        return
    found.own_map().joined("memory_stall", 0.1, 1.0, 0.75)
    found.own_physics()
