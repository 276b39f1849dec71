"""Reports of this very host: the first by two readings, the next from where the last ended."""

import time

import pytest

from vmadvisor.errors import SettingsError
from vmadvisor.model.own_map import OwnMap
from vmadvisor.monitoring import live_reports
from vmadvisor.monitoring.live_reports import LiveReports
from vmadvisor.snapshot import Gap

pytestmark = pytest.mark.live


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(live_reports, "FIRST_INTERVAL_S", 0.3)


def reports(own=(None, None), given=tuple):
    return LiveReports(deadline_s=5.0, own=lambda _snapshot: own, given=given)


def test_each_reading_is_the_next_ones_beginning():
    source = reports()
    first = source.read()
    time.sleep(0.3)
    source.sample()
    second = source.read()

    assert first.activity.interval_s > 0.25
    assert second.activity.interval_s == pytest.approx(
        second.snapshot_time_s - first.snapshot_time_s, abs=3.0
    )
    assert source.samples_count == 4
    assert second.outlook.span_s > first.outlook.span_s + 0.3


def test_after_a_long_pause_it_is_read_twice_again(monkeypatch):
    source = reports()
    source.read()
    monkeypatch.setattr(live_reports, "BEFORE_MAX_S", 0.5)
    time.sleep(0.8)
    began_s = time.monotonic()
    found = source.read()

    assert found.activity.interval_s <= time.monotonic() - began_s


def test_forecasts_come_from_the_samples():
    found = reports().read().outlook

    assert found.refusal is None
    assert any(one.probability_ratio is not None for one in found.forecasts)
    assert not any(one.drivers for one in found.forecasts)  # no metric tells them


def test_the_hosts_own_calibration_is_asked_for_at_each_reading_and_its_gap_told():
    own = OwnMap(fitted_utc="2026-01-02T03:04:05Z", model_id="abc", events={})
    gap = Gap(path="/var/lib/x", reason="damaged", cost="none")

    assert reports(own=(own, None)).read().own_map is own
    assert gap in reports(own=(None, gap)).read().gaps


def test_a_wrong_configuration_is_the_readings_failure():
    def wrong():
        raise SettingsError("targets.x: no such key", line_number=7)

    with pytest.raises(SettingsError):
        reports(given=wrong).read()
