from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vmadvisor.kernel import oom
from vmadvisor.sources import sysctl_vm

MEMINFO = "MemTotal: 4000000 kB\nMemFree: 5 kB\nSwapTotal: 1000000 kB\n"
SWAPPINESS = sysctl_vm.parse({"swappiness": "60\n"})


def host(make_snapshot, processes, release="6.1.0", **more):
    return make_snapshot(
        SWAPPINESS, release=release, meminfo_text=MEMINFO, processes=processes, **more
    )


def order(snapshot, scope="host", **more):
    return [(one.pid_id, one.points_pages) for one in oom.victims(snapshot, **more)[scope]]


def test_the_most_points_come_first_and_who_is_never_chosen_last(make_snapshot, make_process):
    """T is 1250000 pages: 100 of oom_score_adj weigh 125000."""
    snapshot = host(
        make_snapshot,
        [
            make_process(1, "systemd", 3_000),
            make_process(2, "kthreadd", 0, is_kthread=True, has_mm=False),
            make_process(50, "database", 600_000, adj=-1000),
            make_process(60, "worker", 90_000, swap_kib=40_000, pte_kib=800),
            make_process(70, "batch", 5_000, adj=100),
            make_process(80, "shy", 200_000, adj=-500),
            make_process(90, "zombie", 0, has_mm=False),
        ],
    )
    found = oom.victims(snapshot)["host"]
    assert [(one.pid_id, one.points_pages, one.oom_score, one.killable) for one in found] == [
        (70, 130_000, 736, True),
        (60, 100_200, 720, True),
        (80, -425_000, 440, True),
        (1, 0, 0, False),
        (50, 0, 0, False),
    ]
    worker = found[1]
    assert (worker.rss_pages, worker.swap_pages, worker.page_table_pages) == (90_000, 10_000, 200)


def test_pid_1_of_a_container_can_be_killed(make_snapshot, make_process):
    inside = host(make_snapshot, [make_process(1, "init", 300)], sees_kernel_threads=False)
    assert oom.victims(inside)["host"][0].killable


@pytest.mark.parametrize(("release", "first"), [("5.2.0", 30), ("5.3.0", 20)])
def test_of_equals_the_later_started_goes_first_since_5_3(
    make_snapshot, make_process, release, first
):
    """Pids have wrapped: 20 was started after 30."""
    twins = [make_process(20, "b", 700, started=900), make_process(30, "a", 700, started=800)]
    assert order(host(make_snapshot, twins, release))[0] == (first, 700)


def test_before_5_9_negative_sums_tie_at_one(make_snapshot, make_process):
    shy = [make_process(20, "a", 700, adj=-900), make_process(30, "b", 9_700, adj=-900)]
    assert order(host(make_snapshot, shy, "5.8.0")) == [(30, 1), (20, 1)]
    assert order(host(make_snapshot, shy, "5.9.0")) == [(30, -1_115_300), (20, -1_124_300)]


def test_adjusting_by_pid_or_name_reorders(make_snapshot, make_process):
    pair = [
        make_process(20, "sshd", 700),
        make_process(30, "java", 90_000),
        make_process(31, "java", 80_000),
    ]
    snapshot = host(make_snapshot, pair)
    assert order(snapshot, adjust={"java": -500}) == [(20, 700), (30, -535_000), (31, -545_000)]
    assert order(snapshot, adjust={"java": -500, "31": 0})[0] == (31, 80_000)
    protected = oom.victims(snapshot, adjust={"30": -1000})["host"][-1]
    assert (protected.pid_id, protected.killable, protected.oom_score_adj) == (30, False, -1000)
    assert order(snapshot, adjust={"jav": 1000}) == order(snapshot)


GROUPS = {
    "/app": {"memory.current": "1\n", "memory.max": "409600000\n", "memory.swap.max": "0\n"},
    "/app/small": {"memory.current": "1\n", "memory.max": "40960000\n", "memory.swap.max": "0\n"},
    "/free": {"memory.current": "1\n", "memory.max": "max\n"},
    "/listed": {"memory.current": "1\n", "memory.max": "4096000\n", "cgroup.procs": "40\n"},
}


def test_every_cgroup_with_a_limit_has_an_order_of_its_own(make_snapshot, make_process):
    snapshot = host(
        make_snapshot,
        [
            make_process(20, "a", 700, adj=100, group="/app"),
            make_process(30, "b", 900, adj=10, group="/app/small/deep"),
            make_process(35, "other", 990, group="/application"),
            make_process(40, "c", 800, group=None),
        ],
        groups=GROUPS,
    )
    assert set(oom.victims(snapshot)) == {"host", "/app", "/app/small", "/listed"}
    assert order(snapshot, "/app") == [(20, 10_700), (30, 1_900)]
    assert order(snapshot, "/app/small") == [(30, 1_000)]
    assert order(snapshot, "/listed") == [(40, 800)]


