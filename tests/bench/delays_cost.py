"""What a sample of ``vmadvisor delays`` takes: taskstats and names of some thousand processes.

    python tests/bench/delays_cost.py [--processes 5000] [--runs 9]

Starts that many idle processes (``idle.c``), samples in one process as the command does, and prints wall
and CPU time of the first sample (which reads every name) and of a later one. The import of pyroute2 is told
apart: it is paid once. Needs ``cc`` and CAP_NET_ADMIN. All it starts is taken away again.
"""

import argparse
import tempfile
import time
from pathlib import Path

from cost import compile_programs, crowd, spread

from vmadvisor.collect.delay_sampler import DelaySampler
from vmadvisor.collect.live_tree import LiveTree
from vmadvisor.collect.taskstats_socket import open_taskstats
from vmadvisor.delay_scan import DelayScan

DEADLINE_S = 60.0
SAMPLED_MAX_S = 1.0


def timed(sampler: DelaySampler, before: DelayScan | None) -> tuple[DelayScan, float, float]:
    """(the scan, wall seconds, CPU seconds)."""
    wall_s, cpu_s = time.monotonic(), time.process_time()
    scan = sampler.sample(before)
    return scan, time.monotonic() - wall_s, time.process_time() - cpu_s


def main() -> None:
    """Prints one table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--processes", type=int, default=5000)
    parser.add_argument("--runs", type=int, default=9)
    options = parser.parse_args()
    started_s = time.monotonic()
    socket = open_taskstats()
    print(f"pyroute2 imported, family found: {time.monotonic() - started_s:.2f} s")
    walls: dict[str, list[float]] = {"first": [], "later": []}
    cpus: dict[str, list[float]] = {"first": [], "later": []}
    with tempfile.TemporaryDirectory(prefix="vmadvisor-bench-") as name:
        compile_programs(Path(name))
        with crowd(options.processes, Path(name)):
            for _ in range(options.runs):
                gaps = []
                sampler = DelaySampler(LiveTree(), socket, DEADLINE_S, gaps)
                before: DelayScan | None = None
                for kind in tuple(walls):
                    before, wall_s, cpu_s = timed(sampler, before)
                    walls[kind].append(wall_s)
                    cpus[kind].append(cpu_s)
                sampler.end()
                if gaps or before is None or len(before.processes) < options.processes:
                    raise SystemExit(f"not all were sampled: {gaps}")
    for kind, seconds in walls.items():
        verdict = "kept" if max(seconds) < SAMPLED_MAX_S else "MISSED"
        print(
            f"{kind} sample: {spread(seconds)} s, CPU {spread(cpus[kind])} s, n = {len(seconds)}; "
            f"less than {SAMPLED_MAX_S:g} s: {verdict}"
        )


if __name__ == "__main__":
    main()
