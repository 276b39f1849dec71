"""What an import of a month of PCP costs: 43,200 records a minute apart, made of the recorded ones at other times.

    python tests/bench/pcp_month.py csv [RUNS]              as pmrep prints them, from a program that only prints
    python tests/bench/pcp_month.py json [RUNS]             as pcp2json prints them
    python tests/bench/pcp_month.py archive PATH [RUNS]     an archive that is there, through the real pmrep

Time and memory are those of the whole command, the larger of it and what it runs. The history is a new one each time.
"""

import csv
import gzip
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from pcp_log import FIXTURE, head_and_row

DAYS, STEP_S = 30, 60.0
COUNT = int(DAYS * 86_400 / STEP_S)
START_UTC_S = 1_793_000_000.0
HOST = "db1"


def _times() -> Iterator[datetime]:
    return (datetime.fromtimestamp(START_UTC_S + STEP_S * number, UTC) for number in range(COUNT))


def csv_lines() -> Iterator[str]:
    """The recorded records in turn; majfaults rise, so that counters do not go back."""
    head, _ = head_and_row()
    rows = list(csv.reader(FIXTURE.read_text().splitlines()))[2:]
    rising, uptime = head.index("mem.vmstat.pgmajfault"), head.index("kernel.all.uptime")
    yield ",".join([*head[:3], *(f'"{name}"' for name in head[3:])]) + "\n"
    for number, stamp in enumerate(_times()):
        row = list(rows[number % len(rows)])
        row[2] = f"{stamp:%Y-%m-%dT%H:%M:%S.%f} UTC+0"
        row[rising], row[uptime] = str(100_000 + number), f"{9_000 + STEP_S * number:.3f}"
        yield ",".join(row) + "\n"


def json_pieces() -> Iterator[str]:
    """As ``csv_lines``, in the form of pcp2json."""
    text = gzip.decompress(FIXTURE.with_name("6.18-log.json.gz").read_bytes()).decode()
    found = json.loads(text[text.index('{\n  "@pcp"') :])["@pcp"]["@hosts"][0]
    records = found["@metrics"][1:]
    yield f'{{"@pcp": {{"@hosts": [{{"@host": "{HOST}", "@metrics": ['
    for number, stamp in enumerate(_times()):
        record = records[number % len(records)]
        record["@timestamp"] = f"{stamp:%Y-%m-%d %H:%M:%S.%f}"
        record["mem"]["vmstat"]["pgmajfault"]["value"] = 100_000 + number
        record["kernel"]["all"]["uptime"]["value"] = 9_000 + STEP_S * number
        yield (",\n" if number else "") + json.dumps(record, indent=2, sort_keys=True)
    yield '], "@source": "a", "@timezone": "UTC+0"}]}}\n'


def imported(path: str, environment: dict[str, str]) -> tuple[float, float, float]:
    """(seconds, CPU seconds, peak MiB) of one import into a new history."""
    with tempfile.TemporaryDirectory() as place:
        words = [
            sys.executable,
            "-m",
            "vmadvisor",
            "import",
            "pcp",
            "--history",
            f"{place}/h.sqlite",
        ]
        words += ["--host", HOST, path]
        started = time.monotonic()
        pid = os.posix_spawn(sys.executable, words, environment)
        _, status, usage = os.wait4(pid, 0)
        seconds_s = time.monotonic() - started
        if status:
            raise SystemExit(f"the import ended with {os.waitstatus_to_exitcode(status)}")
        print(f"history: {Path(f'{place}/h.sqlite').stat().st_size / 2**20:.1f} MiB")
    return seconds_s, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def _prepared(kind: str, place: Path) -> tuple[str, dict[str, str]]:
    environment = dict(os.environ)
    if kind == "json":
        with (place / "month.json").open("w") as out:
            out.writelines(json_pieces())
        return str(place / "month.json"), environment
    with (place / "month.csv").open("w") as out:
        out.writelines(csv_lines())
    for part in ("0", "meta", "index"):
        (place / f"month.{part}").touch()
    (place / "pmrep").write_text(f"#!/bin/sh\nexec cat {place}/month.csv\n")
    (place / "pmrep").chmod(0o755)
    environment["PATH"] = f"{place}:{environment['PATH']}"
    return str(place / "month"), environment


def main(arguments: list[str]) -> None:
    kind, *rest = arguments
    with tempfile.TemporaryDirectory() as directory:
        if kind == "archive":
            path, environment = rest.pop(0), dict(os.environ)
        else:
            path, environment = _prepared(kind, Path(directory))
            sizes = [one.stat().st_size for one in Path(directory).iterdir()]
            print(f"{COUNT:,} records, {max(sizes) / 2**20:.0f} MiB of text")
        runs = [imported(path, environment) for _ in range(int(rest[0]) if rest else 3)]
    for name, values in zip(("s", "s of CPU", "MiB at most"), zip(*runs, strict=True), strict=True):
        middle = statistics.median(values)
        print(f"{middle:.1f} {name} ({min(values):.1f}-{max(values):.1f}), n = {len(values)}")


if __name__ == "__main__":
    main(sys.argv[1:])
