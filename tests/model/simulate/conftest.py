"""Machines and demands written by hand, in pages of 4 KiB."""

from collections.abc import Callable
from pathlib import Path

import pytest

from vmadvisor.collect.recording_walk import walk
from vmadvisor.model.simulate.demand import Demand, Interval, Start
from vmadvisor.model.simulate.machine import Machine, Node
from vmadvisor.model.simulate.observed import Observed, observed
from vmadvisor.snapshot import Snapshot

FIXTURES = Path(__file__).resolve().parents[3] / "fixtures"


@pytest.fixture
def machine() -> Callable[..., Machine]:
    """One node of 98,000 pages, marks 600, 750 and 900, no swap."""

    def build(*nodes: tuple[int, int, int, int], **changes: object) -> Machine:
        fields: dict[str, object] = {
            "page_size_bytes": 4096,
            "added_free_pages": 0,
            "swap_total_pages": 0,
            "swap_kind": "none",
            "zram_ratio": 2.5,
            "swappiness_count": 60,
            "zone_reclaim_mode": 0,
            "is_mglru": False,
            "has_reclaim_costs": True,
        }
        made = tuple(
            Node(
                node_id=place,
                managed_pages=managed,
                min_pages=least,
                low_pages=low,
                high_pages=high,
                min_unmapped_pages=managed // 100,
            )
            for place, (managed, least, low, high) in enumerate(nodes or ((98_000, 600, 750, 900),))
        )
        return Machine(nodes=made, **(fields | changes))

    return build


@pytest.fixture
def interval() -> Callable[..., Interval]:
    """A fifth of a second in which nothing is wanted."""

    def build(**changes: object) -> Interval:
        fields: dict[str, object] = {
            "seconds_s": 0.2,
            "anon_alloc_pages": 0.0,
            "anon_free_pages": 0.0,
            "kernel_pages": 0.0,
            "cold_read_pages": 0.0,
            "written_pages": 0.0,
            "dropped_pages": 0.0,
            "reread_pages_per_s": 0.0,
            "working_set_pages": 0.0,
            "idle_anon_pages": 0.0,
            "intended_ratio": (1.0,),
        }
        return Interval(**(fields | changes))

    return build


@pytest.fixture
def demand() -> Callable[..., Demand]:
    """``demand(intervals, usable=(9,), file=(5,), anon=(7,))``."""

    def build(
        intervals: list[Interval],
        *,
        usable: tuple[float, ...],
        file: tuple[float, ...],
        anon: tuple[float, ...],
        swapped: float = 0.0,
        is_reuse_seen: bool = True,
        largest: float = 40_000.0,
    ) -> Demand:
        start = Start(
            usable_pages=usable,
            reserved_free_pages=tuple(0.0 for _ in usable),
            file_pages=file,
            anon_pages=anon,
            swapped_pages=swapped,
        )
        return Demand(
            start=start,
            intervals=tuple(intervals),
            is_reuse_seen=is_reuse_seen,
            largest_anon_pages=largest,
        )

    return build


@pytest.fixture
def breathing(demand, interval) -> Callable[[float, float], Demand]:
    """20 s of memory that comes and goes by ``swing`` pages upon ``held``, beside a file read again."""

    def build(held: float, swing: float) -> Demand:
        intervals = []
        for place in range(100):
            grows = place % 4 < 2
            intervals.append(
                interval(
                    anon_alloc_pages=swing if grows else 0.0,
                    anon_free_pages=0.0 if grows else swing,
                    reread_pages_per_s=5_000.0,
                    working_set_pages=60_000.0,
                )
            )
        cached = 97_000 - held - 1_000
        return demand(intervals, usable=(1_000.0,), file=(cached,), anon=(held,))

    return build


@pytest.fixture
def recorded() -> Callable[[str], tuple[Snapshot, list[Observed]]]:
    """A fixture's last snapshot and its moments."""

    def read(name: str) -> tuple[Snapshot, list[Observed]]:
        snapshots = list(walk(FIXTURES / name))
        moments = [observed(snapshot) for snapshot in snapshots]
        return snapshots[-1], [moment for moment in moments if moment is not None]

    return read
