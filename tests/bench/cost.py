"""What ``check`` costs beside a C program that only reads the same files: one command, one table.

    python tests/bench/cost.py [--processes 100,1000,5000,20000] [--runs 7] [--cgroups 1000]

For each number it starts that many idle processes, one of them with the most memory on the host, and
takes turns: every program once a round. A ratio is the median of the rounds' own ratios, so what the
machine did meanwhile hits both sides. Nothing is asserted: each target is printed beside the figure.
Needs ``cc`` and ``ps``. All it starts and makes is taken away again, also after an interruption.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parents[1]
PAGE_KIB = os.sysconf("SC_PAGE_SIZE") // 1024

CHECK = [sys.executable, "-m", "vmadvisor", "check", "--interval", "0", "--format"]
PROGRAMS = {
    "floor": ["./floor"],
    "ps aux": ["ps", "aux"],
    "import click": [sys.executable, "-c", "import click"],
    "check json": [*CHECK, "json"],
    "check text": [*CHECK, "text"],
    "check nagios": [*CHECK, "nagios"],
}
PYTHON_HABITS = {"PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED"}
"""What only a developer's or a container's shell sets: an installed program has compiled modules."""

EXIT_CODES = range(4)  # check's verdicts

PLANTED_MIN_MIB = 64
PLANTED_MAX_SHARE = 1 / 16  # of MemAvailable: the benchmark must not become the shortage

RSS_MAX_MIB = 40
CGROUPS_MAX_S = 0.1
RATIO_MAX = {  # (processes, program, measured against): at most
    (5_000, "check json", "floor"): 1.8,
    (5_000, "check json", "ps aux"): 1.0,
    (5_000, "check text", "floor"): 2.1,
    (20_000, "check json", "floor"): 1.5,
    (100, "check json", "import click"): 3.0,
}


@dataclass
class Costs:
    """One program's runs, in the order of the rounds."""

    cpu_s: list[float] = field(default_factory=list)
    rss_mib: list[float] = field(default_factory=list)

    def ratios(self, other: "Costs") -> list[float]:
        return [mine / theirs for mine, theirs in zip(self.cpu_s, other.cpu_s, strict=True)]


def spread(values: list[float], digits: int = 3) -> str:
    """Median and (least to most)."""
    middle = statistics.median(values)
    return f"{middle:.{digits}f} ({min(values):.{digits}f}-{max(values):.{digits}f})"


def compile_programs(directory: Path) -> None:
    for source in sorted(HERE.glob("*.c")):
        target = directory / source.stem
        subprocess.run(["cc", "-O2", "-Wall", "-o", target, source], check=True)


def measure(command: list[str], directory: Path) -> tuple[float, float]:
    """CPU seconds (user and system, children too) and peak RSS in MiB of one run."""
    program = (
        [str(directory / command[0][2:]), *command[1:]] if command[0] == "./floor" else command
    )
    environment = {name: text for name, text in os.environ.items() if name not in PYTHON_HABITS}
    done = subprocess.run(
        [directory / "measure", directory / "output", *program],
        cwd=REPOSITORY, check=True, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True,
        env=environment
        | {
            "PYTHONPYCACHEPREFIX": str(directory / "pycache"),
            "VMADVISOR_STATE_DIRECTORY": str(directory / "state"),
        },
    )  # fmt: skip
    cpu_us, rss_kib, _, code = map(int, done.stdout.split())
    if code not in EXIT_CODES:
        raise SystemExit(f"{' '.join(program)} ended with {code}")
    return cpu_us / 1e6, rss_kib / 1024


def rounds(names: list[str], runs: int, directory: Path) -> dict[str, Costs]:
    """Every program once a round; a first, uncounted round warms caches."""
    costs = {name: Costs() for name in names}
    for turn in range(runs + 1):
        for name in names:
            cpu_s, rss_mib = measure(PROGRAMS[name], directory)
            if turn:
                costs[name].cpu_s.append(cpu_s)
                costs[name].rss_mib.append(rss_mib)
    return costs


