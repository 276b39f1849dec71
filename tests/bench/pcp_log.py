"""Records of the recorded PCP log, told again at other times and with other numbers, as pmrep prints them."""

import csv
import io
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path

FIXTURE = Path(__file__).resolve().parents[2] / "fixtures" / "pcp" / "6.18-log.csv"
_ROW = 3
"""Of the file: the first is the head, the second holds what is told once."""


def head_and_row() -> tuple[list[str], list[str]]:
    """Names without their quotes, and the fields of one whole record."""
    rows = list(csv.reader(io.StringIO(FIXTURE.read_text())))
    return rows[0], rows[_ROW - 1]


def lines(
    records: Iterable[tuple[float, Mapping[str, int]]], *, host: str = "db1", boot_utc_s: int = 0
) -> Iterable[str]:
    """The head, then a line for each (time, metrics that differ from the recorded one)."""
    head, row = head_and_row()
    yield ",".join([*head[:3], *(f'"{name}"' for name in head[3:])]) + "\n"
    places = {name: place for place, name in enumerate(head)}
    row = list(row)
    row[0], row[places["kernel.uname.nodename"]] = host, host.replace(",", "_")
    row[places["kernel.all.boottime"]] = str(boot_utc_s) if boot_utc_s else ""
    row[places["kernel.all.uptime"]] = ""
    for time_utc_s, values in records:
        fields = list(row)
        stamp = datetime.fromtimestamp(time_utc_s, UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")
        fields[1:3] = ["0", f"{stamp} UTC+0"]
        for name, value in values.items():
            fields[places[name]] = str(value)
        yield ",".join(fields) + "\n"


def crises(*, start_utc_s: float, count: int, step_s: float, period_s: float = 1000.0):
    """A host whose memory is eaten up and freed again and again; each time tasks stall and one is killed."""
    stalls = full_us = kills = scanned = 0
    for number in range(count):
        phase_s = number * step_s % period_s
        left = max(0.0, 1 - phase_s / (0.8 * period_s))
        if 0.8 * period_s <= phase_s < 0.9 * period_s:
            stalls += 40
            scanned += 4_000
            full_us += int(step_s * 400_000)
            kills += phase_s < 0.8 * period_s + step_s
        free_kib = 60_000 + int(left * 5_000_000)
        yield start_utc_s + number * step_s, {
            "mem.util.free": free_kib, "mem.util.available": free_kib - 50_000,
            "mem.util.active_file": 20_000, "mem.util.inactive_file": 12_000,
            "mem.util.inactive_anon": 13_000_000 - free_kib,
            "mem.zoneinfo.free-DMA::node0": 90, "mem.zoneinfo.free-DMA32::node0": 15_700,
            "mem.zoneinfo.free-Normal::node0": free_kib,
            "mem.vmstat.allocstall_normal": stalls, "mem.vmstat.pgscan_direct": scanned,
            "mem.vmstat.pgscan_kswapd": 9 * scanned, "mem.vmstat.oom_kill": kills,
            "kernel.all.pressure.memory.full.total": full_us,
            "kernel.all.pressure.memory.some.total": 2 * full_us,
        }  # fmt: skip
