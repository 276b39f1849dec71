"""Who was killed in an OOM report while it is read: the choice, the kills, or that nobody could be.

oom-kill:constraint=CONSTRAINT_NONE,...,task=leaky,pid=110,uid=0                  5.0+
Out of memory: Kill process 42 (yum-cron) score 178 or sacrifice child            until 5.0
Killed process 42 (yum-cron) total-vm:1017388kB, anon-rss:185028kB, ...
Tasks in /a are going to be killed due to memory.oom.group set                    4.19+
Out of memory and no killable processes...
"""

import re
from typing import TYPE_CHECKING

from vmadvisor.sources import oom_report_text as text_of
from vmadvisor.sources.log_line import LogLine

if TYPE_CHECKING:
    from vmadvisor.sources.oom_report import OomChoice, OomKill, OomSummary

KILLS_MAX_COUNT = 1000

_PANIC = re.compile(r"Kernel panic - not syncing: (.{1,200})")
_NO_CANDIDATE = re.compile(
    r"Out of memory and no killable processes|Memory cgroup out of memory and no killable"
)


class KillReader:
    """``take`` every line."""

    __slots__ = ("choice", "has_no_candidate", "is_group_kill", "kills", "panic", "summary")

    def __init__(self) -> None:
        self.summary: OomSummary | None = None
        self.choice: OomChoice | None = None
        self.kills: list[OomKill] = []
        self.is_group_kill = False
        self.has_no_candidate = False
        self.panic: str | None = None

    @property
    def is_over(self) -> bool:
        """Somebody was killed or chosen, or nobody could be: what follows belongs to another report."""
        return bool(self.kills or self.choice or self.has_no_candidate or self.panic)

    def take(self, line: LogLine) -> bool:
        """Takes a whole line; false if it is none of these."""
        text = line.text
        if text.startswith("oom-kill:"):
            self.summary = self.summary or text_of.summary(text)
            return True
        if " process" in text:
            if (chosen := text_of.choice(text)) is not None:
                self.choice = self.choice or chosen
                return True
            killed = text_of.kill(text, line.stamp_s)
            if killed is not None:
                if len(self.kills) < KILLS_MAX_COUNT:
                    self.kills.append(killed)
                return True
        if _NO_CANDIDATE.match(text):
            self.has_no_candidate = True
            return True
        if text.startswith("Tasks in ") and "memory.oom.group" in text:
            self.is_group_kill = True
            return True
        panic = _PANIC.match(text)
        if panic is not None:
            self.panic = self.panic or panic[1]
        return panic is not None
