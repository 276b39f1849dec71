import pytest

from vmadvisor.model.backtest.course import Course
from vmadvisor.model.backtest.series import UNTOLD, Outcome


@pytest.fixture
def course(sample, group):
    """A tick a second from 0 to 20: a stall at 7, a kill at the group's limit at 11, one of the host at 16."""
    made = Course()
    for second in range(21):
        box = group(
            float(second),
            oom_total=int(second >= 11),
            oom_kill_total=int(second >= 11) + int(second >= 16),
            full_us_total=600_000 * int(second >= 11),
        )
        made.add(
            sample(
                float(second),
                allocstall_total=30 + int(second >= 7),
                memory_full_us_total=5_000 + 550_000 * int(second >= 8),
                oom_kill_total=int(second >= 11) + int(second >= 16),
                groups=(box,),
            )
        )
    return made


@pytest.mark.parametrize(
    ("event", "lead_s"), [("direct_reclaim", 2.0), ("memory_stall", 3.0), ("oom", 6.0)]
)
def test_each_event_is_told_by_its_own_counter(course, event, lead_s):
    assert course.outcome(event, "host", 5.0, 10.0) == Outcome(
        came=True, was_absent=True, lead_s=lead_s
    )


def test_a_kill_at_a_groups_limit_is_an_oom_but_no_global_one(course):
    assert course.outcome("oom_global", "host", 5.0, 10.0).came is False
    assert course.outcome("oom_global", "host", 8.0, 10.0).lead_s == 8.0


def test_a_groups_own_events_are_told_by_its_own_files(course):
    assert course.outcome("oom", "/box", 9.0, 10.0).lead_s == 2.0
    assert course.outcome("oom", "/box", 12.0, 8.0).came is False  # the host's kill, in the group
    assert course.outcome("memory_stall", "/box", 9.0, 10.0).came is True
    assert course.outcome("direct_reclaim", "/box", 9.0, 10.0).came is None
    assert course.outcome("oom", "/other", 9.0, 10.0) == UNTOLD


def test_an_instant_counts_only_if_the_recording_lasts_whatever_came(course):
    assert course.outcome("oom", "host", 10.0, 10.0).came is True
    assert course.outcome("oom", "host", 10.1, 10.0) == UNTOLD
    assert course.outcome("oom", "/box", 10.1, 10.0) == UNTOLD


def test_without_pressure_information_a_stall_is_not_told(sample):
    course = Course()
    for second in range(12):
        course.add(sample(float(second), allocstall_total=9))

    assert course.outcome("memory_stall", "host", 1.0, 10.0).came is None
    assert course.outcome("direct_reclaim", "host", 1.0, 10.0).came is False


def test_a_course_asked_early_is_not_stuck_with_that_answer(sample):
    course = Course()
    course.add(sample(0.0, oom_kill_total=0))
    course.add(sample(5.0, oom_kill_total=0))
    assert course.outcome("oom_global", "host", 0.0, 5.0).came is False
    course.add(sample(9.0, oom_kill_total=2))

    assert course.outcome("oom_global", "host", 0.0, 9.0).came is True
