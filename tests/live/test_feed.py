"""The feed's thread hands on frames, stands still when it is told to, and says why it ends."""

import threading

import pytest

from vmadvisor.errors import RootError
from vmadvisor.live.feed import Feed
from vmadvisor.live.recording_moments import RecordingMoments
from vmadvisor.live.watcher import Wanted, Watcher

LINES = Wanted(interval_s=1.0, has_verdict=False, has_processes=False)
WITHIN_S = 60


class Heard:
    """What the feed says, and when it is over."""

    def __init__(self):
        self.times_s, self.ends, self.over = [], [], threading.Event()
        self.reached = threading.Event()

    def show(self, frame):
        self.times_s.append(round(frame.time_s, 2))

    def end(self, why):
        self.ends.append(why)
        self.over.set()


def fed(moments, **options):
    feed, heard = Feed(Watcher(LINES), **{"is_recording": True, **options}), Heard()
    feed.start(moments, heard.show, heard.end, heard.reached.set)
    return feed, heard


def test_every_frame_is_handed_on_and_the_end_has_no_reason(leak):
    feed, heard = fed(RecordingMoments(str(leak), speed=0.0))

    assert heard.over.wait(WITHIN_S)
    feed.stop()
    assert (len(heard.times_s), heard.times_s[-1], heard.ends) == (31, 57.07, [None])


def test_it_holds_behind_the_moment_asked_for_until_it_is_released(leak):
    feed, heard = fed(RecordingMoments(str(leak), speed=0.0), until_s=40.0)

    assert heard.reached.wait(WITHIN_S)
    assert heard.times_s[-1] == 39.07
    assert not heard.over.is_set()
    feed.release()
    assert heard.over.wait(WITHIN_S)
    assert heard.times_s[-1] == 57.07


def test_a_stopped_feed_wakes_from_its_sleep_and_says_nothing(leak):
    feed = Feed(Watcher(LINES), is_recording=True)
    heard = Heard()
    moments = RecordingMoments(str(leak), speed=0.001, sleep=feed.sleep)
    feed.start(moments, heard.show, heard.end, heard.reached.set)
    feed.stop()

    assert not feed._thread.is_alive()
    assert heard.ends == []


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (RootError("no tick"), "no tick"),
        (ValueError("x"), "internal error: ValueError: 'x'; please report it"),
    ],
)
def test_what_goes_wrong_is_handed_on_in_words(error, said):
    class Broken:
        def __iter__(self):
            raise error

    _, heard = fed(Broken())

    assert heard.over.wait(WITHIN_S)
    assert heard.ends == [said]


def test_this_host_is_not_held(leak):
    feed = Feed(Watcher(LINES), is_recording=False)
    feed.hold()
    heard = Heard()
    feed.start(RecordingMoments(str(leak), speed=0.0), heard.show, heard.end, heard.reached.set)

    assert heard.over.wait(WITHIN_S)
