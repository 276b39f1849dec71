"""A few ticks of real kernels: the bench ``exactness.py`` over three recordings, and this host."""

import importlib.util
from pathlib import Path

import pytest

BENCH = Path(__file__).resolve().parents[1] / "bench" / "exactness.py"


@pytest.fixture(scope="module")
def exactness():
    spec = importlib.util.spec_from_file_location("exactness", BENCH)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "column"),
    [
        # Linux 7.2 on two nodes, marks older than the freeing of init memory, real kills
        ("007-victims", "zones stale"),
        # Linux 5.10: boosts that no line prints
        ("017-victims", "zones boosted"),
        # Linux 6.12 with MGLRU, a cgroup at its limit
        ("008-memcg", "zones equal"),
    ],
)
def test_recorded_kernels_computed_the_same(shared, exactness, name, column):
    tally = exactness.judge(shared / "recordings" / f"{name}.tar.zst", 15)
    assert tally.unexplained == []
    assert tally.counts[column] > 0
    for group in ("zones", "arrays"):
        assert tally.counts[f"{group} different"] == tally.counts[f"{group} unknown"] == 0
        assert tally.counts[f"{group} equal"] > 30
    assert tally.counts["unchanged n"] == tally.counts["unchanged equal"] > 10
    for group in ("avail", "dirty", "commit"):
        assert tally.counts[f"{group} n"] == tally.counts[f"{group} exact"] > 8


@pytest.mark.shared
def test_a_tree_without_a_release_or_meminfo_is_computed_too(shared, exactness):
    tally = exactness.judge(shared / "proc" / "x86-1node-8g-4.19-psi.tar.zst", 1)
    assert (tally.counts["zones equal"], tally.counts["zones different"]) == (5, 0)


@pytest.mark.live
def test_this_hosts_own_marks_come_out(exactness):
    if not Path("/proc/zoneinfo").is_file():
        pytest.skip("no zoneinfo on this host")
    tally = exactness.Tally()
    exactness.compare_marks(0.0, exactness.snapshot_of(exactness.tree(Path("/")), None), tally)
    assert tally.counts["zones different"] == 0
