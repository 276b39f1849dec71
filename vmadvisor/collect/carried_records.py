"""The registry's records while a recording goes by: what a tick does not hold stays, with its own time.

A text that is the same as before is not parsed again: only its record's time is new.
"""

from collections.abc import Iterable, Iterator, Mapping

from vmadvisor.collect.budget import Budget
from vmadvisor.collect.deadline import Deadline
from vmadvisor.collect.memory_tree import MemoryTree
from vmadvisor.collect.source_records import SourceRecords
from vmadvisor.snapshot import Gap, Timed
from vmadvisor.sources import AnySource, FileSource

RECORDS_MAX_BYTES = 64 * 2**20

Families = Mapping[type, Mapping[str, Timed]]


class CarriedRecords:
    """``put`` the files of a tick, then ``update``; records, families and gaps are new objects then."""

    __slots__ = (
        "_budget",
        "_changed",
        "_families",
        "_gaps",
        "_of_directory",
        "_of_path",
        "_reread",
        "_sources",
        "_tree",
        "families",
        "records",
    )  # fmt: skip

    def __init__(self, sources: Iterable[AnySource]) -> None:
        self._sources = tuple(sources)
        self._tree = MemoryTree({})
        self._of_path = {s.path: s for s in self._sources if isinstance(s, FileSource)}
        self._of_directory = {s.path: s for s in self._sources if not isinstance(s, FileSource)}
        self._families = [s for s in self._of_directory.values() if "*" in s.path]
        self._changed: dict[type, AnySource] = {s.record: s for s in self._sources}
        self._reread: dict[type, Timed] = {}
        self._gaps: dict[type, list[Gap]] = {}
        self._budget = Budget(RECORDS_MAX_BYTES)
        self.records: Mapping[type, Timed] = {}
        self.families: Families = {}

    def put(self, path: str, data: bytes, time_s: float) -> None:
        """A file of a tick."""
        self._budget.take(path, data)
        known = self._tree.put(path, data, time_s)
        if known is not None:
            self._budget.give_back(path, known)
        source = self._source_of(path)
        if source is None:
            return
        timed = self.records.get(source.record)
        if known == data and timed is not None and isinstance(source, FileSource):
            self._reread[source.record] = Timed(time_s=time_s, record=timed.record)
        else:
            self._changed[source.record] = source

    def update(self) -> None:
        """Parses what has changed."""
        records = {**self.records, **self._reread}
        families = dict(self.families)
        for source in self._changed.values():
            read = SourceRecords(self._tree, Deadline(None))
            read.read((source,), {})
            records.pop(source.record, None)
            families.pop(source.record, None)
            records.update(read.records)
            families.update(read.families)
            self._gaps[source.record] = read.gaps
        self.records, self.families = records, families
        self._reread, self._changed = {}, {}

    def gaps(self) -> list[Gap]:
        """What the newest text of each source does not tell, in the registry's order."""
        return [gap for source in self._sources for gap in self._gaps.get(source.record, ())]

    def _source_of(self, path: str) -> AnySource | None:
        source = self._of_path.get(path)
        if source is not None:
            return source
        directory = path.rpartition("/")[0]
        found = self._of_directory.get(directory)
        return found if found is not None else next(self._families_of(directory), None)

    def _families_of(self, directory: str) -> Iterator[AnySource]:
        for source in self._families:
            before, after = source.path.split("*", 1)
            if directory.startswith(before) and directory.endswith(after):
                yield source
