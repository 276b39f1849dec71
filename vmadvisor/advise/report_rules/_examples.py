"""Short logs for the rules' own cases; loaded only by ``explain`` and the tests."""

from vmadvisor.model.facts import Facts
from vmadvisor.model.oom_analysis import analyse
from vmadvisor.model.oom_snapshot import facts_of
from vmadvisor.sources.oom_log import reports

CGROUP_LOG = b"""\
[   35.124540] web invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0
[   35.130575] CPU: 1 PID: 157 Comm: web Not tainted 6.1.0-50-amd64 #1
[   35.138877]  out_of_memory+0x219/0x4b0
[   35.139405]  mem_cgroup_out_of_memory+0x12b/0x140
[   35.140100] memory: usage 524288kB, limit 524288kB, failcnt 37
[   35.140200] swap: usage 0kB, limit 0kB, failcnt 0
[   35.140300] Memory cgroup stats for /system.slice/web.service:
[   35.140400] anon 511705088
[   35.140500] file 1048576
[   35.140600] kernel 20971520
[   35.140700] shmem 524288
[   35.150000] Tasks state (memory values in pages):
[   35.150100] [  pid  ]   uid  tgid total_vm      rss pgtables_bytes swapents oom_score_adj name
[   35.150200] [    157]    33   157    90000    84000   712704        0             0 web
[   35.150300] [    158]    33   158    60000    40000   409600        0             0 worker
[   35.160000] oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=/,mems_allowed=0,oom_memcg=/system.slice/web.service,task_memcg=/system.slice/web.service,task=web,pid=157,uid=33
[   35.160770] Memory cgroup out of memory: Killed process 157 (web) total-vm:360000kB, anon-rss:334848kB, file-rss:0kB, shmem-rss:512kB, UID:33 pgtables:696kB oom_score_adj:0
"""

KILL_ONLY_LOG = b"""\
[   41.000000] Out of memory: Killed process 114 (base) total-vm:82344kB, anon-rss:79920kB, file-rss:4kB, shmem-rss:748kB, UID:0 pgtables:200kB oom_score_adj:0
"""

TABLE_ONLY_LOG = b"""\
[   35.150100] [  pid  ]   uid  tgid total_vm      rss pgtables_bytes swapents oom_score_adj name
[   35.150200] [    157]    33   157    90000    84000   712704        0             0 web
"""


def facts(log: bytes) -> Facts:
    """The facts of the first report in a log."""
    return facts_of(analyse(next(reports([log]))))
