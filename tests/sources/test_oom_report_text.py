"""Single lines of a report, in the words of each kernel that printed them."""

import pytest

from vmadvisor.sources import oom_report_text as text_of


@pytest.mark.parametrize(
    ("text", "pid", "release"),
    [
        ("CPU: 3 PID: 41 Comm: dox Tainted: G           OE      6.1.1-arch1-1 #1 9bd0", 41, "6.1.1-arch1-1"),
        ("CPU: 0 UID: 7 PID: 42 Comm: a b Not tainted 6.12.94+deb13-amd64 #1  Debian", 42, "6.12.94+deb13-amd64"),
        ("Pid: 43, comm: php-fpm Not tainted 2.6.32-642.11.1.el6.x86_64 #1", 43, "2.6.32-642.11.1.el6.x86_64"),
        ("CPU: 2 PID: 44 Comm: mkfs.ext4 Not tainted", 44, None),
    ],
)  # fmt: skip
def test_the_task_line_has_pid_and_release(text, pid, release):
    assert text_of.task_line(text) == (pid, release)


@pytest.mark.parametrize(
    ("text", "pid", "comm", "total_vm", "adj"),
    [
        ("Killed process 7 (a) total-vm:91kB, anon-rss:8kB, file-rss:6kB", 7, "a", 91, None),
        ("Killed process 8, UID 2, (a) b) total-vm:92kB, anon-rss:8kB, file-rss:6kB", 8, "a) b", 92, None),
        ("Out of memory: Killed process 9 (c) total-vm:93kB, anon-rss:1kB, file-rss:2kB, shmem-rss:3kB, UID:0 pgtables:4kB oom_score_adj:-5", 9, "c", 93, -5),
        ("Killed process 10 (d) vsz:94kB, anon-rss:1kB, file-rss:2kB", 10, "d", 94, None),
        ("Out of memory: Killed process 11 (e).", 11, "e", None, None),
        ("Out of memory (oom_kill_allocating_task): Killed process 12 (f) total-vm:95kB, anon-rss:1kB, file-rss:2kB", 12, "f", 95, None),
    ],
)  # fmt: skip
def test_a_kill_of_each_kernel(text, pid, comm, total_vm, adj):
    found = text_of.kill(text, 3.5)

    assert (found.pid_id, found.comm, found.total_vm_kib, found.oom_score_adj) == (
        pid,
        comm,
        total_vm,
        adj,
    )
    assert found.stamp_s == 3.5


@pytest.mark.parametrize(
    "text",
    [
        "Killed process (a)",
        "Killed process 99999999999 (a)",
        "Killed process 7",
        "oom_reaper: reaped process 7 (a), now anon-rss:0kB",
        "I said: Killed process 7 (a).",
    ],
)
def test_what_is_no_kill_names_nobody(text):
    assert text_of.kill(text, None) is None


@pytest.mark.parametrize("word", ["Kill", "kill"])
def test_a_choice_before_5_1(word):
    found = text_of.choice(
        f"Out of memory: {word} process 42 (yum) cron) score 178 or sacrifice child"
    )

    assert (found.pid_id, found.comm, found.score) == (42, "yum) cron", 178)


def test_a_summary_with_hostile_names_keeps_its_fields_apart():
    found = text_of.summary(
        "oom-kill:constraint=CONSTRAINT_CPUSET,nodemask=0,2,cpuset=a,b,mems_allowed=0-1,global_oom,"
        "task_memcg=/x,task=no,pid=1,uid=0,task=a,pid=5,b,pid=77,uid=12"
    )

    assert (found.nodemask, found.cpuset, found.mems_allowed) == ("0,2", "a,b", "0-1")
    assert (found.pid_id, found.uid_id) == (77, 12)


@pytest.mark.parametrize(
    ("text", "constraint"),
    [
        ("oom-kill:constraint=CONSTRAINT_CPUSET,nodemask=(null),cpuset=test,mems_allowed=0", "CONSTRAINT_CPUSET"),
        ("oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=/,mems_allowed=0-1,oom_memcg=/a,task_memcg=/a,task=x,pid=10", "CONSTRAINT_MEMCG"),
    ],
)  # fmt: skip
def test_a_summary_that_is_cut_off_names_no_pid(text, constraint):
    found = text_of.summary(text)

    assert (found.constraint, found.pid_id, found.comm) == (constraint, None, None)


def test_huge_pages_and_charges():
    pool = text_of.huge_pages(
        "Node 3 hugepages_total=17 hugepages_free=5 hugepages_surp=2 hugepages_size=2048kB"
    )
    name, charge = text_of.charge("memory+swap: usage 11kB, limit 22kB, failcnt 33")

    assert (pool.node_id, pool.total_count, pool.free_count, pool.size_kib) == (3, 17, 5, 2048)
    assert (name, charge.usage_kib, charge.limit_kib, charge.failcnt_total) == (
        "memory+swap",
        11,
        22,
        33,
    )


@pytest.mark.parametrize(
    ("text", "nodemask"),
    [
        ("a invoked oom-killer: gfp_mask=0x6200ca(GFP_HIGHUSER_MOVABLE), nodemask=0,2-3,  order=4, oom_score_adj=5", "0,2-3"),
        ("a invoked oom-killer: gfp_mask=0x6200ca(GFP_HIGHUSER_MOVABLE), nodemask=(null), order=4, oom_score_adj=5", "(null)"),
        ("a invoked oom-killer: gfp_mask=0x6200ca, order=4, oom_adj=7, oom_score_adj=5", None),
    ],
)  # fmt: skip
def test_the_first_line_of_each_kernel(text, nodemask):
    found = text_of.invocation(text)

    assert (found.comm, found.gfp_mask, found.order, found.oom_score_adj, found.nodemask) == (
        "a",
        "0x6200ca",
        4,
        5,
        nodemask,
    )
