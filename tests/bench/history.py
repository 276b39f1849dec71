"""What the history costs: its size after 90 days, a check with and without it, kill -9 while it is written.

    python tests/bench/history.py size             90 days at 5 minutes, two nodes
    python tests/bench/history.py cost [RUNS]      check with and without, interleaved
    python tests/bench/history.py kill [COUNT]     a writer killed at a moment drawn at random

Nothing is kept at this machine's own place.
"""

import os
import random
import resource
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from cost import PYTHON_HABITS

from vmadvisor.history.entry import Entry
from vmadvisor.history.store import open_store
from vmadvisor.model.calibration.host_identity import HostIdentity
from vmadvisor.model.past import COUNTERS, GAUGES, NodePoint, PastVerdict, Point, Said

DAYS = 90
STEP_S = 300.0
START_UTC_S = 1_800_000_000.0
EVENTS = ("direct_reclaim", "memory_stall", "oom", "oom_global")
FORECASTS = [(event, ahead_s) for event in EVENTS for ahead_s in (10.0, 30.0)]
FORECASTS.append(("direct_reclaim", 60.0))  # all that the shipped fit backs
HOST = HostIdentity(hostname="db1", arch="x86_64", kernel_release="6.12.9", mem_total_kib=2**26)
SETTINGS = {f"vm.setting_{number}": str(number * 97) for number in range(30)}


