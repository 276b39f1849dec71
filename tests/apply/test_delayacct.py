"""The only switch this program may touch is set back, however the run ends."""

import os
import signal

import pytest

from vmadvisor.apply.delayacct import turned_on
from vmadvisor.errors import RootError


@pytest.fixture
def switch(tmp_path):
    path = tmp_path / "task_delayacct"
    path.write_text("0\n")
    return path


def test_it_is_on_within_and_off_after_and_both_are_said(switch):
    said = []
    with turned_on(said.append, switch) as since_s:
        assert switch.read_text() == "1\n"
        assert since_s > 0
        assert "sysctl -w kernel.task_delayacct=0" in said[0]
    assert switch.read_text() == "0\n"
    assert said[1] == "kernel.task_delayacct is 0 again"


def test_what_was_on_stays_on_and_nothing_is_said(switch):
    switch.write_text("1\n")
    said = []
    with turned_on(said.append, switch) as since_s:
        assert since_s is None
    assert (switch.read_text(), said) == ("1\n", [])


@pytest.mark.parametrize("error", [KeyboardInterrupt, RuntimeError, SystemExit])
def test_an_error_or_ctrl_c_sets_it_back(switch, error):
    with pytest.raises(error), turned_on(lambda _: None, switch):
        raise error
    assert switch.read_text() == "0\n"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_that_ends_us_sets_it_back_and_leaves_the_handlers_as_they_were(switch, number):
    before = signal.getsignal(number)
    with pytest.raises(SystemExit), turned_on(lambda _: None, switch):
        os.kill(os.getpid(), number)
    assert switch.read_text() == "0\n"
    assert signal.getsignal(number) is before


def test_a_reader_that_cannot_be_told_does_not_keep_it_on(switch):
    def closed(sentence):
        raise BrokenPipeError(sentence)

    with pytest.raises(BrokenPipeError), turned_on(closed, switch):
        pass
    assert switch.read_text() == "0\n"


def test_a_kernel_without_the_switch_is_told_apart(tmp_path):
    with (
        pytest.raises(RootError, match=r"no such switch \(5\.14"),
        turned_on(print, tmp_path / "no"),
    ):
        pass
