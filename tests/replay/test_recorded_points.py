"""A recording as points of its host's history."""

import io
import json
import tarfile

import pytest

from vmadvisor.errors import RootError
from vmadvisor.replay.recorded_points import recorded_points

META = {
    "host": "db1", "arch": "x86_64", "boot_id": "b-7", "page_size_bytes": 4096,
    "started_s": 99.75, "started_utc": "2026-11-27T08:00:00Z",
}  # fmt: skip
STARTED_UTC_S = 1_795_766_400.0


def described(recording, meta):
    """The recording with a ``meta.json`` before its ticks."""
    text = meta if isinstance(meta, bytes) else json.dumps(meta).encode()
    target = recording.with_name("described.tar")
    with tarfile.open(recording) as old, tarfile.open(target, "w") as new:
        info = tarfile.TarInfo("meta.json")
        info.size = len(text)
        new.addfile(info, io.BytesIO(text))
        for member in old:
            new.addfile(member, old.extractfile(member))
    return str(target)


def test_points_have_the_time_of_day_and_the_counters_of_their_tick(written_recording):
    path = described(written_recording("a", ticks_count=60, event_s=50), META)

    found = recorded_points(path)

    assert (found.host.hostname, found.host.arch) == ("db1", "x86_64")
    assert len(found.points) == 60
    point = found.points[7]
    assert (point.time_utc_s, point.boot_id, point.origin) == (
        STARTED_UTC_S + 7.5, "b-7", "recording",
    )  # fmt: skip
    assert point.gauges["available_bytes"] == (200_000 - 3_000 * 7) // 4 * 4096
    kills = [one.counters["oom_kill_total"] for one in found.points]
    assert kills[50] - kills[49] == 2
    assert point.rates == {}


@pytest.mark.parametrize(
    "meta",
    [
        {**META, "started_utc": None},
        {**META, "started_utc": "2026-11-27T08:00:00"},
        {**META, "started_s": "99.75"},
        {**META, "started_s": -1},
        {**META, "started_s": 1e300},
        b"{broken",
    ],
)
def test_one_that_does_not_say_when_it_was_made_is_refused(written_recording, meta):
    path = described(written_recording("a", ticks_count=6, event_s=50), meta)

    with pytest.raises(RootError, match="when it was made"):
        recorded_points(path)


def test_what_is_no_recording_is_refused(tmp_path):
    with pytest.raises(RootError):
        recorded_points(str(tmp_path / "none"))
