"""What ``delays`` told in a lab guest beside PSI memory, and whether both can be true.

    python tests/lab run tests/lab/scenarios/delays-direct-reclaim.toml OUT --kernel 6.1
    python tests/bench/delays_against_psi.py OUT/delays-direct-reclaim.output...

With one CPU, within an interval:

* no task waits in direct reclaim for longer than some task is stalled: max freepages <= some, but for waits
  that began before the interval (a delay is counted when it ends, PSI while it lasts);
* whenever some task is stalled, a task or kswapd is: some <= sum of freepages, compact, thrashing + kswapd,
  of which only CPU time is known here (it also waits for its CPU and for writeback, and PSI counts that), and
  but for tasks that sleep before direct reclaim (pgscan_direct_throttle) or whose wait goes on.

Sum of freepages itself may be above ``some`` (tasks wait at the same time) or below it (PSI counts more).
"""

import json
import sys
from dataclasses import dataclass
from pathlib import Path

SLACK_S = 0.05
"""The two are read one after the other."""


@dataclass
class Interval:
    """Seconds, of one answer."""

    freepages_s: float
    longest_s: float
    others_s: float
    kswapd_cpu_s: float
    throttled: int
    some_s: float

    @property
    def is_below(self) -> bool:
        return self.longest_s <= self.some_s + SLACK_S

    @property
    def is_accounted_for(self) -> bool:
        return self.some_s <= self.freepages_s + self.others_s + self.kswapd_cpu_s + SLACK_S


def intervals(text: str) -> list[Interval]:
    """Those in which anybody was in direct reclaim."""
    found = []
    for line in text.splitlines():
        if not line.startswith("delays ") or "{" not in line:
            continue
        told = json.loads(line.split(" ", 2)[2])
        waits = [one["reclaim_ns"] / 1e9 for one in told["processes"]]
        others = [
            (one["compact_ns"] or 0) + (one["thrashing_ns"] or 0) for one in told["processes"]
        ]
        if any(waits) and "kswapd_cpu_s" in told:
            found.append(
                Interval(
                    freepages_s=sum(waits),
                    longest_s=max(waits),
                    others_s=sum(others) / 1e9,
                    kswapd_cpu_s=told["kswapd_cpu_s"],
                    throttled=told["throttled_total"],
                    some_s=told["pressure"]["host"]["some_us"] / 1e6,
                )
            )
    return found


def main() -> None:
    """A line per interval, then how many keep both bounds."""
    everything = []
    for name in sys.argv[1:]:
        for one in intervals(Path(name).read_text(errors="replace")):
            everything.append(one)
            print(
                f"{Path(name).parent.name}: freepages {one.freepages_s:.2f} s (longest "
                f"{one.longest_s:.2f}), other waits {one.others_s:.2f}, kswapd's CPU "
                f"{one.kswapd_cpu_s:.2f}, {one.throttled} throttled; PSI some {one.some_s:.2f}: "
                f"{'at most some' if one.is_below else 'ABOVE some'}, "
                f"{'some accounted for' if one.is_accounted_for else 'some NOT accounted for'}"
            )
    print(
        f"n = {len(everything)}: {sum(one.is_below for one in everything)} at most some, "
        f"{sum(one.is_accounted_for for one in everything)} accounted for"
    )


if __name__ == "__main__":
    main()
