"""All OOM reports of a kernel log, in its order, however long it is.

Blocks of bytes in, reports out: what holds no word of the OOM killer is passed over unread but for the
block before, where a report may begin. Reports of several hosts, or of tasks that the kernel names
(``[ T1778]``), may be interleaved with one another and with anything else.

    for report in reports(blocks): ...

At any time ``OPEN_MAX_COUNT`` reports are open, with ``ROWS_MAX_COUNT`` rows of task tables in all.
"""

from collections.abc import Iterable, Iterator

from vmadvisor.sources.log_host import LogHost
from vmadvisor.sources.log_json import JsonReader
from vmadvisor.sources.log_line import LINE_MAX_CHARS, LineReader, LogLine, parts
from vmadvisor.sources.log_words import Words
from vmadvisor.sources.oom_report import OomReport
from vmadvisor.sources.oom_report_bounds import begins_another, is_of_oom, opens
from vmadvisor.sources.oom_report_builder import Builder
from vmadvisor.sources.oom_report_wrap import goes_on, may_go_on

OPEN_MAX_COUNT = 16
ROWS_MAX_COUNT = 60_000
HOSTS_MAX_COUNT = 256
_ROWS_STEP_COUNT = 1_000
IDLE_MAX_LINES = 3_000
IDLE_AFTER_KILL_MAX_LINES = 300
_WORDS = ("oom-kill", "oom_score_adj", "ut of memory", "ill process", "illed process",
          "Kernel panic", "Linux version ", "k swap on ")  # fmt: skip
"""What a block must hold to be read."""

_BLOCK_WORDS = tuple(word.encode() for word in _WORDS)

Key = tuple[str, str]


def reports(blocks: Iterable[bytes]) -> Iterator[OomReport]:
    r"""Every report in the blocks, each of which ends where a line ends.

    >>> log = b"[ 7.5] a invoked oom-killer: order=0\n[ 7.6] Out of memory: Killed process 9 (b).\n"
    >>> [(r.stamp_s, r.invoker_comm, r.kills[0].pid_id, r.kills[0].comm) for r in reports([log])]
    [(7.5, 'a', 9, 'b')]
    """
    stream = _Stream()
    before = b""
    for block in blocks:
        if stream.is_idle and not any(word in block for word in _BLOCK_WORDS):
            before = block
            continue
        if before:
            yield from stream.feed(before)
            before = b""
        yield from stream.feed(block)
    yield from stream.end()


class _Open:
    """A report that is being read: its builder, and a line that may not be whole."""

    __slots__ = ("builder", "held", "idle_lines", "number")

    def __init__(self, builder: Builder, number: int) -> None:
        self.builder = builder
        self.number = number
        self.held: LogLine | None = None
        self.idle_lines = 0

    def takes_row(self, text: str) -> bool:
        """Most lines of a report are rows."""
        if self.builder.has_kill or not self.builder.table.take_whole(text):
            return False
        self.idle_lines = 0
        return True

    @property
    def is_done(self) -> bool:
        """It has its kill, and nothing is waiting."""
        return self.builder.has_kill and self.held is None


