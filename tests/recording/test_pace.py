from hypothesis import given
from hypothesis import strategies as st

from vmadvisor.recording.pace import Pace


def test_a_tick_in_time_is_followed_by_the_next_of_the_grid():
    pace = Pace(0.5, now_s=10.0)

    assert [pace.next_s(now_s) for now_s in (10.01, 10.49, 11.02)] == [10.5, 11.0, 11.5]
    assert pace.missed_count == 0


def test_late_ticks_are_counted_and_not_made_up_for():
    pace = Pace(1.0, now_s=10.0)

    assert pace.next_s(14.2) == 15.0
    assert pace.missed_count == 4
    assert pace.next_s(15.1) == 16.0


@given(
    interval_s=st.sampled_from([0.01, 0.2, 1.0, 60.0]),
    steps_s=st.lists(st.floats(0, 500), min_size=1, max_size=30),
)
def test_the_next_moment_is_always_ahead_and_never_further_than_an_interval(interval_s, steps_s):
    now_s = 1000.0
    pace = Pace(interval_s, now_s=now_s)
    for step_s in steps_s:
        now_s += step_s
        next_s = pace.next_s(now_s)
        assert now_s - 1e-6 <= next_s <= now_s + interval_s + 1e-6 or step_s < interval_s
        now_s = max(now_s, next_s)
