"""This host's moments are whole snapshots, at equal distances, from a tree of files as from /proc."""

import os
from itertools import islice

import pytest

from vmadvisor.live.host_moments import HostMoments
from vmadvisor.live.watcher import Wanted, Watcher

SCREEN = Wanted(interval_s=0.2, has_verdict=True, has_processes=True)


@pytest.mark.live
def test_moments_of_this_host_become_frames_with_rates_and_processes():
    moments = HostMoments(0.2, top_count=5, processes_every_s=0.2)
    watcher = Watcher(SCREEN)
    try:
        frames = [watcher.add(moment) for moment in islice(moments, 4)]
    finally:
        moments.close()

    last = frames[-1]
    assert last.host.is_live
    assert last.extras.time_utc_s is not None
    assert last.slack_pages is not None
    assert last.activity.interval_s == pytest.approx(0.2, abs=0.19)
    assert 0 < len(last.extras.ranked.victims) <= 12
    assert last.extras.verdict is not None


@pytest.mark.live
def test_closing_ends_the_child_that_walks_groups():
    moments = HostMoments(1.0, top_count=1, processes_every_s=60.0)
    pid = moments._groups._pid
    moments.close()

    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
