"""What a report costs: 24 h of a minute's history on two nodes, and 90 days of five minutes'.

    python tests/bench/report.py [--runs 9] [--formats html,mail]

Each run is a process of its own, as a user's is: from importing the renderer to the last byte, matplotlib
and its fonts included; taking the reading and reading the history are not. Seconds are wall and CPU.
Targets are printed beside the figures, nothing is asserted.
"""

import argparse
import statistics
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
FIXTURE = HERE.parents[1] / "fixtures" / "7.2-leak-before-kill"
PASTS = {"24 h at 1 min, 2 nodes": (1_440, 60.0), "90 days at 5 min, 2 nodes": (25_920, 300.0)}
FORMATS = ("html", "markdown", "text", "mail")
SECONDS_MAX, BYTES_MAX = 3.0, 2_000_000


def one_run(count: int, step_s: float, format_: str) -> tuple[float, float, int]:
    """(wall seconds, CPU seconds, bytes) of rendering in this process."""
    from synthetic_past import past

    from vmadvisor.advise.report import make_report
    from vmadvisor.collect import Request, take
    from vmadvisor.collect.roots import open_root

    before, after = take(open_root(str(FIXTURE)), Request())
    report = make_report(before, after, time_utc="2026-11-27T07:00:00Z", tool_version="bench")
    told = past(count, step_s)
    wall_s, cpu_s = time.monotonic(), time.process_time()
    if format_ == "mail":
        from email.headerregistry import Address

        from vmadvisor.render.mail import message

        text = message(
            report, told, Address(addr_spec="a@example.org"), (Address(username="root"),)
        )
    else:
        from vmadvisor.render.past_report import renderer
        from vmadvisor.render.style import Style

        text = renderer(format_)(report, told, Style())
    return time.monotonic() - wall_s, time.process_time() - cpu_s, len(text.encode())


def measured(count: int, step_s: float, format_: str) -> tuple[float, float, int]:
    """The same in a process of its own."""
    code = f"import report; print(*report.one_run({count}, {step_s}, {format_!r}))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=HERE, capture_output=True, text=True, check=True
    )
    wall_s, cpu_s, size = done.stdout.split()
    return float(wall_s), float(cpu_s), int(size)


def spread(values: list[float]) -> str:
    """Median and (least to most)."""
    return f"{statistics.median(values):.2f} ({min(values):.2f}-{max(values):.2f})"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("--formats", default=",".join(FORMATS))
    options = parser.parse_args()
    runs_count, formats = options.runs, options.formats.split(",")
    print(f"n = {runs_count} runs each; target of html: < {SECONDS_MAX} s, < {BYTES_MAX / 1e6} MB")
    print("| past | format | wall, s | CPU, s | MB |\n|---|---|---|---|---|")
    found: dict[tuple[str, str], list[tuple[float, float, int]]] = {}
    for _ in range(runs_count):
        for name, (count, step_s) in PASTS.items():
            for format_ in formats:
                found.setdefault((name, format_), []).append(measured(count, step_s, format_))
    for (name, format_), rows in found.items():
        wall, cpu, size = zip(*rows, strict=True)
        print(
            f"| {name} | {format_} | {spread(list(wall))} | {spread(list(cpu))} | {max(size) / 1e6:.2f} |"
        )


if __name__ == "__main__":
    main()
