"""A made-up past for benches and pictures: a day's load with two crises, a gap, a reboot, a setting changed.

All of it is drawn from a seed; nothing in it was measured. ``past(points, step_s)`` ends at a fixed date.
"""

import math
from random import Random

from vmadvisor.model.past import (
    COUNTERS,
    NodePoint,
    Past,
    PastKill,
    PastVerdict,
    Point,
    Said,
    setting_changes,
)

END_UTC_S = 1_795_762_800.0  # 2026-11-27 07:00
GIB, MIB = 2**30, 2**20
TOTAL_BYTES = 16 * GIB
CRITICAL_RATIO, WARNING_RATIO = 0.75, 0.25
HEADLINES = {
    "OK": "",
    "WARNING": "Tasks stall in direct reclaim",
    "CRITICAL": "The OOM killer is likely to strike",
}


class _Maker:
    def __init__(self, count: int, step_s: float, nodes_count: int, seed: int) -> None:
        self.count, self.step_s, self.nodes_count = count, step_s, nodes_count
        self.random = Random(seed)
        self.counters = dict.fromkeys(COUNTERS, 0)
        self.points: list[Point] = []
        self.said: list[Said] = []
        self.kills: list[PastKill] = []
        self.verdicts: list[PastVerdict] = []

    def make(self) -> Past:
        gap = range(int(self.count * 0.7), int(self.count * 0.73))
        for index in range(self.count):
            if index not in gap:
                self._moment(index, END_UTC_S - (self.count - 1 - index) * self.step_s)
        return Past(
            hostname="db1",
            points=tuple(self.points),
            said=tuple(self.said),
            verdicts=tuple(self.verdicts),
            changes=tuple(setting_changes(self.points)),
            kills=tuple(self.kills),
        )

    def _moment(self, index: int, time_s: float) -> None:
        share = index / self.count
        daily = 0.55 + 0.22 * math.sin(
            2 * math.pi * (share * max(1, self.count * self.step_s / 86_400) - 0.3)
        )
        crisis = max(0.0, 1 - abs(share - 0.3) / 0.02) + 0.7 * max(
            0.0, 1 - abs(share - 0.52) / 0.015
        )
        pain = min(1.0, crisis * (0.8 + 0.4 * self.random.random()))
        load = min(0.985, daily + 0.03 * self.random.random() + 0.35 * crisis)
        self._count(pain, load)
        if pain > 0.9 and self.random.random() < 0.3 and len(self.kills) < 5:
            self.counters["oom_kill_total"] += 1
            self.kills.append(
                PastKill(
                    time_utc_s=time_s, count=1, victim="java", scope="host",
                    foreseen=self.said[-6] if self.said else None,
                )
            )  # fmt: skip
        self.points.append(self._point(index, time_s, load))
        self._say(time_s, pain)

    def _count(self, pain: float, load: float) -> None:
        step, spread = self.step_s, 0.6 + 0.8 * self.random.random()
        rates = {
            "allocstall_total": 60 * pain, "scan_kswapd_pages_total": 900 * load + 60_000 * pain,
            "scan_direct_pages_total": 45_000 * pain, "steal_kswapd_pages_total": 800 * load,
            "steal_direct_pages_total": 9_000 * pain, "refault_file_pages_total": 30 * load + 7_000 * pain,
            "refault_anon_pages_total": 500 * pain, "swapin_pages_total": 350 * pain,
            "swapout_pages_total": 1_300 * pain, "majfault_total": 4 + 300 * pain,
            "memory_some_us_total": 5e5 * pain, "memory_full_us_total": 2.4e5 * pain, "io_full_us_total": 9e3,
        }  # fmt: skip
        for name, rate in rates.items():
            self.counters[name] += int(rate * spread * step)

    def _point(self, index: int, time_s: float, load: float) -> Point:
        available = (1 - load) * TOTAL_BYTES
        is_changed = index >= self.count * 0.6
        low, high = (220, 400) if is_changed else (80, 115)
        free = min(available, (0.25 + 0.25 * self.random.random()) * GIB + (high - 100) * MIB)
        nodes = tuple(
            NodePoint(
                node_id=node, free_bytes=int(free / self.nodes_count * (0.9 + 0.2 * node)),
                min_bytes=45 * MIB, low_bytes=low * MIB, high_bytes=high * MIB,
            )
            for node in range(self.nodes_count)
        )  # fmt: skip
        gauges = {
            "total_bytes": TOTAL_BYTES, "available_bytes": available, "free_bytes": free,
            "min_bytes": 45 * MIB * self.nodes_count, "low_bytes": low * MIB * self.nodes_count,
            "high_bytes": high * MIB * self.nodes_count, "file_bytes": max(0.0, available - free) + 0.1 * GIB,
            "anon_bytes": load * 0.9 * TOTAL_BYTES, "shmem_bytes": 0.2 * GIB,
            "slab_reclaimable_bytes": 0.4 * GIB, "slab_unreclaimable_bytes": 0.3 * GIB,
            "swap_total_bytes": 4 * GIB, "swap_free_bytes": 4 * GIB - max(0.0, load - 0.75) * 8 * GIB,
        }  # fmt: skip
        return Point(
            time_utc_s=time_s,
            boot_id="boot-1" if index < self.count * 0.35 else "boot-2",
            origin="sample",
            gauges=gauges,
            counters=dict(self.counters),
            nodes=nodes,
            settings={"vm.watermark_scale_factor": "100" if is_changed else "10"},
        )

    def _say(self, time_s: float, pain: float) -> None:
        for horizon_s in (10.0, 30.0):
            for event, likely in (
                ("oom_global", 0.75),
                ("memory_stall", 0.9),
                ("direct_reclaim", 0.98),
            ):
                probability = min(0.99, 0.004 + likely * pain)
                self.said.append(
                    Said(
                        time_utc_s=time_s, event=event, scope="host", horizon_s=horizon_s,
                        probability_ratio=probability, low_ratio=probability / 2,
                        high_ratio=min(1.0, probability * 1.6 + 0.01),
                        came=None if self.random.random() < 0.1 else self.random.random() < probability,
                    )
                )  # fmt: skip
        status = (
            "CRITICAL" if pain > CRITICAL_RATIO else "WARNING" if pain > WARNING_RATIO else "OK"
        )
        self.verdicts.append(
            PastVerdict(
                time_utc_s=time_s, status=status, finding_ids=(), headline=HEADLINES[status]
            )
        )


def past(count: int, step_s: float, *, nodes_count: int = 2, seed: int = 5) -> Past:
    """``count`` moments, ``step_s`` apart, some 3 % of them missing; the same arguments give the same past."""
    return _Maker(count, step_s, nodes_count, seed).make()
