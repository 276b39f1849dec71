"""A victim that the rule does not choose has a reason, the most certain one first."""

import pytest

from vmadvisor.model.oom_analysis import analyse
from vmadvisor.sources.oom_log import reports

HEADER = b"[  pid  ]   uid  tgid total_vm      rss pgtables_bytes swapents oom_score_adj name\n"
OLD_HEADER = b"[ pid ]   uid  tgid total_vm      rss nr_ptes swapents oom_score_adj name\n"
HOST = b"200000 pages RAM\n0 pages reserved\nTotal swap = 0kB\n"


def report(kill, *rows, release=b"6.1.0", before=b"", header=HEADER, summary=b""):
    lines = (
        before
        + b"a invoked oom-killer: order=0\nCPU: 0 PID: 9 Comm: a Not tainted "
        + release
        + b" #1\n"
        + HOST
        + header
    )
    table = b"".join(
        b"[ %d] %d %d 99999 %d 0 0 %d %s\n" % (pid, uid, tgid, rss, adj, name)
        for pid, uid, tgid, rss, adj, name in rows
    )
    found = list(reports([lines + table + summary + kill]))
    return analyse(found[-1])


BIG, SMALL = (2, 7, 2, 9000, 0, b"big"), (3, 7, 3, 500, 0, b"small")
KILL_SMALL = b"Out of memory: Killed process 3 (small) total-vm:9kB, anon-rss:8kB, file-rss:7kB\n"


@pytest.mark.parametrize(
    ("kill", "rows", "more", "words"),
    [
        (KILL_SMALL, (BIG, SMALL), {}, "passed over pid 2"),
        (KILL_SMALL.replace(b"memory:", b"memory (oom_kill_allocating_task):"), (BIG, SMALL), {}, "oom_kill_allocating_task is set"),
        (KILL_SMALL, (BIG, SMALL), {"before": b"Out of memory: Killed process 2 (big).\n"}, "killed before and was not gone"),
        (KILL_SMALL.replace(b"process 3", b"process 8"), (BIG, SMALL), {}, "not in the table"),
        (KILL_SMALL, (BIG, (3, 7, 3, 500, -1000, b"small")), {}, "protected by oom_score_adj -1000"),
        (KILL_SMALL, (BIG, (3, 7, 3, 8900, 0, b"small")), {}, "within 2 %"),
        (KILL_SMALL, ((2, 7, 2, 500, 0, b"big"), SMALL), {"release": b"5.2.0"}, "same points"),
        (KILL_SMALL, ((2, 7, 2, 9000, 0, b"big"), (3, 0, 3, 9100, 0, b"small")), {"release": b"4.16.0"}, "root's bonus"),
        (KILL_SMALL, (BIG, SMALL), {"summary": b"oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),task=big,pid=2,uid=7\n"}, "contradicts itself"),
        (
            b"Out of memory: Kill process 2 (big) score 9 or sacrifice child\n" + KILL_SMALL[15:],
            (BIG, SMALL),
            {"release": b"4.4.0"},
            "chose the same task, and killed a child",
        ),
        (
            b"Out of memory: Kill process 4 (mid) score 9 or sacrifice child\n" + KILL_SMALL[15:],
            (BIG, SMALL),
            {"release": b"4.4.0"},
            "chose pid 4, and killed a child",
        ),
    ],
)  # fmt: skip
def test_each_reason_is_found(kill, rows, more, words):
    found = report(kill, *rows, **more)

    assert found.agrees is False
    assert found.prediction.chosen.task.pid_id == 2
    assert found.victim.pid_id in {3, 8}
    assert words in found.why_not


def test_a_thread_that_stands_for_its_process_agrees():
    found = report(
        KILL_SMALL.replace(b"process 3", b"process 77"), (77, 7, 2, 9000, 0, b"big"), SMALL
    )

    assert found.agrees is True
    assert found.why_not is None


@pytest.mark.parametrize(
    ("kill", "words"),
    [
        (b"", "ends without a kill"),
        (b"Out of memory and no killable processes...\n", "found nobody to kill"),
        (
            b"Kernel panic - not syncing: Out of memory: system-wide panic_on_oom is enabled\n",
            "panicked instead",
        ),
    ],
)
def test_without_a_victim_there_is_nothing_to_agree_with(kill, words):
    found = report(kill, BIG, SMALL)

    assert (found.victim, found.agrees) == (None, None)
    assert words in found.why_not


def test_the_line_oom_kill_names_the_victim_where_the_kill_is_lost():
    found = report(
        b"",
        BIG,
        SMALL,
        summary=b"oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),task=big,pid=2,uid=7\n",
    )

    assert (found.victim.pid_id, found.victim.comm, found.agrees) == (2, "big", True)
