"""What ``record`` costs: CPU time, bytes on the disk, memory, beside some hundred idle processes.

    python tests/bench/recorder_cost.py [--processes 500] [--seconds 600] [--ring]

CPU is the time of the recorder and of its child that walks control groups, as the kernel counted it; what
else the machine did does not enter, but for cold caches. Bytes of an hour are six times those of the first
tick, with which every frame of ten minutes begins, and the rest at the rate seen. ``--ring`` measures the
flight recorder, which is asked for one recording at the end. Nothing is asserted.
"""

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parents[1]
HOUR_S, FRAME_S = 3600, 600
LOOK_S = 0.2


@contextmanager
def idle(count: int, directory: Path) -> Iterator[None]:
    """That many processes that sleep."""
    subprocess.run(["cc", "-O2", "-o", directory / "idle", HERE / "idle.c"], check=True)
    with subprocess.Popen(
        [directory / "idle", str(count)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as parent:
        try:
            parent.stdout.readline()
            yield
        finally:
            parent.stdin.close()


def memory_kib(pid: int) -> dict[str, int]:
    """Peak and locked memory of a process."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return {
        line.split(":")[0]: int(line.split()[1]) for line in lines if line[:5] in {"VmHWM", "VmLck"}
    }


def watch(process: subprocess.Popen[bytes], directory: Path, seconds: float) -> int:
    """Waits; returns the bytes that the first tick took."""
    end_s = time.monotonic() + seconds
    first_bytes = 0
    while time.monotonic() < end_s and process.poll() is None:
        time.sleep(LOOK_S)
        if not first_bytes:
            first_bytes = sum(path.stat().st_size for path in directory.glob("*.zst"))
    return first_bytes


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--processes", type=int, default=500)
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--ring", action="store_true")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        directory = Path(place)
        out = ["--ring", "10m", "--to", place] if chosen.ring else [f"{place}/host.tar.zst"]
        command = [sys.executable, "-m", "vmadvisor", "record", *out]
        with idle(chosen.processes, directory):
            others_count = sum(path.name.isdigit() for path in Path("/proc").iterdir())
            load = os.getloadavg()[0]
            process = subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.PIPE)
            first_bytes = watch(process, directory, chosen.seconds)
            memory = memory_kib(process.pid)
            if chosen.ring:
                process.send_signal(signal.SIGUSR1)
                time.sleep(15)
            process.send_signal(signal.SIGTERM)
            said = process.stdout.read().decode()
            _, _, usage = os.wait4(process.pid, 0)
        cpu_s = usage.ru_utime + usage.ru_stime
        written_bytes = sum(path.stat().st_size for path in directory.glob("*.zst"))
    hour_bytes = first_bytes * HOUR_S / FRAME_S
    hour_bytes += (written_bytes - first_bytes) * HOUR_S / chosen.seconds
    print(said.strip())
    print(f"{others_count} processes, load {load:.1f}, {chosen.seconds:.0f} s")
    print(f"CPU {cpu_s:.2f} s with start and end, {100 * cpu_s / chosen.seconds:.2f} % of one")
    print(f"peak {memory['VmHWM'] / 1024:.1f} MiB, locked {memory['VmLck'] / 1024:.1f} MiB")
    if not chosen.ring:
        print(f"first tick {first_bytes} bytes, all {written_bytes}: {hour_bytes / 1e6:.2f} MB/h")
    return 0


if __name__ == "__main__":
    sys.exit(main())
