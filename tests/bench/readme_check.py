"""Writes what `check` says of a fixture into the README, between its two markers.

    python tests/bench/readme_check.py

Without it a reader would be shown what some earlier version said; a test tells when that is so.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
README = ROOT / "README.md"
FIXTURE = "fixtures/7.2-leak-before-kill"
BLOCK = re.compile(r"(<!-- check -->\n```\n).*?(```\n<!-- /check -->)", re.DOTALL)
LAST = "reclaim activity"
LEFT_OUT = "[reclaim activity, where the memory is, LRU lists, processes, the OOM killer's order: left out here]\n"


def said() -> str:
    """The first screens, 80 columns wide and plain."""
    environment = {**os.environ, "COLUMNS": "80", "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(
        [sys.executable, "-m", "vmadvisor", "check", "--root", FIXTURE, "--no-color"],
        capture_output=True, check=False, cwd=ROOT, encoding="utf-8", env=environment,
    )  # fmt: skip
    if done.returncode not in {0, 1, 2}:
        raise SystemExit(done.stderr)
    head, found, _ = done.stdout.partition(LAST)
    if not found:
        raise SystemExit(f"no {LAST!r} in the output")
    return "\n".join(line.rstrip() for line in (head + LEFT_OUT).split("\n"))


def written(readme: str) -> str:
    """The README with the block as it is now."""
    return BLOCK.sub(lambda block: block[1] + said() + block[2], readme)


if __name__ == "__main__":
    README.write_text(written(README.read_text(encoding="utf-8")), encoding="utf-8")
