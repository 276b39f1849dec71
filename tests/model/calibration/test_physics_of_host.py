"""Parameters of a host: the median of what its recordings show, nothing where they show nothing."""

from dataclasses import replace

import pytest

from vmadvisor.model.calibration.physics_of_host import own_physics
from vmadvisor.model.simulate.physics import Physics


def test_the_median_and_the_spread_between_recordings_are_kept():
    found = own_physics([
        replace(Physics(), kswapd_pages_per_s=rate) for rate in (50_000.0, 200_000.0, 100_000.0)
    ])  # fmt: skip

    assert set(found) == {"kswapd_pages_per_s"}
    figure = found["kswapd_pages_per_s"]
    assert figure.value == pytest.approx(100_000)
    assert figure.spread_ratio == pytest.approx(0.6931, abs=1e-4)
    assert figure.recordings_count == 3


def test_a_single_recording_has_no_spread_and_one_that_shows_nothing_no_figure():
    assert own_physics([Physics()]) == {}
    one = own_physics([Physics(), replace(Physics(), stall_batch_pages=97.0)])
    assert one["stall_batch_pages"].spread_ratio is None


def test_a_few_moments_show_what_all_of_them_do(shared):
    from vmadvisor.collect.recording_walk import walk
    from vmadvisor.model.calibration.physics_of_host import Seen
    from vmadvisor.model.simulate.observed import observed
    from vmadvisor.model.simulate.physics import estimated

    path = shared / "recordings" / "003-jitter.tar.zst"
    moments = [moment for one in walk(path) if (moment := observed(one)) is not None]
    seen = Seen()
    for moment in moments:
        seen.add(moment)

    assert len(moments) > 200
    assert seen.physics() == estimated(moments, Physics())
