"""earlyoom's and systemd-oomd's choice, by literals: order, ties, names preferred and avoided, groups left out."""

import pytest

from vmadvisor.model.daemon_choice import (
    OomdChoice,
    daemon_choices,
    earlyoom_choice,
    oomd_by_pgscan,
    oomd_by_swap,
)
from vmadvisor.snapshot import HostFacts, Process, ProcessScan, Snapshot, Timed
from vmadvisor.sources import meminfo, pid_stat
from vmadvisor.sources.earlyoom_default import EarlyoomArgs
from vmadvisor.userspace_killers import OomdGroup, OomdScan, UserspaceKillers

STAT = "{pid} ({comm}) S {ppid} 7 7 0 -1 4194560 9 0 5 0 11 13 0 0 20 0 1 0 99 8192 {rss} 1"
MIB = 2**20


def process(pid, score, *, comm="job", rss=100, adj=0, ppid=1):
    return Process(
        pid_id=pid,
        stat=pid_stat.parse(STAT.format(pid=pid, comm=comm, rss=rss, ppid=ppid)),
        status=None, statm=None, oom_score=score, oom_score_adj=adj, cgroup_path=None,
    )  # fmt: skip


def taken(*processes, **args):
    found = earlyoom_choice(processes, EarlyoomArgs(**args), 4096)
    return None if found is None else (found.pid_id, found.score)


def group(path, *, swap=0, pgscan=0, current=0, avoid=False, omit=False):
    return OomdGroup(
        path=path, current_bytes=current, swap_bytes=swap, pgscan_pages_total=pgscan,
        is_avoided=avoid, is_omitted=omit,
    )  # fmt: skip


def groups(*found):
    return {one.path: one for one in found}


def test_the_highest_score_is_taken_whatever_its_size():
    assert taken(process(7, 700, rss=9), process(8, 680, rss=90_000)) == (7, 700)


def test_of_equal_scores_the_larger_and_of_equals_the_first_in_proc():
    assert taken(process(7, 700, rss=5), process(8, 700, rss=6), process(9, 700, rss=6)) == (8, 700)


@pytest.mark.parametrize(
    "never",
    [
        process(1, 900),
        process(2, 900),
        process(30, 900, ppid=2),
        process(30, 900, adj=-1000),
        process(30, None),
        process(30, 900, adj=None),
    ],
)
def test_init_kernel_threads_the_protected_and_the_unread_are_never_taken(never):
    assert taken(never, process(40, 10)) == (40, 10)
    assert taken(never) is None


def test_a_preferred_name_gains_300_and_an_avoided_one_loses_them():
    firefox, sshd = process(7, 600, comm="firefox"), process(8, 890, comm="sshd")

    assert taken(firefox, sshd) == (8, 890)
    assert taken(firefox, sshd, prefer="^(fire|chrom)") == (7, 900)
    assert taken(firefox, sshd, avoid="(^|/)sshd$") == (7, 600)
    assert taken(firefox, sshd, prefer="s", avoid="sshd") == (8, 890)


def test_an_ignored_name_is_out_even_if_it_is_the_only_one():
    assert taken(process(7, 600, comm="java"), ignore="^java$") is None


def test_by_rss_the_shift_is_three_gib_and_the_score_decides_among_equals():
    small, large = process(7, 900, rss=1_000, comm="a"), process(8, 10, rss=2_000, comm="b")

    assert taken(small, large, sorts_by_rss=True) == (8, 8_000)
    assert taken(small, large, sorts_by_rss=True, prefer="a") == (7, 3_149_728)
    assert taken(process(7, 10), process(8, 11), sorts_by_rss=True) == (8, 400)


def test_root_left_out_by_owner_is_not_guessed():
    assert taken(process(7, 600), ignores_root=True) is None


def test_for_swap_the_group_with_most_of_it_if_more_than_a_twentieth():
    found = [group("/a", swap=60 * MIB), group("/b", swap=70 * MIB), group("/c", swap=9 * MIB)]

    assert oomd_by_swap(found, 1000 * MIB) == OomdChoice(
        kind="swap", watched_path="/", path="/b", number=70 * MIB
    )
    assert oomd_by_swap(found, 1400 * MIB) is None


def test_for_swap_avoided_groups_come_last_and_omitted_ones_never():
    avoided, omitted = group("/a", swap=90, avoid=True), group("/b", swap=99, omit=True)

    assert oomd_by_swap([avoided, omitted, group("/c", swap=6)], 100).path == "/c"
    assert oomd_by_swap([avoided, omitted, group("/c", swap=5)], 100).path == "/a"
    assert oomd_by_swap([omitted], 100) is None


def test_for_pressure_the_group_that_was_scanned_most_since():
    before = groups(group("/u/a", pgscan=1_000), group("/u/b", pgscan=50))
    after = groups(
        group("/u/a", pgscan=1_007, current=9), group("/u/b", pgscan=61), group("/v", pgscan=999)
    )

    assert oomd_by_pgscan(before, after, "/u") == OomdChoice(
        kind="pressure", watched_path="/u", path="/u/b", number=11
    )


def test_for_pressure_a_group_made_anew_counts_from_zero_and_size_decides_among_equals():
    before = groups(group("/u/a", pgscan=1_000))
    after = groups(group("/u/a", pgscan=40), group("/u/b", pgscan=40, current=3), group("/u/c"))

    assert oomd_by_pgscan(before, after, "/u").path == "/u/b"
    assert oomd_by_pgscan({}, groups(group("/u/c")), "/u") is None


def test_a_group_of_a_like_name_is_not_below_the_watched_one():
    assert oomd_by_pgscan({}, groups(group("/user", pgscan=9)), "/u") is None


def test_only_what_runs_is_asked():
    host = HostFacts(hostname=None, arch=None, boot_id=None, page_size_bytes=4096, clock_hz=None,
                     is_live=True)  # fmt: skip
    details = {7: process(7, 600, comm="java")}
    scan = ProcessScan(
        time_s=1.0, age_s=0.0, seen_count=1, vanished_count=0, unread_count=0, is_complete=True,
        sees_kernel_threads=True, rss_pages={7: 100}, details=details,
    )  # fmt: skip
    info = meminfo.parse("MemTotal: 9000 kB\nMemFree: 900 kB\nSwapTotal: 1000 kB\n")
    snapshot = Snapshot(
        time_s=1.0, host=host, processes=scan, records={type(info): Timed(time_s=1.0, record=info)}
    )
    oomd = OomdScan(
        swap_paths=("/",), pressure_paths=("/u", "/v"), before={},
        after=groups(group("/u/a", swap=80_000, pgscan=5), group("/w", swap=90_000)),
    )  # fmt: skip

    none = daemon_choices(UserspaceKillers(earlyoom=None, oomd=None), snapshot, 4096)
    assert (none.earlyoom, none.oomd) == (None, ())
    both = daemon_choices(UserspaceKillers(earlyoom=EarlyoomArgs(), oomd=oomd), snapshot, 4096)
    assert both.earlyoom.comm == "java"
    assert [(one.kind, one.watched_path, one.path, one.number) for one in both.oomd] == [
        ("swap", "/", "/w", 90_000), ("pressure", "/u", "/u/a", 5),
    ]  # fmt: skip
