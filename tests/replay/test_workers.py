import os
import signal
import time

import pytest

from vmadvisor.errors import RootError
from vmadvisor.replay.workers import each


def shouted(path):
    if path == "bad":
        raise RootError("bad: no such file")
    time.sleep(0.2 if path == "slow" else 0)
    return f"{path}!", os.getpid()


def dies(path):
    if path == "b":
        os.kill(os.getpid(), signal.SIGKILL)
    return path.upper(), 0


def fails(path):
    raise KeyError(path)


@pytest.mark.parametrize("jobs", [1, 3])
def test_results_come_in_the_order_asked_for_and_errors_as_sentences(jobs):
    slow, bad, quick = each(shouted, ["slow", "bad", "quick"], jobs)

    assert (slow[0], bad, quick[0]) == ("slow!", "bad: no such file", "quick!")
    assert (slow[1] == os.getpid()) is (jobs == 1)


def test_one_recording_needs_no_worker():
    (only,) = each(shouted, ["only"], 8)

    assert only == ("only!", os.getpid())


def test_a_worker_that_was_killed_is_an_error_in_words():
    with pytest.raises(RootError, match="a worker process died"):
        list(each(dies, ["a", "b", "c"], 2))


@pytest.mark.parametrize("jobs", [1, 2])
def test_an_error_of_ours_is_not_hidden(jobs):
    with pytest.raises(KeyError):
        list(each(fails, ["a", "b"], jobs))