class _Stream:
    """The lines of a log, one after the other."""

    def __init__(self) -> None:
        self._lines = LineReader()
        self._json = JsonReader()
        self._is_pretty: bool | None = None
        self._open: dict[Key, _Open] = {}
        self._hosts: dict[str, LogHost] = {}
        self._last_key: Key = ("", "")
        self._number = 0
        self._in_rows = False
        self._closed: list[tuple[int, OomReport]] = []
        self.is_idle = True
        """Only a word of the OOM killer can matter now."""

    def feed(self, block: bytes) -> Iterator[OomReport]:
        """Reads a block; yields what it finishes, in the log's order."""
        if self._is_pretty is None:
            self._is_pretty = block.lstrip(b" [\r\n").startswith((b"{\n", b"{\r\n"))
        text = block.decode("utf-8", "surrogateescape")
        words = Words(text)
        position, end = 0, len(text)
        while position < end:
            if self.is_idle and not self._is_pretty:
                position = words.next_line(position)
                if position < 0:
                    return
            stop = text.find("\n", position)
            stop = end if stop < 0 else stop
            self._read(text[position : min(stop, position + LINE_MAX_CHARS)].rstrip("\r\0"))
            position = stop + 1
            if self._in_rows:
                position = self._rows(text, position)
            if self._closed:
                yield from self._in_order()

    def _rows(self, text: str, position: int) -> int:
        """The rows after one that was taken: most lines of a report, and all alike."""
        self._in_rows = False
        one, head = self._open.get(self._last_key), self._lines.head
        host, caller = self._last_key
        if one is None or one.held is not None or host != head.host:
            return position
        before = one.builder.rows_count // _ROWS_STEP_COUNT
        position = one.builder.table.take_lines(text, position, head=head.text, caller=caller)
        if one.builder.rows_count // _ROWS_STEP_COUNT != before:
            self._bound()
        return position

    def _read(self, line: str) -> None:
        if self._is_pretty or line[:1] == "{" or line[:7] == "data: {":
            for found in self._json.feed(line):
                self._hear(found)
            self._in_rows = False
        elif line:
            self._hear(self._lines.read(line))
        for one in self._open.values():
            if not one.is_done:
                self.is_idle = False
                return
        self.is_idle = True

    def end(self) -> Iterator[OomReport]:
        """Finishes what is open."""
        for key in list(self._open):
            self._release_held(key)
            self._close(key)
        yield from self._in_order()

    def _hear(self, line: LogLine) -> None:
        if line.is_kernel:
            for part in parts(line):
                self._take(part)

    def _take(self, line: LogLine) -> None:
        if not line.is_stamped and self._continues(line):
            return
        key = (line.host, line.caller)
        if not line.is_stamped and key not in self._open and self._last_key in self._open:
            key = self._last_key  # a continuation line of the kernel's has no caller
        self._release_held(self._last_key)
        if key != self._last_key:
            self._release_held(key)
            self._last_key = key
        one = self._open.get(key)
        if one is not None and line.text[:1] == "[" and one.takes_row(line.text):
            self._in_rows = True
            if not one.builder.rows_count % _ROWS_STEP_COUNT:
                self._bound()
            return
        if one is None and not opens(line.text):
            self._host(line.host).hear(line.text)
            return
        if one is None or begins_another(one.builder, line.text):
            one = self._begin(key, line)
        if may_go_on(line.text, one.builder.table):
            one.held = line
        else:
            self._give(key, one, line)

    def _continues(self, line: LogLine) -> bool:
        """Joins the rest of a wrapped line to its beginning."""
        one = self._open.get(self._last_key)
        if one is None or one.held is None:
            return False
        text, rest = one.held.text, line.text.strip()
        if len(text) > LINE_MAX_CHARS or not goes_on(text, rest, one.builder.table):
            return False
        one.held = one.held._replace(text=f"{text.rstrip()} {rest}")
        return True

    def _release_held(self, key: Key) -> None:
        one = self._open.get(key)
        if one is not None and one.held is not None:
            line, one.held = one.held, None
            self._put(key, line)

    def _put(self, key: Key, line: LogLine) -> None:
        one = self._open[key]
        is_first = " invoked oom-killer" in line.text and not one.builder.is_invoked
        if not is_first and begins_another(one.builder, line.text):  # it was joined from two
            one = self._begin(key, line)
        self._give(key, one, line)

    def _give(self, key: Key, one: _Open, line: LogLine) -> None:
        """A whole line to the report that is open."""
        if " invoked oom-killer" in line.text and not one.builder.is_invoked:
            one.builder.invoke(line.text)
            return
        if one.builder.take(line):
            one.idle_lines = 0
            return
        one.idle_lines += 1
        limit = IDLE_AFTER_KILL_MAX_LINES if one.builder.has_kill else IDLE_MAX_LINES
        if one.idle_lines > limit:
            self._close(key)

    def _begin(self, key: Key, line: LogLine) -> _Open:
        self._close(key)
        for other in [other for other, one in self._open.items() if one.is_done]:
            self._close(other)
        while len(self._open) >= OPEN_MAX_COUNT:
            self._close_oldest()
        host = self._host(line.host)
        builder = Builder(line, release=host.release, swap_kib=host.swap_kib)
        builder.earlier_kills = tuple(host.kills)
        self._number += 1
        one = self._open[key] = _Open(builder, self._number)
        return one

    def _host(self, name: str) -> LogHost:
        host = self._hosts.get(name)
        if host is None:
            if len(self._hosts) >= HOSTS_MAX_COUNT:
                self._hosts.pop(next(iter(self._hosts)))
            host = self._hosts[name] = LogHost()
        return host

    def _bound(self) -> None:
        """Gives up the oldest report when all together hold too many rows."""
        while sum(one.builder.rows_count for one in self._open.values()) > ROWS_MAX_COUNT:
            self._close_oldest()

    def _close_oldest(self) -> None:
        self._close(min(self._open, key=lambda key: self._open[key].number))

    def _close(self, key: Key) -> None:
        one = self._open.pop(key, None)
        if one is None:
            return
        report = one.builder.report()
        if not is_of_oom(report):
            return
        host = self._host(report.host)
        host.kills.extend((kill.pid_id, kill.comm) for kill in report.kills)
        if report.memory is not None and report.memory.swap_total_kib is not None:
            host.swap_kib = report.memory.swap_total_kib
        self._closed.append((one.number, report))

    def _in_order(self) -> Iterator[OomReport]:
        """Those before which nothing is open any more."""
        first = min((one.number for one in self._open.values()), default=self._number + 1)
        self._closed.sort(key=lambda pair: pair[0])
        ready = [report for number, report in self._closed if number < first]
        self._closed = self._closed[len(ready) :]
        yield from ready
