"""One OOM report while it is read: each line goes to the reader of its part."""

from vmadvisor.sources import oom_report_text as text_of
from vmadvisor.sources.log_line import LogLine
from vmadvisor.sources.oom_report import OomReport
from vmadvisor.sources.oom_report_cgroup import CgroupReader
from vmadvisor.sources.oom_report_kill import KillReader
from vmadvisor.sources.oom_report_memory import MemoryReader
from vmadvisor.sources.oom_report_table import HEADER_START, ROW_START, TableReader

TRACE_MAX_COUNT = 40
_SYSRQ_ORDER = -1


class Builder:
    """Collects one report; ``report`` makes the record."""

    def __init__(self, line: LogLine, *, release: str | None, swap_kib: int | None) -> None:
        self._line = line
        self._release = release
        self._swap_kib = swap_kib
        self._hardware: str | None = None
        self._invoked: text_of.Invocation | None = None
        self._pid: int | None = None
        self._cpuset: str | None = None
        self._mems: str | None = None
        self._trace: list[str] = []
        self._is_sysrq = False
        self._damage: list[str] = []
        self.memory = MemoryReader()
        self.cgroup = CgroupReader()
        self.table = TableReader()
        self.ending = KillReader()
        self.earlier_kills: tuple[tuple[int, str], ...] = ()

    @property
    def has_kill(self) -> bool:
        """What follows belongs to another report."""
        return self.ending.is_over

    @property
    def has_table(self) -> bool:
        """A row or a header was seen."""
        return bool(self.table.columns or self.table.malformed_count)

    @property
    def has_memory(self) -> bool:
        """The host's or a cgroup's memory was seen."""
        return self.memory.has_zones or self.cgroup.has_charges

    @property
    def rows_count(self) -> int:
        """What the report holds in memory, roughly."""
        return len(self.table.tasks)

    def invoke(self, text: str) -> None:
        """Takes the line that begins a report."""
        self._invoked = text_of.invocation(text)

    @property
    def is_invoked(self) -> bool:
        """The report has its first line."""
        return self._invoked is not None

    def take(self, line: LogLine) -> bool:
        """Takes a whole line; false if it is none of a report's."""
        text = line.text
        if self._line.stamp_s is None and line.stamp_s is not None and not self._line.is_stamped:
            self._line = line  # the first line had lost its stamp
        if text[:1] == "[":
            return self._take_bracketed(text)
        if "+0x" in text:
            return self._take_frame(text)
        # The cgroup first: its statistics are any words with numbers, line after line.
        if self.cgroup.take(text) or self.memory.take(text):
            return True
        return self.ending.take(line) or self._take_head(text)

    def _take_bracketed(self, text: str) -> bool:
        if ROW_START.match(text):
            self.table.row(text)
            return True
        if HEADER_START.match(text):
            if not self.table.header(text):
                self._damage = ["a task table whose columns are not known"]
            return True
        return "+0x" in text and self._take_frame(text)

    def _take_frame(self, text: str) -> bool:
        match = text_of.FRAME.match(text)
        if match is None:
            return False
        if len(self._trace) < TRACE_MAX_COUNT:
            self._trace.append(match[1])
        return True

    def _take_head(self, text: str) -> bool:
        if text.startswith("Tasks state"):
            self.table.has_state_line = True
            return True
        if (task := text_of.task_line(text)) is not None:
            if self._pid is None:
                self._pid = task[0]
                self._release = task[1] or self._release
            return True
        if (cpuset := text_of.CPUSET.match(text)) is not None:
            self._cpuset, self._mems = cpuset[1], cpuset[2]
            return True
        if text.startswith("Hardware name: "):
            self._hardware = self._hardware or text[15:215]
            return True
        if "moom_callback" in text or "sysrq" in text[:40].lower():
            self._is_sysrq = self._is_sysrq or "moom" in text or "OOM" in text
            return True
        return text.startswith("Mem-Info:")

    def report(self) -> OomReport:
        """What was read."""
        line, asked, ended = self._line, self._invoked, self.ending
        return OomReport(
            stamp_s=line.stamp_s,
            when=line.when,
            utc=line.utc,
            host=line.host,
            release=self._release,
            hardware=self._hardware,
            invoker_comm=asked.comm if asked else None,
            invoker_pid_id=self._pid,
            gfp_mask=asked.gfp_mask if asked else None,
            gfp_flags=asked.gfp_flags if asked else (),
            order=asked.order if asked else None,
            oom_score_adj=asked.oom_score_adj if asked else None,
            nodemask=asked.nodemask if asked else None,
            cpuset=self._cpuset,
            mems_allowed=self._mems,
            trace=tuple(self._trace),
            is_sysrq=self._is_sysrq or (asked is not None and asked.order == _SYSRQ_ORDER),
            memory=self.memory.memory(),
            cgroup=self.cgroup.cgroup(),
            table=self.table.table(),
            summary=ended.summary,
            choice=ended.choice,
            kills=tuple(ended.kills),
            is_group_kill=ended.is_group_kill,
            has_no_candidate=ended.has_no_candidate,
            panic=ended.panic,
            earlier_kills=self.earlier_kills,
            host_swap_kib=self._swap_kib,
            damage=tuple(self._damage + self.memory.damage),
        )
