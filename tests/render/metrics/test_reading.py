"""When, how long, and what could not be read."""

from dataclasses import replace

from vmadvisor.snapshot import Gap


def test_the_time_of_the_reading_is_told_for_who_asks_how_stale_it_is(report, samples_of):
    assert samples_of("vmadvisor_reading_timestamp_seconds", report) == {(): 1_770_091_506.0}
    assert samples_of("vmadvisor_reading_duration_seconds", report) == {(): 0.046875}
    assert samples_of("vmadvisor_processes", report) == {(): 317}
    assert samples_of("vmadvisor_build_info", report) == {("0.0.1",): 1}


def test_gaps_are_counted_in_all_and_by_path(report, samples_of):
    gaps = tuple(Gap(path=path, reason="r", cost="c") for path in ("/b", "/a", "/a"))
    told = replace(report, gaps=gaps)

    assert samples_of("vmadvisor_gaps", told) == {(): 3}
    assert list(samples_of("vmadvisor_path_gaps", told).items()) == [(("/a",), 2), (("/b",), 1)]


def test_no_gap_is_a_true_0(report, samples_of):
    assert samples_of("vmadvisor_gaps", replace(report, gaps=())) == {(): 0}
