"""``trial`` killed with -9 at random moments, on a tree of its own: is the value always what it was?

    python tests/bench/trial_kills.py [--count 60] [--seed 1]

The whole command is started with ``--prefix`` (a fake /proc/sys; this host's settings are not touched). Half of
them are killed at a moment drawn from their whole life, half some milliseconds around the write. Said are how often the setting was in force when it was killed, and
how long it then took to come back.
"""

import argparse
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median

LIFE_S = 9.0
"""From the first instruction to a while after the end, on the machine that this was made on."""

BACK_WITHIN_S = 10.0


AROUND_S = 0.02
"""The other half: from the moment that the state is there, just before the write, on."""


def once(prefix: Path, moment_s: float, *, is_around: bool) -> tuple[bool, float | None, bool]:
    """(whether it was in force, seconds until it was back, whether something was left behind)."""
    setting = prefix / "proc/sys/vm/swappiness"
    setting.parent.mkdir(parents=True)
    setting.write_text("60\n")
    command = [sys.executable, "-m", "vmadvisor", "trial", "--set", "vm.swappiness=10", "--yes"]
    more = ["--seconds", "1", "--baseline", "1", "--minutes", "0.05", "--prefix", str(prefix)]
    process = subprocess.Popen(
        [*command, *more], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    state = prefix / "run/vmadvisor/trial.json"
    while is_around and not state.exists() and process.poll() is None:
        time.sleep(0.0001)
    time.sleep(moment_s)
    process.kill()
    was_in_force = setting.read_text() != "60\n"
    killed_s = time.monotonic()
    process.wait()
    end_s = killed_s + BACK_WITHIN_S
    while setting.read_text() != "60\n" and time.monotonic() < end_s:
        time.sleep(0.0005)
    back_s = time.monotonic() - killed_s if setting.read_text() == "60\n" else None
    time.sleep(0.3)  # whoever would still write has done so
    if setting.read_text() != "60\n":
        back_s = None
    return was_in_force, back_s, state.exists()


def main(arguments: Sequence[str] | None = None) -> int:
    """One line; 1 where a value was not restored."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    chance = random.Random(options.seed)
    with tempfile.TemporaryDirectory(prefix="vmadvisor-bench-") as name:
        found = [
            once(
                Path(name) / str(place),
                chance.uniform(0, AROUND_S if place % 2 else LIFE_S),
                is_around=bool(place % 2),
            )
            for place in range(options.count)
        ]
    in_force = [back_s for was, back_s, _ in found if was and back_s is not None]
    lost = sum(back_s is None for _, back_s, _ in found)
    print(
        f"n = {len(found)} kills, {sum(was for was, _, _ in found)} while it was in force; not restored: {lost}; "
        f"state left behind: {sum(left for _, _, left in found)}"
    )
    if in_force:
        print(
            f"back after {median(in_force) * 1000:.1f} ms "
            f"({min(in_force) * 1000:.1f} to {max(in_force) * 1000:.1f})"
        )
    return 1 if lost else 0


if __name__ == "__main__":
    raise SystemExit(main())
