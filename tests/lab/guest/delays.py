"""delays.py SECONDS COUNT: vmadvisor delays so often over so long, a line of JSON each, then payloads.

One process for all: it is loaded, locked into memory and has run once before anybody else begins, since the
emulated CPU would spend the whole story on loading it anew. A line begins with ``delays`` and the exit code.
"""

import ctypes
import io
import json
import subprocess
import sys
from contextlib import redirect_stdout
from pathlib import Path

sys.path[:0] = ["/mnt/site", "/mnt"]

import taskstats_payloads  # noqa: E402 - found on the data disk

from vmadvisor.__main__ import run  # noqa: E402

MCL_CURRENT_AND_FUTURE = 3
RECORDER = "recorder"


def told(interval_s: str) -> None:
    """One run of the command, as a line."""
    output = io.StringIO()
    with redirect_stdout(output):
        code = run(["delays", "--interval", interval_s, "--deadline", "300", "--format", "json"])
    text = output.getvalue()
    print("delays", code, json.dumps(json.loads(text)) if text else "", flush=True)


def main() -> None:
    """Warms up, tells, and ends the story."""
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
    main()
