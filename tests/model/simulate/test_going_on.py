"""What takes longer than the watch is told of the same load going on; a load that grows does not go on."""

from dataclasses import replace

import pytest

from vmadvisor.advise.tuning import _examples
from vmadvisor.model.simulate.staged import stage
from vmadvisor.model.simulate.watched import Watched

SWAP = (("swap", "512M"),)


def watched(host):
    staged = stage(host)
    return Watched(staged.moments, staged.snapshots[-1])


@pytest.fixture(scope="module")
def swapless():
    """Idle memory, no swap, and files in use that do not fit: seen for eight seconds only."""
    host = _examples.holding()
    short = host.intervals[:3] + host.intervals[-5:]
    return watched(replace(host, sysctl=_examples.SYSCTL, swap_pages=0, intervals=short))


def test_swap_buys_more_once_what_is_idle_has_moved(swapless):
    def back(view):
        return view.under([SWAP])[0].simulated.refaults_file_per_s.value

    assert back(swapless.longer) < back(swapless) / 2


def test_what_the_move_costs_is_told(swapless):
    longer = swapless.longer

    assert longer.goes_on
    assert not swapless.goes_on
    assert longer.under([SWAP])[0].settling_full_s > 0
    assert swapless.under([SWAP])[0].settling_full_s == 0


def test_a_load_that_grows_does_not_go_on():
    leak = replace(_examples.QUIET, anon_alloc_pages=7_000.0, anon_free_pages=0.0)

    assert watched(replace(_examples.HOST, intervals=(leak,) * 8)).longer is None


def test_the_present_settings_go_on_as_they_were_measured_last(swapless):
    assert swapless.longer.present.figures.refaults_file_per_s.value > 1_000
    assert swapless.longer.present.simulated.refaults_file_per_s.value > 1_000
