"""Hosts whose true map is known, and calibrations of which every number is another."""

import numpy as np
import pytest

from vmadvisor.model.backtest.series import Outcome
from vmadvisor.model.backtest.trial import Trial, Trials
from vmadvisor.model.calibration.calibration import Calibration, EventFit, Interval, OwnFigure
from vmadvisor.model.calibration.host_identity import HostIdentity
from vmadvisor.model.calibration.model_id import model_id


@pytest.fixture
def host():
    """``host(shift, scale, recordings_count=6, ...)``: outcomes drawn at the true frequency.

    Instants are as far apart as the horizon, so that each is one of its own.
    """

    def build(
        shift, scale, *, recordings_count=6, instants_count=400, seed=5, event="direct_reclaim",
        usual=-0.5, width=2.0, never=False,
    ):  # fmt: skip
        random = np.random.default_rng(seed)
        found = []
        for number in range(recordings_count):
            said = random.normal(usual, width, instants_count)
            chance = 1 / (1 + np.exp(-(shift + scale * said)))
            came = (random.random(instants_count) < chance) & (not never)
            trials = tuple(
                Trial(
                    time_s=10.0 * index, step_s=10.0, event=event, scope="host", horizon_s=10.0,
                    probability_ratio=float(1 / (1 + np.exp(-odds))), low_ratio=None,
                    high_ratio=None, guesses=(),
                    outcome=Outcome(
                        came=bool(now), was_absent=index == 0 or not came[index - 1],
                        lead_s=3.0 if now else None,
                    ),
                )
                for index, (odds, now) in enumerate(zip(said, came, strict=True))
            )  # fmt: skip
            found.append(Trials(name=f"recording-{number}", trials=trials))
        return found

    return build


@pytest.fixture
def calibration():
    """One event mapped, one not."""
    mapped = EventFit(
        event="memory_stall", instants_count=293, onsets_count=9, groups_count=8, shift=0.91,
        shift_spread=0.41, scale_ratio=0.78, scale_spread=0.22, spread=0.73,
        brier_before=Interval(value=0.239, low=0.138, high=0.349),
        brier_after=Interval(value=0.18, low=0.108, high=0.258),
        skill_before_ratio=Interval(value=0.01, low=-0.9, high=0.42),
        skill_after_ratio=Interval(value=0.26, low=-0.32, high=0.54),
        gain_ratio=Interval(value=0.25, low=0.15, high=0.31),
    )  # fmt: skip
    unmapped = EventFit(
        event="oom_global", instants_count=291, onsets_count=2, groups_count=7,
        reason="2 onsets: a map of its own takes 5 or more",
    )  # fmt: skip
    return Calibration(
        fitted_utc="2026-02-03T04:05:06Z",
        model_id=model_id(),
        host=HostIdentity(
            hostname="db1", arch="x86_64", kernel_release="6.12.94+deb13", mem_total_kib=345_540
        ),
        horizons_s=(10.0, 30.0),
        recordings=("monday", "tuesday"),
        events=(mapped, unmapped),
        physics={
            "kswapd_pages_per_s": OwnFigure(value=220_760.0, spread_ratio=0.28, recordings_count=7),
            "stall_batch_pages": OwnFigure(value=97.0, spread_ratio=None, recordings_count=1),
        },
    )
