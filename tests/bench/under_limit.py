"""vmadvisor under a memory limit of its own: a cgroup of 64 MiB, thousands of idle processes outside of it.

    python tests/bench/under_limit.py                     as root; a quarter of an hour
    python tests/bench/under_limit.py --processes 500 --runs 3

Each command starts in the cgroup, in turn: ``ps aux``, a bare Python, ``check``, and ``check`` without the
second that it waits between its two readings. Own time counts from vmadvisor's own first instruction.
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
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cost import PYTHON_HABITS, REPOSITORY, cgroup_parent, compile_programs, crowd, spread

LIMIT_MIB = 64
OWN_MAX_S = 5.0
PS_MAX_RATIO = 2.0
RSS_MAX_MIB = 40
FIRST = 3
"""The descriptor on which a command tells the time of its first instruction, as in guest/fire.c."""

START = (
    f"import os, time; os.write({FIRST}, b'%.6f' % time.monotonic())\n"
    "from vmadvisor.__main__ import main\nmain()"
)
CHECK = [sys.executable, "-c", START, "check"]
COMMANDS = {
    "ps aux": ["ps", "aux"],
    "python -c pass": [sys.executable, "-c", "pass"],
    "check": CHECK,
    "check --interval 0": [*CHECK, "--interval", "0"],
}
VERDICTS = ("OK", "WARNING", "CRITICAL", "UNKNOWN")
PEAKS = ("memory.max_usage_in_bytes", "memory.peak")  # v1, v2
REFUSALS = ("memory.failcnt", "memory.events")


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One start; ``own_s`` is ``None`` for a command that is not ours."""

    wall_s: float
    own_s: float | None
    rss_mib: float
    has_verdict: bool


@contextmanager
def limited(parent: Path) -> Iterator[Path]:
    """A group with the limit; taken away in any case."""
    group = parent / f"vmadvisor-limit-{os.getpid()}"
    group.mkdir()
    try:
        is_version_1 = (group / "memory.limit_in_bytes").exists()
        name = "memory.limit_in_bytes" if is_version_1 else "memory.max"
        (group / name).write_text(str(LIMIT_MIB << 20))
        yield group
    finally:
        group.rmdir()


def run(command: list[str], group: Path, directory: Path) -> Run:
    """A shell enters the group and becomes ``measure``, which starts the command."""
    reader, writer = os.pipe()
    enter = f'echo $$ > "{group}/cgroup.procs" && exec "$@" {FIRST}>&{writer}'
    environment = {name: text for name, text in os.environ.items() if name not in PYTHON_HABITS}
    done = subprocess.run(
        ["sh", "-c", enter, "sh", directory / "measure", directory / "output", *command],
        cwd=REPOSITORY, check=True, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True,
        pass_fds=(writer,),
        env=environment
        | {
            "PYTHONPYCACHEPREFIX": str(directory / "pycache"),
            "VMADVISOR_STATE_DIRECTORY": str(directory / "state"),
        },
    )  # fmt: skip
    end_s = time.monotonic()
    os.close(writer)
    with os.fdopen(reader) as pipe:
        first_s = pipe.read()
    _, rss_kib, wall_us, code = map(int, done.stdout.split())
    said = (directory / "output").read_text(errors="replace").split(maxsplit=1)
    return Run(
        wall_s=wall_us / 1e6,
        own_s=end_s - float(first_s) if first_s else None,
        rss_mib=rss_kib / 1024,
        has_verdict=code < len(VERDICTS) and said[:1] and said[0] in VERDICTS,
    )


def told(group: Path, names: tuple[str, ...]) -> str:
    """The first of the group's files that is there."""
    found = [group / name for name in names if (group / name).exists()]
    return f"{found[0].name} {' '.join(found[0].read_text().split())}" if found else "not told"


def table(runs: dict[str, list[Run]]) -> None:
    print(f"{'':19} {'total s':22} {'x ps aux':20} {'own s':22} peak RSS MiB")
    for name, mine in runs.items():
        ratios = [a.wall_s / b.wall_s for a, b in zip(mine, runs["ps aux"], strict=True)]
        own = [run.own_s for run in mine if run.own_s is not None]
        print(
            f"{name:19} {spread([run.wall_s for run in mine]):22} {spread(ratios, 2):20} "
            f"{spread(own) if own else '-':22} {max(run.rss_mib for run in mine):.1f}"
        )


def targets(runs: dict[str, list[Run]]) -> None:
    for name in ("check", "check --interval 0"):
        mine, ps = runs[name], runs["ps aux"]
        within = sum(run.has_verdict and run.own_s <= OWN_MAX_S for run in mine)
        say(
            f"{name}: a verdict within {OWN_MAX_S:g} s: {within} of {len(mine)}",
            within == len(mine),
        )
        ratio = statistics.median(a.wall_s / b.wall_s for a, b in zip(mine, ps, strict=True))
        say(f"{name}: {ratio:.2f} x ps aux, at most {PS_MAX_RATIO:g}", ratio <= PS_MAX_RATIO)
        peak = max(run.rss_mib for run in mine)
        say(f"{name}: peak RSS {peak:.1f} MiB, at most {RSS_MAX_MIB}", peak <= RSS_MAX_MIB)


def say(what: str, is_met: bool) -> None:
    print(f"  {'met' if is_met else 'MISSED':<7} {what}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--processes", type=int, default=5_000)
    parser.add_argument("--runs", type=int, default=20)
    chosen = parser.parse_args()
    parent = cgroup_parent()
    if parent is None:
        raise SystemExit("no memory controller with room for groups is mounted here")
    directory = Path(tempfile.mkdtemp(prefix="vmadvisor-bench-"))
    try:
        compile_programs(directory)
        runs: dict[str, list[Run]] = {name: [] for name in COMMANDS}
        with crowd(chosen.processes, directory), limited(parent) as group:
            for turn in range(chosen.runs + 1):
                for name, command in COMMANDS.items():
                    result = run(command, group, directory)
                    if turn:  # the first round compiles and warms
                        runs[name].append(result)
            print(f"limit {LIMIT_MIB} MiB, n={chosen.runs}; the group's {told(group, PEAKS)}, "
                  f"{told(group, REFUSALS)}; load {os.getloadavg()[0]:.1f}")  # fmt: skip
        table(runs)
        targets(runs)
    finally:
        shutil.rmtree(directory)


if __name__ == "__main__":
    main()
