"""Losses between two moments: what is counted twice, what is not known, who is who."""

import pytest

from vmadvisor.delay_scan import DelayedProcess, DelayScan
from vmadvisor.model.delay_accounting import Accounting
from vmadvisor.model.delays import Loss, delays, unit_of
from vmadvisor.sources import pid_stat, pressure
from vmadvisor.sources.taskstats import Delay, TaskStats

HZ = 100
STAT = "{pid} ({comm}) S 1 7 7 0 -1 4194560 9 0 5 0 11 13 0 0 20 0 1 0 {start} 8192 321 1"
PSI = "some avg10=0.00 avg60=0.00 avg300=0.00 total={}\nfull avg10=0.00 avg60=0.00 avg300=0.00 total={}\n"
ON = Accounting(is_on=True, counts_all=True)


def process(pid, *, reclaim=0, swapin=0, thrash=0, compact=0, start=99, comm="job", path=None):
    def delay(ns):
        return Delay(waits_total=1 if ns else 0, waited_ns_total=ns)

    return DelayedProcess(
        pid_id=pid,
        stat=pid_stat.parse(STAT.format(pid=pid, comm=comm, start=start)),
        stats=TaskStats(
            version=13, pid_id=0, freepages=delay(reclaim), swapin=delay(swapin),
            thrashing=None if thrash is None else delay(thrash),
            compact=None if compact is None else delay(compact),
        ),
        cgroup_path=path,
    )  # fmt: skip


def scan(time_s, *processes, host=None, groups=()):
    return DelayScan(
        time_s=time_s, boottime_s=time_s + 1000.0,
        processes={one.pid_id: one for one in processes},
        host=None if host is None else pressure.parse(PSI.format(*host)),
        groups={path: pressure.parse(PSI.format(*totals)) for path, totals in dict(groups).items()},
    )  # fmt: skip


def told(before, after, accounting=ON):
    return delays(before, after, accounting, clock_hz=HZ)


def test_a_loss_is_the_difference_by_kind_and_the_longer_of_the_two_that_overlap():
    before = scan(5.0, process(7, reclaim=100, swapin=20, thrash=30, compact=40))
    after = scan(9.5, process(7, reclaim=111, swapin=33, thrash=47, compact=59, path="/a"))
    found = told(before, after)

    assert found.interval_s == 4.5
    assert found.processes[0].loss == Loss(
        reclaim_ns=11, swapin_ns=13, thrashing_ns=17, compact_ns=19
    )
    assert found.processes[0].loss.lost_ns == 11 + 17 + 19


def test_those_who_lost_most_come_first_and_those_who_lost_nothing_do_not_come():
    before = scan(5.0, process(7), process(8), process(9))
    after = scan(9.0, process(7, reclaim=3), process(8, compact=5), process(9))

    assert [one.pid_id for one in told(before, after).processes] == [8, 7]


def test_a_kernel_that_does_not_count_a_kind_gives_none_not_zero():
    before = scan(5.0, process(7, thrash=None, compact=None))
    found = told(before, scan(9.0, process(7, reclaim=3, thrash=None, compact=None, path="/a")))

    assert found.processes[0].loss.thrashing_ns is None
    assert found.cgroups[0].loss.compact_ns is None


def test_a_process_started_meanwhile_has_lost_all_it_waited_for():
    found = told(scan(5.0), scan(9.0, process(7, reclaim=3, start=100_600)))

    assert found.processes[0].loss.lost_ns == 3


def test_a_process_that_was_there_and_not_answered_for_is_not_charged_with_its_past():
    assert told(scan(5.0), scan(9.0, process(7, reclaim=3, start=100_400))).processes == ()


def test_a_pid_that_was_used_again_is_another_process():
    before = scan(5.0, process(7, reclaim=100, start=99))
    found = told(before, scan(9.0, process(7, reclaim=130, start=100_700)))

    assert found.processes[0].loss.reclaim_ns == 130


def test_a_total_that_wrapped_around_counts_from_there():
    before = scan(5.0, process(7, reclaim=2**64 - 5))

    assert told(before, scan(9.0, process(7, reclaim=11))).processes[0].loss.reclaim_ns == 11


def test_units_and_groups_are_sums_over_their_processes():
    before = scan(5.0, *(process(pid) for pid in (7, 8, 9, 10)))
    after = scan(
        9.0,
        process(7, reclaim=3, path="/system.slice/db.service/a"),
        process(8, reclaim=5, path="/system.slice/db.service/b"),
        process(9, reclaim=7, path="/docker/ab"),
        process(10, reclaim=50),
    )
    found = told(before, after)

    units = [(one.name, one.processes_count, one.loss.lost_ns) for one in found.units]
    assert units == [("db.service", 2, 8), ("/docker/ab", 1, 7)]
    assert [one.name for one in found.cgroups] == [
        "/docker/ab", "/system.slice/db.service/b", "/system.slice/db.service/a",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("path", "unit"),
    [
        ("/user.slice/user-1000.slice/session-3.scope", "session-3.scope"),
        ("/system.slice", "system.slice"),
        ("/kubepods/burstable/pod7", "/kubepods/burstable/pod7"),
    ],
)
def test_a_unit_is_the_innermost_name_that_systemd_gives(path, unit):
    assert unit_of(path) == unit


def test_stalls_are_differences_the_fullest_first_and_quiet_groups_stay_out():
    before = scan(5.0, host=(70, 30), groups={"/a": (10, 5), "/b": (20, 1), "/c": (8, 8)})
    groups = {"/a": (19, 6), "/b": (25, 4), "/c": (8, 8), "/new": (9, 9)}
    found = told(before, scan(9.0, host=(170, 47), groups=groups))

    assert (found.host.some_us, found.host.full_us) == (100, 17)
    assert [(one.path, one.some_us, one.full_us) for one in found.stalls] == [
        ("/b", 5, 3), ("/a", 9, 1),
    ]  # fmt: skip


def test_a_group_made_anew_has_no_difference():
    before = scan(5.0, host=(70, 30), groups={"/a": (10, 5)})

    assert told(before, scan(9.0, host=(20, 10), groups={"/a": (3, 2)})).host.some_us is None


def test_those_who_ended_are_counted_and_those_who_are_not_counted_are_told():
    before = scan(5.0, process(6), process(7), process(8, reclaim=5))
    after = scan(9.0, process(7), process(8, reclaim=5), process(9, start=100_600))
    accounting = Accounting(is_on=True, on_since_s=1005.5)
    found = told(before, after, accounting)

    assert (found.seen_count, found.ended_count) == (3, 1)
    assert (found.uncounted_count, found.unsure_count) == (1, 0)
