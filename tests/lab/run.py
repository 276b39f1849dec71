"""One scenario from start to end: guest, recording, truth.

leak.toml -> leak.tar.zst, leak.truth.json, leak.console.zst (and leak.output, where steps ran programs)
"""

import json
import tempfile
import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from lab import disks, initramfs, kernels, machine, oom_log, recording, stream, truth
from lab.errors import LabError
from lab.kernels import Kernel
from lab.machine import Files, Outcome
from lab.scenario import Scenario
from lab.stream import Stream
from lab.tools import RUN_TOOLS, install_missing

TRUTH_VERSION = 1
META_VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """Where the recording is, its truth, how long it took."""

    recording: Path
    truth: dict[str, object]
    was_there: bool

    def summary(self) -> str:
        """One line for whoever waits."""
        told = self.truth
        kills = told["oom_kills"]
        count = len(kills) if isinstance(kills, list) else 0
        return (
            f"{self.recording.name}: {told['ticks_count']} ticks, {told['allocstall_total']} allocstalls, "
            f"full {told['full_stall_s']} s (avg10 up to {told['full_avg10_max_pct']} %), {count} OOM kills"
            + (", was there" if self.was_there else f", {told['took_s']} s")
        )


def run(scenario: Scenario, name: str, out: Path, cache: Path, *, force: bool = False) -> Result:
    """Makes a recording and its truth, unless the same scenario's are there already."""
    target = out / f"{name}.tar.zst"
    told_at = out / f"{name}.truth.json"
    told = None if force else _told(told_at, scenario)
    if told is not None and target.exists():
        return Result(recording=target, truth=told, was_there=True)
    install_missing(RUN_TOOLS)
    kernel = kernels.ensure(scenario.kernel, cache)
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="vmadvisor-lab-") as directory:
        told = _record(scenario, kernel, Path(directory), target, cache)
    text = json.dumps(told, indent=1) + "\n"
    told_at.write_text(text)
    told = json.loads(text)
    return Result(recording=target, truth=told, was_there=False)


def _told(path: Path, scenario: Scenario) -> dict[str, object] | None:
    """The truth that is there, if it tells of the same scenario."""
    try:
        told = json.loads(path.read_text())
    except (OSError, json.JSONDecodeError):
        return None
    wanted = json.loads(json.dumps(scenario.as_json()))
    is_same = isinstance(told, dict) and told.get("scenario") == wanted
    return told if is_same and told.get("truth_version") == TRUTH_VERSION else None


def _record(
    scenario: Scenario, kernel: Kernel, work: Path, target: Path, cache: Path
) -> dict[str, object]:
    files = Files(
        initramfs=work / "initramfs",
        drives=tuple(disks.build(scenario, work, cache)),
        stream=work / "stream",
        output=work / "output",
        console=work / "console",
    )
    files.initramfs.write_bytes(initramfs.build(scenario, kernel, cache))
    started_s = time.time()
    outcome = machine.run(scenario, kernel, files)
    read = stream.read(files.stream.read_bytes())
    if not read.ticks:
        raise LabError(f"{target.name}: the guest recorded nothing")
    console = files.console.read_bytes()
    stem = target.name.removesuffix(".tar.zst")
    recording.write_text(target.with_name(f"{stem}.console.zst"), console)
    if files.output.stat().st_size:
        target.with_name(f"{stem}.output").write_bytes(files.output.read_bytes())
    recording.write(target, read.ticks, meta=_meta(scenario, read, started_s), started_s=started_s)
    log = oom_log.read(console.decode(errors="replace"))
    told = truth.tell(read.ticks, log, interval_s=scenario.interval_s, expect=scenario.expect)
    return _heading(scenario, kernel, outcome, read) | told


def _heading(
    scenario: Scenario, kernel: Kernel, outcome: Outcome, read: Stream
) -> dict[str, object]:
    return {
        "truth_version": TRUTH_VERSION,
        "scenario": scenario.as_json(),
        "kernel_release": kernel.release,
        **asdict(outcome),
        "is_torn": read.is_torn,
        "dropped_frames_count": read.dropped_count,
    }


def _meta(scenario: Scenario, read: Stream, started_s: float) -> dict[str, object]:
    """The recording's ``meta.json``: where it is from and what its member names count."""
    first = read.ticks[0].files

    def text(path: str) -> str | None:
        return first[path].decode(errors="replace").strip() if path in first else None

    return {
        "recording_version": META_VERSION,
        "recorder": "tests/lab/guest/recorder.c",
        "host": text("/proc/sys/kernel/hostname"),
        "kernel": text("/proc/sys/kernel/osrelease"),
        "boot_id": text("/proc/sys/kernel/random/boot_id"),
        "clock": "CLOCK_MONOTONIC",
        "started_utc": datetime.fromtimestamp(started_s, UTC).isoformat(timespec="seconds"),
        "interval_s": scenario.interval_s,
        "processes_every_ticks": scenario.scan_every,
        "family": scenario.family,
        "is_torn": read.is_torn,
        "dropped_frames_count": read.dropped_count,
    }
