"""However verdicts jump: few messages, none too late, and a CRITICAL is never swallowed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vmadvisor.advise.finding import Severity
from vmadvisor.monitoring.on_change import BETTER_RUNS_COUNT, BETTER_S, Stretch, Told, next_told

OK, UNKNOWN, WARNING, CRITICAL = (
    Severity.OK, Severity.UNKNOWN, Severity.WARNING, Severity.CRITICAL,
)  # fmt: skip
RUNS = st.lists(
    st.tuples(st.sampled_from([OK, UNKNOWN, WARNING, CRITICAL]), st.floats(0.5, 2000.0)),
    max_size=60,
)


def played(runs, told=None):
    """Of each run (its time, its status, the status in force before it, whether it was told)."""
    now_s, course = 1_000_000.0, []
    for status, pause_s in runs:
        now_s += pause_s
        before = None if told is None else told.status
        told, is_news = next_told(told, status, now_s)
        course.append((now_s, status, before, is_news))
    return course


def every_five_minutes(statuses):
    return [is_news for *_, is_news in played([(status, 300.0) for status in statuses])]


@given(runs=RUNS)
def test_a_worse_verdict_is_told_at_once_and_so_is_the_first(runs):
    for _, status, before, is_news in played(runs):
        if before is None or status > before:
            assert is_news


@given(runs=RUNS)
def test_while_it_is_critical_critical_was_told_last(runs):
    told = None
    for _, status, _, is_news in played(runs):
        told = status if is_news else told
        assert status != CRITICAL or told == CRITICAL


@given(runs=RUNS)
def test_the_same_is_never_told_twice(runs):
    for _, status, before, is_news in played(runs):
        assert not (is_news and status == before)


@given(runs=RUNS)
def test_better_is_told_only_after_so_many_runs_and_so_long_a_time_of_it(runs):
    course = played(runs)
    for index, (now_s, status, before, is_news) in enumerate(course):
        if is_news and before is not None and status < before:
            lately = [one for one in course[: index + 1] if now_s - one[0] <= BETTER_S]
            lately = course[max(0, index + 1 - max(BETTER_RUNS_COUNT, len(lately))) : index + 1]
            assert len(lately) >= BETTER_RUNS_COUNT
            assert all(one[1] <= status for one in lately)


@given(runs=RUNS)
def test_the_number_of_messages_is_bounded(runs):
    """Each message of better takes runs and time; between two of them there are three statuses to rise by."""
    course = played(runs)
    messages_count = sum(is_news for *_, is_news in course)
    better_count = sum(
        is_news and before is not None and status < before for _, status, before, is_news in course
    )
    passed_s = course[-1][0] - course[0][0] if course else 0.0

    assert better_count <= len(runs) // BETTER_RUNS_COUNT
    assert better_count <= passed_s / BETTER_S
    assert messages_count <= 4 + better_count * 4


@given(runs=RUNS, status=st.sampled_from([OK, UNKNOWN, WARNING]))
def test_what_lasts_is_told_in_the_end(runs, status):
    course = played([*runs, *[(status, BETTER_S / 2)] * (BETTER_RUNS_COUNT + 1)])
    told = [one[1] for one in course if one[3]]

    assert told[-1] == status


@pytest.mark.parametrize(
    ("statuses", "news"),
    [
        ([OK, OK, WARNING, WARNING], [1, 0, 1, 0]),
        ([OK, WARNING, OK, WARNING, OK, WARNING], [1, 1, 0, 0, 0, 0]),  # flaps: one message
        ([CRITICAL, OK, OK, OK, OK], [1, 0, 0, 1, 0]),
        ([CRITICAL, OK, WARNING, WARNING, OK, WARNING], [1, 0, 0, 1, 0, 0]),
        ([CRITICAL, OK, WARNING, OK, WARNING, OK, OK], [1, 0, 0, 0, 1, 0, 0]),
        ([WARNING, UNKNOWN, UNKNOWN, UNKNOWN], [1, 0, 0, 1]),
        ([UNKNOWN, CRITICAL], [1, 1]),
    ],
)
def test_examples_every_five_minutes(statuses, news):
    assert every_five_minutes(statuses) == [bool(one) for one in news]


def test_runs_every_second_do_not_count_as_time():
    course = played([(CRITICAL, 1.0), *[(OK, 1.0)] * 602])

    assert [index for index, one in enumerate(course) if one[3]] == [0, 601]


def test_a_clock_that_was_set_back_begins_the_wait_anew():
    future = Stretch(since_s=9e9, runs_count=50)
    told = Told(status=CRITICAL, better=dict.fromkeys((OK, UNKNOWN, WARNING), future))

    told, is_news = next_told(told, OK, 1000.0)
    assert not is_news
    assert told.better[OK] == Stretch(since_s=1000.0, runs_count=1)
