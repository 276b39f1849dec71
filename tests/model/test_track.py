from hypothesis import given
from hypothesis import strategies as st

from vmadvisor.model.track import Track


def test_a_window_begins_with_the_newest_sample_that_is_old_enough(sample, track):
    found = track(*(sample(time_s) for time_s in (10.0, 10.4, 11.2, 12.1, 13.3)))

    assert found.before(2.0).time_s == 11.2
    assert [one.time_s for one in found.since(2.0)] == [11.2, 12.1, 13.3]
    assert found.span_s == 13.3 - 10.0


def test_a_window_longer_than_the_track_is_all_of_it_and_one_of_no_length_two_samples(
    sample, track
):
    found = track(*(sample(time_s) for time_s in (20.0, 21.0, 23.0)))

    assert [one.time_s for one in found.since(60.0)] == [20.0, 21.0, 23.0]
    assert [one.time_s for one in found.since(0.0)] == [21.0, 23.0]


def test_a_clock_that_goes_back_begins_a_new_track(sample, track):
    found = track(*(sample(time_s) for time_s in (50.0, 51.0, 7.0, 8.5)))

    assert [one.time_s for one in found] == [7.0, 8.5]


@given(st.lists(st.floats(min_value=0.05, max_value=9.0), min_size=1, max_size=80))
def test_a_track_is_bounded_in_time_and_keeps_one_sample_beyond(steps_s):
    from vmadvisor.model.sample import Sample
    from vmadvisor.sources.vmstat import Vmstat

    vmstat = Vmstat(**dict.fromkeys(Vmstat.__dataclass_fields__))
    fields = dict.fromkeys(Sample.__dataclass_fields__, 0) | {"nodes": (), "groups": ()}
    found, time_s = Track(keep_s=10.0), 100.0
    for step_s in steps_s:
        time_s += step_s
        found.add(Sample(**(fields | {"time_s": time_s, "vmstat": vmstat})))

    inside = [one.time_s for one in found if one.time_s >= time_s - 10.0]
    assert len(found) - len(inside) <= 1
    assert found.last.time_s == time_s


def test_a_groups_readings_are_each_kept_once_and_as_long_as_the_samples(sample, group):
    first, second, third = (group(time_s, current_pages=size) for time_s, size in ((10.0, 7), (11.0, 8), (25.0, 9)))  # fmt: skip
    found = Track(keep_s=12.0)
    for time_s, groups in ((10.1, (first,)), (10.9, (first,)), (11.1, (second,)), (11.3, ())):
        found.add(sample(time_s, groups=groups))

    assert found.readings("/box") == [first, second]
    assert found.readings("/other") == ()
    found.add(sample(22.5, groups=()))
    assert found.readings("/box") == [second]
    found.add(sample(25.2, groups=(third,)))
    assert found.readings("/box") == [third]


def test_a_clock_that_goes_back_forgets_the_groups_readings(sample, group):
    found = Track()
    found.add(sample(50.0, groups=(group(49.0),)))
    found.add(sample(8.0, groups=(group(7.5, current_pages=3),)))

    assert [one.current_pages for one in found.readings("/box")] == [3]
