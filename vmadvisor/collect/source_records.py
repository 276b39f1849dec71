"""The registry's files of one tree as records: one loop, one policy for what cannot be read."""

import errno
from collections.abc import Iterable, Mapping

from vmadvisor.collect.deadline import Deadline
from vmadvisor.collect.tree import Tree, reason_of, text_of
from vmadvisor.errors import ParseError
from vmadvisor.snapshot import Gap, Timed
from vmadvisor.sources import AnySource, DirectorySource, FileSource

_ABSENT = frozenset({errno.ENOENT, errno.ENOTDIR, errno.ENODEV})
_PSI_OFF = "not supported (psi=0)"


class SourceRecords:
    """What was read so far, and what was not."""

    __slots__ = ("_deadline", "_tree", "families", "gaps", "records")

    def __init__(self, tree: Tree, deadline: Deadline) -> None:
        self._tree = tree
        self._deadline = deadline
        self.records: dict[type, Timed] = {}
        self.families: dict[type, dict[str, Timed]] = {}
        self.gaps: list[Gap] = []

    def read(self, sources: Iterable[AnySource], reused: Mapping[type, Timed]) -> None:
        """Reads every source but those whose earlier reading is ``reused``."""
        for source in sources:
            if source.record in reused:
                self.records[source.record] = reused[source.record]
            elif self._deadline.is_over():
                self._gap(source.path, f"not reached within {self._deadline.limit_s:g} s", source)
            elif isinstance(source, FileSource):
                self._read_file(source)
            elif "*" in source.path:
                self._read_family(source)
            else:
                timed = self._read_directory(source, source.path)
                if timed is not None:
                    self.records[source.record] = timed
                elif not source.optional and not self._has_gap_below(source.path):
                    self._gap(source.path, "no such directory", source)

    def _gap(self, path: str, reason: str, source: AnySource) -> None:
        self.gaps.append(Gap(path=f"/{path}", reason=reason, cost=source.cost))

    def _has_gap_below(self, path: str) -> bool:
        return any(gap.path.startswith(f"/{path}") for gap in self.gaps)

    def _read_file(self, source: FileSource[object]) -> None:
        found = self._text(source.path, source)
        if found is None:
            return
        text, time_s = found
        try:
            self.records[source.record] = Timed(time_s=time_s, record=source.parse(text))
        except ParseError as error:
            self._gap(source.path, str(error), source)

    def _text(self, path: str, source: AnySource) -> tuple[str, float] | None:
        """The file's text; ``None``, and a gap where it is missed."""
        try:
            data, time_s = self._tree.read(path)
        except OSError as error:
            is_missed = not source.optional and isinstance(source, FileSource)
            if error.errno not in _ABSENT or is_missed:
                self._gap(path, _reason(path, error), source)
            return None
        return text_of(data), time_s

    def _read_family(self, source: DirectorySource[object]) -> None:
        """One record for every directory that the star stands for."""
        parent, _, pattern = source.path.rpartition("/")
        before, after = pattern.split("*", 1)
        try:
            names = self._tree.names(parent)
        except OSError as error:
            if error.errno not in _ABSENT or not source.optional:
                self._gap(parent, reason_of(error), source)
            return
        family: dict[str, Timed] = {}
        for name in names:
            key = name[len(before) : len(name) - len(after)]
            if not key or name != f"{before}{key}{after}":
                continue
            timed = self._read_directory(source, f"{parent}/{name}")
            if timed is not None:
                family[key] = timed
        if family:
            self.families[source.record] = family
        elif not source.optional and not self._has_gap_below(parent):
            self._gap(source.path, "no such directory", source)

    def _read_directory(self, source: DirectorySource[object], directory: str) -> Timed | None:
        """One record of several files; ``None`` where none of them could be read."""
        texts: dict[str, str] = {}
        times_s: list[float] = []
        for name in source.names:
            found = self._text(f"{directory}/{name}", source)
            if found is not None:
                texts[name] = found[0]
                times_s.append(found[1])
        if not texts:
            return None
        try:
            return Timed(time_s=max(times_s), record=source.parse(texts))
        except ParseError as error:
            self._gap(directory, str(error), source)
            return None


def _reason(path: str, error: OSError) -> str:
    if error.errno == errno.EOPNOTSUPP and path.startswith("proc/pressure/"):
        return _PSI_OFF
    return reason_of(error)