def test_of_a_recordings_shortlist_the_first_are_told_and_no_groups_order(
    make_snapshot, make_process
):
    """Who is first within the group may be none of the few that were kept."""
    whole = host(
        make_snapshot,
        [
            make_process(50, "protected", 600_000, adj=-1000),
            *(make_process(60 + i, f"w{i}", 9_000 - i, group="/a") for i in range(5)),
        ],
        groups={"/a": {"memory.max": "800000000\n", "cgroup.procs": "60\n61\n"}},
    )
    few = replace(whole.processes, is_complete=False, leading_count=3)
    recorded = replace(whole, processes=few)
    live = replace(recorded, host=replace(whole.host, is_live=True))

    assert list(oom.victims(whole)) == ["host", "/a"]
    assert list(oom.victims(recorded)) == ["host"]
    assert [pid for pid, _ in order(recorded)] == [60, 61, 62, 50]
    assert list(oom.victims(live)) == ["host", "/a"]
    assert oom.is_recorded_in_part(recorded)
    assert not oom.is_recorded_in_part(live)
    assert not oom.is_recorded_in_part(whole)


def test_oom_score_is_the_hosts_in_every_scope(make_snapshot, make_process):
    snapshot = host(make_snapshot, [make_process(20, "a", 50_000, group="/app")], groups=GROUPS)
    found = oom.victims(snapshot)
    assert (found["host"][0].oom_score, found["/app"][0].oom_score) == (693, 693)


def test_a_root_group_with_a_limit_holds_everyone(make_snapshot, make_process):
    snapshot = host(
        make_snapshot, [make_process(20, "a", 50, group="/x/y")], groups={"/": GROUPS["/app"]}
    )
    assert order(snapshot, "/") == [(20, 50)]


def test_the_kernels_own_score_is_passed_on_and_nothing_leans_on_it(make_snapshot, make_process):
    true = host(
        make_snapshot, [make_process(20, "a", 50_000, oom_score=693), make_process(30, "b", 700)]
    )
    false = host(
        make_snapshot,
        [make_process(20, "a", 50_000, oom_score=4), make_process(30, "b", 700, oom_score=999)],
    )
    ours, theirs = oom.victims(true)["host"], oom.victims(false)["host"]
    assert [one.kernel_oom_score for one in ours] == [693, None]
    assert [replace(one, kernel_oom_score=None) for one in ours] == [
        replace(one, kernel_oom_score=None) for one in theirs
    ]


def test_who_cannot_be_ranked_is_left_out_and_named(make_snapshot, make_process):
    snapshot = host(
        make_snapshot,
        [
            make_process(20, "a", 700, adj=None),
            make_process(30, "b", 900, has_status=False),
            make_process(40, "c", 800),
            make_process(90, "zombie", 0, has_mm=False),
        ],
    )
    assert order(snapshot) == [(40, 800)]
    assert oom.unranked(snapshot) == {20: "no oom_score_adj", 30: "no status"}
    assert order(snapshot, adjust={"20": 0}) == [(40, 800), (20, 700)]


def test_a_whole_host_that_cannot_be_ranked_has_a_reason(make_snapshot, make_process):
    one = [make_process(40, "c", 800)]
    assert oom.unranked(make_snapshot(release="6.1.0")) == {0: "no processes"}
    assert 0 in oom.unranked(host(make_snapshot, one, "2.6.32"))
    assert oom.victims(host(make_snapshot, one, "2.6.32")) == {}
    blind = make_snapshot(release="6.1.0", processes=one)
    assert oom.victims(blind) == {}
    assert 0 in oom.unranked(blind)


@given(
    st.lists(st.tuples(st.integers(0, 10**6), st.integers(-1000, 1000)), min_size=1, max_size=20),
    st.data(),
)
def test_a_higher_adjustment_never_moves_a_process_back(make_snapshot, make_process, sizes, data):
    processes = [make_process(100 + i, "p", rss, adj=adj) for i, (rss, adj) in enumerate(sizes)]
    snapshot = host(make_snapshot, processes)
    chosen = data.draw(st.sampled_from(processes))
    higher = min(chosen.oom_score_adj + data.draw(st.integers(1, 500)), 1000)
    before = [pid for pid, _ in order(snapshot)]
    after = [pid for pid, _ in order(snapshot, adjust={str(chosen.pid_id): higher})]
    assert sorted(before) == sorted(after)
    assert after.index(chosen.pid_id) <= before.index(chosen.pid_id)


def test_a_host_of_no_memory_at_all_ranks_nobody(make_snapshot, make_process):
    """A torn meminfo can say 0; nothing is a share of it."""
    torn = "MemTotal: 0 kB\nMemFree: 5 kB\nSwapTotal: 0 kB\n"
    snapshot = make_snapshot(
        release="6.1.0", meminfo_text=torn, processes=[make_process(60, "worker", 90)]
    )

    assert oom.victims(snapshot) == {}
    assert 0 in oom.unranked(snapshot)
