"""The kernel log of a guest at full level: OOM kills with their task table, panics, the clock marks.

    [   60.983969] leaky invoked oom-killer: gfp_mask=0x140dca(...), order=0, oom_score_adj=0
    [   61.014900] Tasks state (memory values in pages):
    [   61.014976] [  pid  ]   uid  tgid total_vm      rss pgtables_bytes swapents oom_score_adj name
    [   61.015100] [    110]     0   110    98454    65259   827392    32704             0 leaky
    [   61.015900] oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),...,task=leaky,pid=110,uid=0
    [   61.016083] Out of memory: Killed process 110 (leaky) total-vm:393816kB, ...

(``mm/oom_kill.c:dump_header``, ``dump_tasks``, ``__oom_kill_process``.) printk's clock is not
CLOCK_MONOTONIC: the recorder writes ``lab: clock 12.345`` into the log now and then, and times here are
given by that.
"""

import re
from dataclasses import dataclass

_STAMPED = re.compile(r"\[ *(\d+\.\d+)\] (.*)")
_COMPLAINT = re.compile(r"lab: (?!ready|done)(.+)")  # the kernel may write into the line's end
_CLOCK = re.compile(r"lab: clock (\d+\.\d+)")
_INVOKED = re.compile(r"(.+) invoked oom-killer: gfp_mask=([^,(]+).*?, order=(-?\d+)")
_ROW = re.compile(r"\[ *(\d+)\] ")
_CONSTRAINT = re.compile(r"oom-kill:constraint=CONSTRAINT_(\w+),")
_GROUP = re.compile(r",oom_memcg=(.+?),task_memcg=")
_KILLED = re.compile(
    r"(Memory cgroup out of memory|Out of memory)[^:]*: Killed process (\d+) \((.*)\) total-vm:.*"
    r"oom_score_adj:(-?\d+)"
)
_PANIC = re.compile(r"Kernel panic - not syncing: (.*)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Kill:
    """One process that the OOM killer sent SIGKILL, and the report that led to it."""

    time_s: float
    pid: int
    comm: str
    oom_score_adj: int
    scope: str  # "global" or "memcg"
    constraint: str | None
    oom_memcg: str | None
    invoker: str | None
    gfp_mask: str | None
    order: int | None
    table_pids: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Log:
    """What the log says; ``complaints`` are the guest's own, ``clock_marks_count`` tells if times were set."""

    kills: tuple[Kill, ...]
    panic: str | None
    panic_s: float | None
    complaints: tuple[str, ...]
    clock_marks_count: int


class _Report:
    """What has been said since an ``invoked oom-killer``; several kills can follow (memory.oom.group)."""

    def __init__(self, invoked: re.Match[str] | None = None) -> None:
        self.invoker = invoked[1] if invoked else None
        self.gfp_mask = invoked[2] if invoked else None
        self.order = int(invoked[3]) if invoked else None
        self.constraint: str | None = None
        self.oom_memcg: str | None = None
        self.pids: list[int] = []

    def take(self, line: str) -> None:
        if match := _CONSTRAINT.match(line):
            self.constraint = match[1].lower()
            group = _GROUP.search(line)
            self.oom_memcg = group[1] if group else None
        elif match := _ROW.match(line):
            self.pids.append(int(match[1]))

    def kill(self, match: re.Match[str], time_s: float) -> Kill:
        return Kill(
            time_s=time_s,
            pid=int(match[2]),
            comm=match[3],
            oom_score_adj=int(match[4]),
            scope="memcg" if match[1].startswith("Memory") else "global",
            constraint=self.constraint,
            oom_memcg=self.oom_memcg,
            invoker=self.invoker,
            gfp_mask=self.gfp_mask,
            order=self.order,
            table_pids=tuple(self.pids),
        )


def read(text: str) -> Log:
    """Reads the log from front to back."""
    report, kills, complaints = _Report(), [], []
    offset_s, marks_count = 0.0, 0
    panic: tuple[str, float] | None = None
    for line in text.splitlines():
        if (complaint := _COMPLAINT.match(line)) is not None:
            complaints.append(complaint[1])
        stamped = _STAMPED.match(line)
        if stamped is None:
            continue
        stamp_s, said = float(stamped[1]), stamped[2]
        if clock := _CLOCK.match(said):
            offset_s, marks_count = float(clock[1]) - stamp_s, marks_count + 1
        elif invoked := _INVOKED.match(said):
            report = _Report(invoked)
        elif killed := _KILLED.match(said):
            kills.append(report.kill(killed, round(stamp_s + offset_s, 6)))
        elif died := _PANIC.match(said):
            panic = panic or (died[1], round(stamp_s + offset_s, 6))
        else:
            report.take(said)
    return Log(
        kills=tuple(kills),
        panic=panic[0] if panic else None,
        panic_s=panic[1] if panic else None,
        complaints=tuple(complaints),
        clock_marks_count=marks_count,
    )
