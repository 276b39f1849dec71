"""All events and parameters of a host in one record."""

from dataclasses import replace

from vmadvisor.model.calibration.fit_host import calibrated
from vmadvisor.model.calibration.host_identity import HostIdentity
from vmadvisor.model.calibration.model_id import model_id
from vmadvisor.model.simulate.physics import Physics


def test_every_event_is_told_of_and_the_recordings_are_named(host):
    found = calibrated(
        host(1.2, 0.6, recordings_count=3),
        [replace(Physics(), burst_pages_per_s=61_000.0)],
        host=HostIdentity(hostname="db1"),
        fitted_utc="2026-02-03T04:05:06Z",
        horizons_s=(10.0,),
    )

    assert [(one.event, one.reason is None) for one in found.events] == [
        ("direct_reclaim", True), ("memory_stall", False), ("oom_global", False),
    ]  # fmt: skip
    assert found.recordings == ("recording-0", "recording-1", "recording-2")
    assert round(found.physics["burst_pages_per_s"].value) == 61_000
    assert found.model_id == model_id()