def synthetic(number: int, draw: random.Random, counters: dict[str, int]) -> Entry:
    """A busy host of 64 GiB: every number moves, a setting changes every ten days, one run in 50 warns."""
    time_utc_s = START_UTC_S + 0.123 + STEP_S * number + draw.uniform(-1, 1)
    for name in COUNTERS:
        counters[name] += draw.randrange(0, 3_000_000)
    gib = 2**30
    nodes = tuple(
        NodePoint(
            node_id=node, free_bytes=draw.randrange(gib) // 4096 * 4096, min_bytes=45_056_000,
            low_bytes=112_640_000, high_bytes=180_224_000,
        )
        for node in range(2)
    )  # fmt: skip
    forecasts = tuple(
        Said(
            time_utc_s=time_utc_s, event=event, scope="host", horizon_s=horizon_s,
            probability_ratio=draw.random() / 5, low_ratio=draw.random() / 9,
            high_ratio=draw.random(), came=None,
        )
        for event, horizon_s in FORECASTS
    )  # fmt: skip
    warns = number % 50 == 0
    return Entry(
        time_utc_s=time_utc_s,
        host=HOST,
        since_boot_s=STEP_S * number + 60,
        point=Point(
            time_utc_s=time_utc_s, boot_id="b1", origin="check",
            gauges={name: draw.randrange(64 * gib) // 4096 * 4096 for name in GAUGES},
            counters=dict(counters), nodes=nodes,
            settings=SETTINGS | {"vm.swappiness": str(number // 2880)},
        ),
        said=forecasts,
        model_id="af3dfe20",
        verdict=PastVerdict(
            time_utc_s=time_utc_s, status="WARNING" if warns else "OK",
            finding_ids=(f"VMA-TEST-{number % 7:03}",) if warns else (), headline="x" * 40 * warns,
        ),
    )  # fmt: skip


def size_bytes(path: str) -> int:
    """With what lies beside it."""
    files = [Path(path + end) for end in ("", "-wal", "-shm")]
    return sum(file.stat().st_size for file in files if file.exists())


def size() -> None:
    draw, counters = random.Random(7), dict.fromkeys(COUNTERS, 10**9)
    with tempfile.TemporaryDirectory() as directory:
        path = f"{directory}/history.sqlite"
        before_s = time.process_time()
        count = int(DAYS * 86_400 / STEP_S)
        with open_store(path) as store:
            for number in range(count):
                store.append(synthetic(number, draw, counters))
        spent_s = time.process_time() - before_s
        grown_mb = size_bytes(path) / 1e6
        with open_store(path, is_readonly=True) as store:
            before_s = time.process_time()
            past = store.past()
            read_s = time.process_time() - before_s
            whole = not store.damage()
        print(
            f"{count} runs over {DAYS} days: {grown_mb:.1f} MB, {len(past.points)} points, "
            f"{len(past.said)} forecasts, {len(past.verdicts)} verdicts, {len(past.changes)} changes, "
            f"whole: {whole}; {spent_s / count * 1e3:.2f} ms of CPU per run, all read in {read_s:.2f} s"
        )


def _cpu_s(arguments: list[str], environment: dict[str, str]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(
        [sys.executable, "-m", "vmadvisor", "check", "--deadline", "60", *arguments],
        env=environment, stdout=subprocess.DEVNULL, check=False,
    )  # fmt: skip
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def spread(values: list[float]) -> str:
    """Median, quartiles, (least to most)."""
    low, middle, high = statistics.quantiles(values, n=4)
    return f"{middle:.3f}, quartiles {low:.3f} and {high:.3f} ({min(values):.3f}-{max(values):.3f})"


def cost(runs: int) -> None:
    with tempfile.TemporaryDirectory() as directory:
        environment = {name: text for name, text in os.environ.items() if name not in PYTHON_HABITS}
        environment["VMADVISOR_STATE_DIRECTORY"] = directory
        environment["PYTHONPYCACHEPREFIX"] = f"{directory}/pycache"
        draw, counters = random.Random(7), dict.fromkeys(COUNTERS, 10**9)
        with open_store(f"{directory}/history.sqlite") as store:
            last = (
                int((time.time() - START_UTC_S) / STEP_S) - 1
            )  # a history that ends now: no clock was set
            for number in range(last - 2_000, last):  # as a week leaves it
                store.append(synthetic(number, draw, counters))
        for command in (["--format", "text"], ["--interval", "0", "--format", "json"]):
            without: list[float] = []
            with_it: list[float] = []
            for turn in range(runs + 1):
                pair = [(without, [*command, "--no-history"]), (with_it, command)]
                for values, arguments in pair if turn % 2 else reversed(pair):
                    spent_s = _cpu_s(arguments, environment)
                    if turn:  # the first warms caches
                        values.append(spent_s)
            ratios = [mine / theirs for mine, theirs in zip(with_it, without, strict=True)]
            print(
                f"check {' '.join(command)}, n = {runs}, load {os.getloadavg()[0]:.1f}: without "
                f"{spread(without)} s; with {spread(with_it)} s; ratio of pairs {spread(ratios)}, "
                f"of medians {statistics.median(with_it) / statistics.median(without):.3f}"
            )


_WRITER = """
import os, random, sys
sys.path.insert(0, sys.argv[2])
from history import synthetic
from vmadvisor.history.store import open_store
from vmadvisor.model.past import COUNTERS
draw, counters, start = random.Random(int(sys.argv[3])), dict.fromkeys(COUNTERS, 10**9), int(sys.argv[3])
store = open_store(sys.argv[1])
for number in range(start, start + 10**6):
    entry = synthetic(number, draw, counters)
    store.append(entry)
    os.write(1, f"{entry.time_utc_s!r}\\n".encode())  # committed, and said so
"""


def killed_once(path: str, start: int, after_s: float) -> set[float]:
    """Times of the points that the writer said it had committed before it was killed."""
    with subprocess.Popen(
        [sys.executable, "-c", _WRITER, path, str(Path(__file__).parent), str(start)],
        stdout=subprocess.PIPE,
    ) as writer:
        first = writer.stdout.readline()
        time.sleep(after_s)
        writer.send_signal(signal.SIGKILL)
        rest = writer.stdout.read()
    lines = (first + rest).split(b"\n")[:-1]
    return {float(line) for line in lines}


def kill(count: int) -> None:
    draw, committed = random.Random(11), set()
    lost_count, damaged_count, start = 0, 0, 0
    with tempfile.TemporaryDirectory() as directory:
        path = f"{directory}/history.sqlite"
        for _ in range(count):
            committed |= killed_once(path, start, draw.uniform(0.0, 0.05))
            start += 10_000
            with open_store(path) as store:
                damaged_count += bool(store.damage() or store.notes)
                newest = store.past(START_UTC_S + STEP_S * (start - 10_010))
                kept = {point.time_utc_s for point in newest.points}
            lost_count += len({one for one in committed if one >= min(kept, default=0)} - kept)
    print(
        f"killed {count} times, {len(committed)} rows committed, {lost_count} lost, {damaged_count} damaged"
    )


def main() -> None:
    what, *rest = sys.argv[1:] or ["size"]
    if what == "size":
        size()
    else:
        {"cost": cost, "kill": kill}[what](
            int(rest[0]) if rest else {"cost": 15, "kill": 100}[what]
        )


if __name__ == "__main__":
    main()
