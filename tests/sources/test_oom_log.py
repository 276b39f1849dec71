"""Every report of a log is found, once, in order, whatever stands between; and only what is there."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vmadvisor.sources import oom_log
from vmadvisor.sources.oom_log import reports

LEAK = (Path(__file__).resolve().parents[1] / "oom_logs" / "6.1-leak.log").read_bytes()

MEMCG = b"""\
[    9.100000] web invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=7
[    9.110000] memory: usage 524288kB, limit 524280kB, failcnt 37
[    9.120000] swap: usage 11kB, limit 22kB, failcnt 3
[    9.130000] Memory cgroup stats for /a b/web:
[    9.140000] anon 511705088
[    9.150000] kernel 20971520
[    9.160000] [  pid  ]   uid  tgid total_vm      rss pgtables_bytes swapents oom_score_adj name
[    9.170000] [    157]    33   157    90000    84000   712704        5             7 we b
[    9.180000] oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=/,mems_allowed=0,oom_memcg=/a b/web,task_memcg=/a b/web/x,task=we b,pid=157,uid=33
[    9.190000] Memory cgroup out of memory: Killed process 157 (we b) total-vm:360000kB, anon-rss:334848kB, file-rss:4kB, shmem-rss:512kB, UID:33 pgtables:696kB oom_score_adj:7
"""
KILL = (
    b"Out of memory: Killed process %d (b) total-vm:9kB, anon-rss:8kB, file-rss:7kB, shmem-rss:6kB"
)


def victims(found):
    return [[kill.pid_id for kill in report.kills] for report in found]


def test_a_whole_report_is_read_part_by_part():
    first, second = reports([LEAK])

    assert (first.stamp_s, second.stamp_s) == (41.025292, 61.611636)
    assert (first.invoker_comm, first.invoker_pid_id, first.order) == ("reader", 115, 0)
    assert first.gfp_flags == ("GFP_HIGHUSER_MOVABLE", "__GFP_COMP")
    assert first.release == "6.1.0-50-cloud-amd64"
    assert first.trace[:3] == ("dump_stack_lvl", "dump_header", "oom_kill_process.cold")
    memory = first.memory
    assert (memory.pages["inactive_anon"], memory.pages["slab_unreclaimable"]) == (46241, 2171)
    assert (memory.ram_pages, memory.reserved_pages, memory.swap_total_kib) == (65403, 9811, 0)
    assert [
        (zone.name, zone.free_kib, zone.min_kib, zone.low_kib, zone.high_kib)
        for zone in memory.zones
    ] == [
        ("DMA", 928, 132, 164, 196),
        ("DMA32", 1596, 1692, 2112, 2532),
    ]
    assert memory.zones[0].lowmem_reserve_pages == (0, 202, 202, 202, 202)
    assert memory.zones[0].free_blocks_count[:5] == (8, 8, 4, 2, 1)
    assert memory.zones[1].block_types[3] == "UE"
    assert [task.comm for task in first.table.tasks] == ["recorder", "base", "reader", "leaky"]
    leaky = first.table.tasks[3]
    assert (leaky.pid_id, leaky.rss_pages, leaky.pgtables_bytes, leaky.oom_score_adj) == (
        116,
        25976,
        245760,
        -300,
    )
    assert (first.summary.constraint, first.summary.pid_id) == ("CONSTRAINT_NONE", 114)
    assert victims((first, second)) == [[114], [116]]
    assert second.earlier_kills == ((114, "base"),)


def test_a_cgroups_report_has_its_charges_statistics_and_path():
    (found,) = reports([MEMCG])

    assert found.is_memcg
    assert found.cgroup.path == "/a b/web"
    assert (found.cgroup.charges["memory"].limit_kib, found.cgroup.charges["swap"].usage_kib) == (
        524280,
        11,
    )
    assert dict(found.cgroup.stats_bytes) == {"anon": 511705088, "kernel": 20971520}
    assert found.summary.task_memcg == "/a b/web/x"
    assert found.kills[0].comm == "we b"
    assert found.table.tasks[0].comm == "we b"


@pytest.mark.parametrize("size", [1, 700, 100_000])
def test_the_blocks_do_not_matter(size):
    noise = b"[    1.000000] usb 1-1: new device\n" * 40
    lines = (noise + LEAK + noise + MEMCG + noise).splitlines(keepends=True)
    blocks = [b"".join(lines[n : n + size]) for n in range(0, len(lines), size)]

    assert victims(reports(blocks)) == [[114], [116], [157]]


def test_reports_of_two_hosts_may_be_interleaved_line_by_line():
    def told_by(host, log):
        return [
            b"Mar  1 10:00:00 " + host + b" kernel: " + line
            for line in log.splitlines(keepends=True)
        ]

    one, other = (
        told_by(b"db1", LEAK[LEAK.index(b"[   41.02") : LEAK.index(b"[   47.3")]),
        told_by(b"db2", MEMCG),
    )
    mixed = [line for pair in zip(one, other, strict=False) for line in pair] + one[len(other) :]
    found = list(reports([b"".join(mixed)]))

    assert [(report.host, report.kills[0].pid_id) for report in found] == [
        ("db1", 114),
        ("db2", 157),
    ]
    assert len(found[0].memory.zones) == 2
    assert found[1].memory is None


def test_reports_of_two_callers_may_be_interleaved():
    def told_by(caller, log):
        return [
            line.replace(b"] ", b"][ " + caller + b"] ", 1)
            for line in log.splitlines(keepends=True)
        ]

    one, other = told_by(b"T7", MEMCG), told_by(b"T8", MEMCG.replace(b"157", b"158"))
    mixed = [line for pair in zip(one, other, strict=True) for line in pair]

    assert victims(reports([b"".join(mixed)])) == [[157], [158]]


def test_a_report_that_mail_wrapped_and_quoted_is_the_same():
    wrapped = MEMCG.replace(b"order=0, ", b"order=0,\n").replace(
        b"limit 524280kB", b"limit\n524280kB"
    )
    wrapped = wrapped.replace(b"pgtables_bytes swapents", b"pgtables_bytes\nswapents").replace(
        b"84000   712704", b"84000\n712704"
    )
    wrapped = wrapped.replace(b"process 157 (we b)", b"process 157\n(we b)")
    quoted = b"".join(b"> " + line for line in wrapped.splitlines(keepends=True))
    (whole,), (found,) = reports([MEMCG]), reports([quoted])

    assert (found.table, found.cgroup, found.kills, found.oom_score_adj) == (
        whole.table, whole.cgroup, whole.kills, 7,
    )  # fmt: skip


def test_the_choice_and_the_kill_of_old_kernels_are_one_report():
    log = (
        b"mysqld invoked oom-killer: gfp_mask=0x201da, order=0, oom_score_adj=0\n"
        b"Out of memory: Kill process 42 (parent) score 178 or sacrifice child\n"
        b"Killed process 43 (child) total-vm:9kB, anon-rss:8kB, file-rss:7kB\n"
        b"Out of memory: Kill process 52 (other) score 9 or sacrifice child\n"
        b"Killed process 52 (other) total-vm:5kB, anon-rss:4kB, file-rss:3kB\n"
    )
    first, second = reports([log])

    assert (first.choice.pid_id, first.choice.score, first.kills[0].pid_id) == (42, 178, 43)
    assert (second.invoker_comm, second.choice.pid_id, second.kills[0].comm) == (None, 52, "other")


def test_a_group_is_killed_in_one_report_and_a_kill_without_report_stands_alone():
    group = b"[    9.195000] Tasks in /a are going to be killed due to memory.oom.group set\n"
    log = (
        MEMCG + group + b"[    9.200000] Memory cgroup " + KILL.replace(b"O", b"o", 1) % 158 + b"\n"
    )
    found = list(
        reports([log + MEMCG[:0] + b"[   99.000000] sshd invoked oom-killer: order=0\n" + KILL % 5])
    )

    assert victims(found) == [[157, 158], [5]]
    assert victims(reports([b"noise\n" + KILL % 6 + b"\n" + KILL % 7 + b"\n"])) == [[6], [7]]


def test_a_panic_and_nobody_to_kill_are_told():
    log = (
        b"a invoked oom-killer: order=0\nOut of memory and no killable processes...\n"
        b"Kernel panic - not syncing: System is deadlocked on memory\n"
    )
    (found,) = reports([log])

    assert (found.has_no_candidate, found.panic, found.kills) == (
        True,
        "System is deadlocked on memory",
        (),
    )


@pytest.mark.parametrize(
    "log",
    [
        b"",
        b"\n\n",
        b"page allocation failure: order:4\nMem-Info:\nactive_anon:1 inactive_anon:2\n 5 pages RAM\n",
        b"Mar  1 10:00:00 db1 evil[7]: Out of memory: Killed process 1 (init) total-vm:9kB, anon-rss:8kB, file-rss:7kB\n",
        b"systemd: oom-kill in the room\n",
        b"Killed process\n",
    ],
)  # fmt: skip
def test_what_is_no_kill_is_no_report(log):
    assert list(reports([log])) == []


@pytest.mark.parametrize(
    "comm",
    ["a) b", "x, UID 0, (y", "(sd-pam)", "Killed process", "\xe9t\xe9", "#012", "] 1 2", "  lead"],
)
def test_a_name_is_whatever_the_kernel_was_given(comm):
    log = MEMCG.replace(b"we b", comm.encode())
    (found,) = reports([log])

    assert (found.kills[0].comm, found.table.tasks[0].comm) == (comm, comm)


def test_many_open_reports_are_bounded(monkeypatch):
    monkeypatch.setattr(oom_log, "OPEN_MAX_COUNT", 3)
    heads = [b"Mar  1 10:00:00 h%d kernel: a invoked oom-killer: order=0\n" % n for n in range(50)]
    stream = oom_log._Stream()
    found = list(stream.feed(b"".join(heads)))

    assert len(stream._open) == 3
    assert [report.host for report in found] == [f"h{n}" for n in range(47)]


@settings(max_examples=60)
@given(st.data())
def test_any_cut_of_a_log_is_read_and_names_nobody_new(data):
    lines = (LEAK + MEMCG).split(b"\n")
    kept = data.draw(st.lists(st.sampled_from(lines), max_size=40))
    found = list(reports([b"\n".join(kept)]))

    assert {kill.pid_id for report in found for kill in report.kills} <= {114, 116, 157}


@given(st.binary(max_size=400))
def test_any_bytes_are_read(data):
    for report in reports([b"a invoked oom-killer: order=0\n" + data]):
        assert report.host is not None
