"""What ``watch`` costs at one second, beside atop and top, all of them watching the same some hundred processes.

    python tests/bench/watch_cost.py [--processes 500] [--seconds 60] [--rounds 3]

Each program runs alone for that long, in turn, every round; screens in a terminal of 120x40 that tmux draws.
CPU is what the kernel counted for the program and its children (not tmux), from its fifth second to its end:
that is what watching costs. What it takes to start is told apart. Needs cc and tmux; a program that is not
installed is left out. Nothing is asserted.
"""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from recorder_cost import idle

REPOSITORY = Path(__file__).resolve().parents[2]
START_S = 5.0
WATCH = f"{sys.executable} -m vmadvisor watch --interval 1"
COMMANDS = {
    "watch --lines": f"{WATCH} --lines > /dev/null",
    "watch, full screen": WATCH,
    "atop 1": "atop 1",
    "top -d 1": "top -d 1",
}
_CLOCK_HZ = os.sysconf("SC_CLK_TCK")
_UTIME_FIELD = 11  # counted from the state: utime, stime, then those of children waited for


def _tmux(socket: str, *arguments: str) -> str:
    command = ["tmux", "-L", socket, "-f", "/dev/null", *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def _family(pid: int) -> Iterator[int]:
    """The process and all below it."""
    yield pid
    for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        yield from _family(int(child))


def _cpu_s(pid: int) -> float:
    """Of the whole family so far, with those of it that have ended."""
    total = 0
    for one in _family(pid):
        fields = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
        total += sum(int(ticks) for ticks in fields[_UTIME_FIELD : _UTIME_FIELD + 4])
    return total / _CLOCK_HZ


def _measured(command: str, seconds: float) -> tuple[float, float]:
    """(CPU seconds of the first five seconds, per cent of a CPU from then on)."""
    socket = f"watch-cost-{time.monotonic_ns()}"  # a server of its own: the last one may be ending
    environment = "env TERM=tmux-256color"
    _tmux(socket, "new-session", "-d", "-x", "120", "-y", "40", "-c", str(REPOSITORY),
          f"exec {environment} sh -c 'exec {command}'")  # fmt: skip
    try:
        pid = int(_tmux(socket, "list-panes", "-F", "#{pane_pid}").strip())
        time.sleep(START_S)
        start_s, began_s = _cpu_s(pid), time.monotonic()
        time.sleep(seconds)
        used_s, passed_s = _cpu_s(pid) - start_s, time.monotonic() - began_s
    finally:
        _tmux(socket, "kill-server")
    return start_s, 100 * used_s / passed_s


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--processes", type=int, default=500)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--rounds", type=int, default=3)
    chosen = parser.parse_args()
    commands = {n: c for n, c in COMMANDS.items() if "-m" in c or shutil.which(c.split()[0])}
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in commands}
    with tempfile.TemporaryDirectory() as place, idle(chosen.processes, Path(place)):
        count = sum(path.name.isdigit() for path in Path("/proc").iterdir())
        for _ in range(chosen.rounds):
            for name, command in commands.items():
                found[name].append(_measured(command, chosen.seconds))
    load = os.getloadavg()[0]
    print(f"{count} processes, n = {chosen.rounds} of {chosen.seconds:.0f} s each, load {load:.1f}")
    for name, pairs in found.items():
        starts, shares = zip(*pairs, strict=True)
        print(
            f"{name:<20} {statistics.median(shares):5.2f} % of a CPU "
            f"({min(shares):.2f}-{max(shares):.2f}), start {statistics.median(starts):.2f} s"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
