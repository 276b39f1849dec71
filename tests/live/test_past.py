"""The ring of past moments is bounded, and what is looked at stays while new ones come."""

import pytest
from live_frames import frame

from vmadvisor.live.past import Past


def times(past, most_count=99):
    return [one.time_s for one in past.trail(most_count)]


@pytest.fixture
def past():
    past = Past(kept_count=4)
    for second in range(1, 4):
        past.add(frame(time_s=float(second)))
    return past


def test_the_newest_is_followed(past):
    assert (past.is_following, past.behind_count, times(past)) == (True, 0, [1.0, 2.0, 3.0])
    assert times(past, 2) == [2.0, 3.0]


def test_what_is_paused_stays_while_new_moments_come(past):
    past.pause()
    past.add(frame(time_s=4.0))

    assert (past.is_following, past.behind_count, times(past)) == (False, 1, [1.0, 2.0, 3.0])


def test_back_and_forth_stop_at_the_ends(past):
    past.move(-2)
    assert times(past) == [1.0]
    past.move(-5)
    assert times(past) == [1.0]
    past.move(1)
    assert times(past) == [1.0, 2.0]
    past.move(9)
    assert (past.behind_count, past.is_following) == (0, False)
    past.follow()
    assert past.is_following


def test_no_more_is_kept_than_the_ring_holds_and_a_lost_moment_gives_way_to_the_oldest(past):
    past.move(-2)
    for second in range(4, 10):
        past.add(frame(time_s=float(second)))

    assert len(past) == 4
    assert times(past) == [6.0]
    past.follow()
    assert times(past) == [6.0, 7.0, 8.0, 9.0]


def test_without_a_moment_nothing_can_be_paused_or_moved():
    past = Past()
    past.pause()
    past.move(-1)

    assert (past.is_following, times(past), past.behind_count) == (True, [], 0)
