"""delays.py SECONDS COUNT: vmadvisor delays so often over so long, a line of JSON each, then payloads.

One process for all: it is loaded, locked into memory and has run once before anybody else begins, since the
emulated CPU would spend the whole story on loading it anew. A line begins with ``delays`` and the exit code.
"""

import ctypes
import io
import json
import os
import subprocess
import sys
from contextlib import redirect_stdout
from pathlib import Path

MCL_CURRENT_AND_FUTURE = 3
RECORDER = "recorder"


def reclaimers() -> dict[str, float]:
    """What PSI counts and no task's freepages delay: kswapd's own time, sleeps before direct reclaim."""
    vmstat = dict(line.split() for line in Path("/proc/vmstat").read_text().splitlines())
    ticks = 0
    for path in Path("/proc").glob("[0-9]*/stat"):
        text = path.read_text(errors="replace")
        if "(kswapd" in text:
            fields = text.rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12])
    return {
        "kswapd_cpu_s": ticks / os.sysconf("SC_CLK_TCK"),
        "throttled_total": int(vmstat["pgscan_direct_throttle"]),
        "allocstall_total": sum(int(n) for name, n in vmstat.items() if "allocstall" in name),
    }


def told(interval_s: str) -> None:
    """One run of the command, as a line."""
    from vmadvisor.__main__ import run

    output = io.StringIO()
    before = reclaimers()
    with redirect_stdout(output):
        code = run(["delays", "--interval", interval_s, "--deadline", "300", "--format", "json"])
    text = output.getvalue()
    document = json.loads(text) if text else {}
    document |= {name: number - before[name] for name, number in reclaimers().items()}
    print("delays", code, json.dumps(document), flush=True)


def main() -> None:
    """Warms up, tells, and ends the story."""
    import taskstats_payloads

    _, interval_s, count = sys.argv
    switch = Path("/proc/sys/kernel/task_delayacct")
    print("task_delayacct", switch.read_text().strip() if switch.exists() else "absent", flush=True)
    told("0.2")
    ctypes.CDLL(None).mlockall(MCL_CURRENT_AND_FUTURE)
    for _ in range(int(count)):
        told(interval_s)
    taskstats_payloads.main()
    sys.stdout.flush()
    subprocess.run(["pkill", "-TERM", "-x", RECORDER], check=False)


if __name__ == "__main__":
    sys.path[:0] = ["/mnt/site", "/mnt"]
    main()
