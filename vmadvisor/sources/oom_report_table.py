"""The task table of an OOM report (``mm/oom_kill.c:dump_tasks``), whose columns the header names.

    [ pid ]   uid  tgid total_vm      rss cpu oom_adj name                           until 2.6.35
    [ pid ]   uid  tgid total_vm      rss cpu oom_adj oom_score_adj name             2.6.36 to 3.6, RHEL 6
    [ pid ]   uid  tgid total_vm      rss nr_ptes swapents oom_score_adj name        3.7 to 3.19
    [ pid ]   uid  tgid total_vm      rss nr_ptes nr_pmds swapents oom_score_adj name         4.0 to 4.14
    [  pid  ]   uid  tgid total_vm      rss pgtables_bytes swapents oom_score_adj name        4.15 to 6.6
    [  pid  ]   uid  tgid total_vm  rss rss_anon rss_file rss_shmem pgtables_bytes swapents ... name  6.7+

A row's pid is the leader's, or that of the thread which still has memory. ``name`` is the rest of the
line, whatever it holds. Without a header a row cannot be read: 3.6's and 3.7's look the same.
"""

import re
from functools import lru_cache

from vmadvisor.sources.oom_report import OomTable, OomTask

ROWS_MAX_COUNT = 50_000
"""More tasks than any log keeps of one report; a row costs some 300 bytes."""

UNSIGNED_MAX = 2**63

HEADER = re.compile(r"\[ *pid *\]((?: +[a-z_]{2,20}){3,20}?) +name\s*$", re.ASCII)
HEADER_START = re.compile(r"\[ *pid *\] +uid ", re.ASCII)
ROW_START = re.compile(r"\[ *\d{1,10}\] +-?\d", re.ASCII)
_NEEDED = ("uid", "tgid", "total_vm", "rss")
_ADJS = ("oom_score_adj", "oom_adj")
_OPTIONAL = ("nr_ptes", "nr_pmds", "pgtables_bytes", "swapents")
_NOT_SIZES = frozenset({"uid", "tgid", *_ADJS})
_OOM_ADJ_DISABLE = -17
_COMM_MAX_CHARS = 64
_ADJ_MAX = 1000


class TableReader:
    """Takes a header, then rows."""

    __slots__ = (
        "_line",
        "_places",
        "_row",
        "_sizes",
        "columns",
        "dropped_count",
        "has_state_line",
        "malformed_count",
        "tasks",
    )

    def __init__(self) -> None:
        self.columns: tuple[str, ...] = ()
        self.tasks: list[OomTask] = []
        self.malformed_count = 0
        self.dropped_count = 0
        self.has_state_line = False
        self._row: re.Pattern[str] | None = None
        self._line: re.Pattern[str] | None = None
        self._places: dict[str, int] = {}
        self._sizes: tuple[int, ...] = ()

    def header(self, text: str) -> bool:
        """Takes a header line; false where it is none, or not one of a table that has what counts."""
        match = HEADER.match(text)
        columns = tuple(match[1].split()) if match else ()
        if not columns or any(name not in columns for name in _NEEDED):
            return False
        if not {"oom_score_adj", "oom_adj"} & set(columns):
            return False
        self.columns = columns
        # The last of a name counts; place 0 is the pid in brackets.
        self._places = {name: index for index, name in enumerate(columns, 1)}
        self._sizes = tuple(index for name, index in self._places.items() if name not in _NOT_SIZES)
        self._row, self._line = _patterns(columns)
        return True

    def is_row(self, text: str) -> bool:
        """A row with all its columns."""
        return self._row is not None and self._row.match(text) is not None

    def take_whole(self, text: str) -> bool:
        """Takes a row with all its columns; false where it is none."""
        match = self._row.match(text) if self._row is not None else None
        if match is None:
            return False
        self._keep(match.groups())
        return True

    def take_lines(self, text: str, position: int, *, head: str, caller: str) -> int:
        """Takes plain rows that follow one another, each after ``head`` and from ``caller``; where they end.

        What is not plain (another head, a name of odd bytes) is left to who reads line by line.
        """
        if self._line is None:
            return position
        match = self._line.match
        while text.startswith(head, position):
            found = match(text, position + len(head))
            if found is None or (found[1] or "") != caller:
                break
            self._keep(found.groups()[1:])
            position = found.end()
        return position

    def _keep(self, groups: tuple[str, ...]) -> None:
        task = self._task(groups)
        if task is None:
            self.malformed_count += 1
        elif len(self.tasks) >= ROWS_MAX_COUNT:
            self.dropped_count += 1
        else:
            self.tasks.append(task)

    def row(self, text: str) -> None:
        """Takes a row; what cannot be read is counted."""
        if not self.take_whole(text):
            self.malformed_count += 1

    def _task(self, groups: tuple[str, ...]) -> OomTask | None:
        *texts, comm = groups
        numbers = list(map(int, texts))
        place = self._places
        pid, uid, tgid = numbers[0], numbers[place["uid"]], numbers[place["tgid"]]
        adj = _adj(*(numbers[place[name]] if name in place else None for name in _ADJS))
        sizes = (pid, tgid, *(numbers[index] for index in self._sizes))
        if min(sizes) < 0 or not pid or not tgid or not -_ADJ_MAX <= adj <= _ADJ_MAX:
            return None  # no kernel prints these: a damaged row
        ptes, pmds, tables, swapents = (
            numbers[place[name]] if name in place else None for name in _OPTIONAL
        )
        return OomTask(
            pid,
            uid,
            tgid,
            numbers[place["total_vm"]],
            numbers[place["rss"]],
            None if ptes is None else ptes + (pmds or 0),
            tables,
            swapents,
            adj,
            comm,
        )

    def table(self) -> OomTable | None:
        """What was read; ``None`` where nothing was."""
        if not self.columns and not self.malformed_count:
            return None
        return OomTable(
            columns=self.columns,
            tasks=tuple(self.tasks),
            malformed_count=self.malformed_count,
            dropped_count=self.dropped_count,
            has_state_line=self.has_state_line,
        )


@lru_cache(maxsize=16)
def _patterns(columns: tuple[str, ...]) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """(a row, a line with a row and nothing odd, its caller first); a log has few kinds of tables."""
    numbers = r"\s+(-?\d{1,19})" * len(columns)
    row = rf"\[ *(\d{{1,10}})\]{numbers} "
    plain = numbers.replace(r"\s+", " +")
    return (
        re.compile(rf"{row}(.{{0,{_COMM_MAX_CHARS}}})", re.ASCII),
        re.compile(
            r"(?:\[ *\d{1,10}\.\d{1,9}\](?:\[ *([TC]\d{1,10})\])? )?"
            rf"\[ *(\d{{1,10}})\]{plain} ([^\[\n\r\0\x1b]{{0,{_COMM_MAX_CHARS}}})\n",
            re.ASCII,
        ),
    )


def _adj(score_adj: int | None, old_adj: int | None) -> int:
    """oom_score_adj; before 2.6.36 oom_adj in its scale (``fs/proc/base.c:oom_adj_write``)."""
    if score_adj is not None:
        return score_adj
    old_adj = old_adj or 0
    return -_ADJ_MAX if old_adj == _OOM_ADJ_DISABLE else old_adj * _ADJ_MAX // -_OOM_ADJ_DISABLE