@contextmanager
def crowd(count: int, directory: Path) -> Iterator[int]:
    """``count`` processes, one of them planted; yields its pid."""
    others_count, load = len(pids()), os.getloadavg()[0]
    largest_kib = max(status_kib(pid).get("VmRSS", 0) for pid in pids())
    most_kib = int(meminfo_kib()["MemAvailable"] * PLANTED_MAX_SHARE)
    planted_mib = max(PLANTED_MIN_MIB, min(2 * largest_kib, most_kib) // 1024)
    command = [directory / "idle", str(count), str(planted_mib)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as parent:
        try:
            planted, started = map(int, parent.stdout.readline().split())
            if started != count:
                raise SystemExit(f"only {started} of {count} processes could be started here")
            print(
                f"\n{count} idle processes beside {others_count} others, load {load:.1f}; "
                f"pid {planted} holds {planted_mib} MiB"
            )
            yield planted
        finally:
            parent.stdin.close()  # it kills its own, by pid, and ends


def pids() -> list[int]:
    return [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()]


def status_kib(pid: int) -> dict[str, int]:
    """The kB lines of /proc/PID/status; none of a process that is gone or has no memory."""
    try:
        lines = Path(f"/proc/{pid}/status").read_bytes().splitlines()
    except OSError:
        return {}
    return {
        line.split(b":")[0].decode(): int(line.split()[1]) for line in lines if line.endswith(b"kB")
    }


def meminfo_kib() -> dict[str, int]:
    lines = Path("/proc/meminfo").read_text().splitlines()
    return {line.split(":")[0]: int(line.split()[1]) for line in lines}


def points(pid: int) -> tuple[int, ...]:
    """Points by stat's RSS, by statm's: which one the kernel reads depends on its version.

    Recomputed here from five files, for kernels since 4.17; none of a process that cannot be killed.
    """
    try:
        kib, adj = status_kib(pid), int(Path(f"/proc/{pid}/oom_score_adj").read_text())
        stat = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        statm = Path(f"/proc/{pid}/statm").read_text().split()
    except OSError:
        return ()
    if "VmPTE" not in kib or pid == 1 or adj == -1000:
        return ()
    total_pages = (meminfo_kib()["MemTotal"] + meminfo_kib()["SwapTotal"]) // PAGE_KIB
    rest = (kib["VmPTE"] + kib["VmSwap"]) // PAGE_KIB + adj * (total_pages // 1000)
    return rest + int(stat[21]), rest + int(statm[1])


def verify(planted: int, directory: Path) -> list[tuple[str, str, bool]]:
    """Counts and the planted victim, from the JSON against /proc itself."""
    before = len(pids())
    measure(PROGRAMS["check json"], directory)
    after = len(pids())
    report = json.loads((directory / "output").read_text())
    seen = report["processes_seen_count"]
    low, high = min(before, after), max(before, after) + 3  # measure, check and a child of it
    order = [victim["pid"] for victim in report["victims"]["host"]]
    mine = next(one for one in report["victims"]["host"] if one["pid"] == planted)
    expected = points(planted)
    larger_count = sum(max(points(pid), default=0) > max(expected) for pid in pids())
    return [
        ("processes_seen_count", f"{seen}, /proc holds {low} to {high}", low <= seen <= high),
        ("the planted one's rank", f"{order.index(planted)} before it, by /proc {larger_count}",
         order.index(planted) == larger_count),
        ("its points", f"{mine['points_pages']}, recomputed {expected[0]} (stat) {expected[1]} (statm)",
         mine["points_pages"] in expected),
        ("its oom_score", f"{mine['oom_score']}, kernel {score(planted)}",
         mine["oom_score"] == score(planted)),
    ]  # fmt: skip


def score(pid: int) -> int:
    return int(Path(f"/proc/{pid}/oom_score").read_text())


def table(costs: dict[str, Costs]) -> None:
    count = len(costs["floor"].cpu_s)
    print(f"{'median of n=' + str(count):<14} {'CPU s':<22} {'x floor':<20} {'x ps aux':<20} "
          f"{'x import click':<22} peak RSS MiB")  # fmt: skip
    for name, mine in costs.items():
        cells = [
            spread(mine.ratios(costs[other]), 2) for other in ("floor", "ps aux", "import click")
        ]
        print(f"{name:<14} {spread(mine.cpu_s):<22} {cells[0]:<20} {cells[1]:<20} {cells[2]:<22} "
              f"{max(mine.rss_mib):.1f}")  # fmt: skip


def say(name: str, figure: str, *, met: bool) -> None:
    print(f"  {'met' if met else 'MISSED':<7} {name}: {figure}")


def targets(count: int, costs: dict[str, Costs]) -> None:
    for (at, name, other), most in RATIO_MAX.items():
        if at == count:
            ratios = costs[name].ratios(costs[other])
            say(
                f"{name} <= {most} x {other}",
                spread(ratios, 2),
                met=statistics.median(ratios) <= most,
            )
    if count == 5_000:
        peak = max(max(costs[name].rss_mib) for name in costs if name.startswith("check"))
        say(f"peak RSS <= {RSS_MAX_MIB} MiB", f"{peak:.1f} MiB", met=peak <= RSS_MAX_MIB)


def growth(json_s: dict[int, float], floor_s: dict[int, float]) -> None:
    """Linear: what a further process costs does not rise faster than it does for the floor."""
    counts = sorted(json_s)
    steps = [
        [(cost[high] - cost[low]) / (high - low) * 1e6 for cost in (json_s, floor_s)]
        for low, high in pairwise(counts)
    ]
    if len(steps) < 2:
        return
    print("\nCPU for one more process, check json / floor:")
    for (low, high), (mine, theirs) in zip(pairwise(counts), steps, strict=True):
        print(f"  {low} to {high}: {mine:.1f} us / {theirs:.1f} us")
    last, first = steps[-1], steps[-2]
    rise = (last[0] / first[0]) / (last[1] / first[1])
    say("growth is linear (rise against the floor's <= 1.15)", f"{rise:.2f}", met=rise <= 1.15)


def cgroup_parent() -> Path | None:
    """Where the memory controller's groups can be made: v1's own hierarchy, or v2's root."""
    version_1 = Path("/sys/fs/cgroup/memory")
    if (version_1 / "memory.limit_in_bytes").exists():
        return version_1
    root = Path("/sys/fs/cgroup")
    delegated = root / "cgroup.subtree_control"
    if delegated.exists() and "memory" in delegated.read_text().split():
        return root
    return None


@contextmanager
def cgroups(count: int, parent: Path, *, limited: bool) -> Iterator[None]:
    """``count`` empty groups below one of ours; taken away in any case."""
    top = parent / f"vmadvisor-bench-{os.getpid()}"
    limit = "memory.limit_in_bytes" if "memory" in parent.name else "memory.max"
    made = []
    try:
        top.mkdir()
        made.append(top)
        if limit == "memory.max":
            (top / "cgroup.subtree_control").write_text("+memory")
        for number in range(count):
            (top / f"g{number}").mkdir()
            made.append(top / f"g{number}")
            if limited:
                (made[-1] / limit).write_text(str(64 << 20))
        yield
    finally:
        for group in reversed(made):
            group.rmdir()


def with_cgroups(count: int, runs: int, directory: Path) -> None:
    parent = cgroup_parent()
    if parent is None:
        print("\ncgroups: not measured, no memory controller with room for groups is mounted here")
        return
    print(f"\n{count} empty cgroups below {parent}, check json:")
    measure(PROGRAMS["check json"], directory)  # warms caches
    for limited in (False, True):
        more = []
        try:
            for _ in range(runs):
                without, _ = measure(PROGRAMS["check json"], directory)
                with cgroups(count, parent, limited=limited):
                    more.append(measure(PROGRAMS["check json"], directory)[0] - without)
        except OSError as error:
            print(f"  not measured: {error}")
            return
        name = f"{'each with a limit' if limited else 'no limits'}: <= {CGROUPS_MAX_S} s more"
        say(name, f"{spread(more)} s", met=statistics.median(more) <= CGROUPS_MAX_S)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--processes", default="100,1000,5000,20000", help="how many, in turn")
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--cgroups", type=int, default=1000, help="0 leaves them out")
    chosen = parser.parse_args()
    directory = Path(tempfile.mkdtemp(prefix="vmadvisor-bench-"))
    json_s, floor_s = {}, {}
    try:
        compile_programs(directory)
        if chosen.cgroups:
            with_cgroups(chosen.cgroups, chosen.runs, directory)
        for count in map(int, chosen.processes.split(",")):
            with crowd(count, directory) as planted:
                costs = rounds(list(PROGRAMS), chosen.runs, directory)
                facts = verify(planted, directory)
            table(costs)
            targets(count, costs)
            for name, figure, met in facts:
                say(name, figure, met=met)
            json_s[count] = statistics.median(costs["check json"].cpu_s)
            floor_s[count] = statistics.median(costs["floor"].cpu_s)
        growth(json_s, floor_s)
    finally:
        shutil.rmtree(directory)


if __name__ == "__main__":
    main()
