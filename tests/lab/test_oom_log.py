from lab.oom_log import read

LOG = """\
lab: ready
[    4.742322] lab: clock 4.777546
lab: /proc/sys/vm/nothing does not take 7
[   22.785902] re: (ader invoked oom-killer: gfp_mask=0x140cca(GFP_HIGHUSER_MOVABLE|__GFP_COMP), order=2, oom_score_adj=0
[   22.787927]  oom_kill_process.cold+0xb/0x10
[   22.829883] Tasks state (memory values in pages):
[   22.829983] [  pid  ]   uid  tgid total_vm      rss pgtables_bytes swapents oom_score_adj name
[   22.830228] [    111]     0   111     1550     1541    36864        0         -1000 recorder
[   22.830397] [    115]     0   115    29802    29342   274432        0             0 lea) ky
[   22.830956] oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),cpuset=/,mems_allowed=0,global_oom,task_memcg=/,task=lea) ky,pid=115,uid=0
[   22.832023] Out of memory: Killed process 115 (lea) ky) total-vm:123560kB, anon-rss:120840kB, file-rss:4kB, shmem-rss:748kB, UID:0 pgtables:280kB oom_score_adj:0
[   33.000000] lab: clock 33.100000
[   35.124540] ctr_b invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=200
[   35.160000] [    157]     0   157    84566    83776   712704        0           200 ctr_b
[   35.160100] oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=/,mems_allowed=0,oom_memcg=/batch/ctr,task_memcg=/batch/ctr/a,task=ctr_b,pid=157,uid=0
[   35.160770] Memory cgroup out of memory: Killed process 157 (ctr_b) total-vm:338264kB, anon-rss:334848kB, file-rss:0kB, shmem-rss:256kB, UID:0 pgtables:696kB oom_score_adj:200
[   35.170000] Tasks in /batch/ctr are going to be killed due to memory.oom.group set
[   35.180770] Memory cgroup out of memory: Killed process 158 (ctr_a) total-vm:38264kB, anon-rss:34848kB, file-rss:0kB, shmem-rss:256kB, UID:0 pgtables:96kB oom_score_adj:-9
lab: done
"""


def test_a_kill_is_told_with_its_report_at_the_recordings_time():
    kill = read(LOG).kills[0]

    assert kill.time_s == 22.867247
    assert (kill.pid, kill.comm, kill.oom_score_adj) == (115, "lea) ky", 0)
    assert (kill.scope, kill.constraint, kill.oom_memcg) == ("global", "none", None)
    assert (kill.invoker, kill.gfp_mask, kill.order) == ("re: (ader", "0x140cca", 2)
    assert kill.table_pids == (111, 115)


def test_a_groups_kills_share_one_report_and_take_the_newest_clock():
    _, first, second = read(LOG).kills

    assert (first.time_s, first.pid, first.oom_score_adj) == (35.26077, 157, 200)
    assert (second.time_s, second.pid, second.comm) == (35.28077, 158, "ctr_a")
    for kill in (first, second):
        assert (kill.scope, kill.constraint, kill.oom_memcg) == ("memcg", "memcg", "/batch/ctr")
        assert kill.table_pids == (157,)


def test_the_guests_own_complaints_are_kept_and_its_milestones_are_not():
    log = read(LOG)

    assert log.complaints == ("/proc/sys/vm/nothing does not take 7",)
    assert log.clock_marks_count == 2
    assert log.panic is None


def test_a_milestone_that_the_kernel_writes_into_is_no_complaint():
    log = read("lab: done[   74.402089] sysrq: Power Off\nlab: no disk swap\n")

    assert log.complaints == ("no disk swap",)


def test_a_panic_ends_it():
    log = read(
        "[   50.250000] Kernel panic - not syncing: System is deadlocked on memory\r\n"
        "[   50.500000] Kernel panic - not syncing: again\r\n"
    )

    assert (log.panic, log.panic_s) == ("System is deadlocked on memory", 50.25)


def test_a_killed_process_of_the_allocating_kind_counts_too():
    log = read(
        "[    7.250000] Out of memory (oom_kill_allocating_task): Killed process 9 (x) total-vm:1kB, oom_score_adj:3\n"
    )

    assert [(kill.pid, kill.invoker) for kill in log.kills] == [(9, None)]


def test_an_empty_log_says_nothing():
    assert read("").kills == ()
