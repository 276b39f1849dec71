import os
import select
import signal
import threading
import time

import pytest

from vmadvisor.recording.wake import Wake


def later(action, delay_s=0.05):
    timer = threading.Timer(delay_s, action)
    timer.start()
    return timer


def test_the_time_passes():
    with Wake() as wake:
        started_s = time.monotonic()
        assert wake.wait(started_s + 0.05) is True

        assert 0.05 <= time.monotonic() - started_s < 10


def test_a_moment_that_is_over_is_not_waited_for():
    with Wake() as wake:
        assert wake.wait(0.0) is True


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_ends_the_wait_and_is_named(number):
    with Wake() as wake:
        later(lambda: os.kill(os.getpid(), number))

        assert wake.wait(time.monotonic() + 60) is False
        assert wake.ended_by == number.name


def test_a_request_ends_the_wait_once():
    with Wake() as wake:
        later(lambda: os.kill(os.getpid(), signal.SIGUSR1))

        assert wake.wait(time.monotonic() + 60) is False
        assert (wake.take_request(), wake.take_request(), wake.ended_by) == (True, False, None)


@pytest.mark.parametrize("is_enough", [True, False])
def test_a_descriptor_is_watched_and_its_action_says_whether_that_is_all(is_enough):
    reader, writer = os.pipe()
    with Wake() as wake:
        wake.watch(reader, select.POLLIN, lambda _: bool(os.read(reader, 9)) and is_enough)
        timer = later(lambda: os.write(writer, b"x"))

        assert wake.wait(time.monotonic() + (60 if is_enough else 0.3)) is not is_enough
        wake.forget(reader)
        timer.join()
        os.write(writer, b"y")
        assert wake.wait(time.monotonic() + 0.05) is True
    os.close(reader)
    os.close(writer)


def test_afterwards_signals_mean_what_they_meant():
    before = signal.getsignal(signal.SIGTERM)
    with Wake():
        assert signal.getsignal(signal.SIGTERM) != before

    assert signal.getsignal(signal.SIGTERM) == before
