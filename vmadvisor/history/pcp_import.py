"""One archive of PCP into the history: read, told apart by host and boot, added, counted."""

from collections import Counter
from collections.abc import Collection, Iterator

from vmadvisor.collect.damage import DamageError
from vmadvisor.collect.pcp_files import is_archive, pcp_text
from vmadvisor.errors import ParseError, RootError
from vmadvisor.history.imported import Imported, require_ours
from vmadvisor.history.store import Store
from vmadvisor.model.calibration.host_identity import HostIdentity
from vmadvisor.model.calibration.model_id import model_id
from vmadvisor.model.past import Point, Replayed
from vmadvisor.model.pcp_points import PcpCourse, PcpMoment
from vmadvisor.model.replayed import Replay
from vmadvisor.sources.pcp_csv import PmrepReader
from vmadvisor.sources.pcp_json import Pcp2jsonReader, PcpItem, PcpZone
from vmadvisor.sources.pcp_record import PcpHost, PcpRecord, text_of

POINTS_MAX_COUNT = 100_000
"""Of one text of pcp2json, whose end tells whether its times are UTC. They take some 2 kB each until then."""

_BATCH_COUNT = 1000
TOO_MANY = f"only the first {POINTS_MAX_COUNT:,} records were taken: import it in parts (pmlogextract -S, -T)"
LOCAL_TIME = "its times are local, which is ambiguous: export it with -Z UTC"
NO_ZONE = "it breaks off before it says in what zone its times are: export it again, with -Z UTC"


class PcpImport:
    """Archives of one host, one after the other; a boot told by one goes on in the next."""

    def __init__(self, store: Store, names: Collection[str], since_utc_s: float | None) -> None:
        self._store = store
        self._names = names
        self._since_utc_s = since_utc_s
        self._begin()

    def _begin(self) -> None:
        self._course = PcpCourse()
        self._replay = Replay()

    def add(self, path: str) -> Imported:
        """Adds a file. ``RootError`` where it cannot be read, or is of another host: nothing is added."""
        try:
            return self._added(path)
        except RootError:
            self._begin()  # what was read of it holds for no other file
            raise

    def _added(self, path: str) -> Imported:
        found = _Archive(path, self._names)
        into = _Batches(self._store, is_kept_back=not is_archive(path))
        self._course.gaps.clear()
        for record in found.records():
            self._take(self._course.add(record), found, into)
        self._take(self._course.end_archive(), found, into)
        into.replayed += self._replay.end()
        found.require_whole()
        into.flush(self._identity(found))
        return into.imported(path, found.reader.gaps + self._course.gaps)

    def _take(self, moments: Iterator[PcpMoment], found: "_Archive", into: "_Batches") -> None:
        for moment in moments:
            point = moment.point
            if self._since_utc_s is None or point.time_utc_s >= self._since_utc_s:
                into.replayed += self._replay.add(point, moment.sample)
                into.add(point, self._identity(found))

    def _identity(self, found: "_Archive") -> HostIdentity:
        return HostIdentity(
            hostname=found.name,
            arch=self._course.machine,
            kernel_release=self._course.kernel_release,
            mem_total_kib=self._course.mem_total_kib,
        )


class _Archive:
    """The records of one file, of our host alone."""

    def __init__(self, path: str, names: Collection[str]) -> None:
        self._path = path
        self._names = names
        self._is_utc: bool | None = None
        self.reader = PmrepReader() if is_archive(path) else Pcp2jsonReader()
        self.name: str | None = None

    def records(self) -> Iterator[PcpRecord]:
        """``RootError`` at the first record of a host that is not ours."""
        host: PcpHost | None = None
        for item in self._items():
            if isinstance(item, PcpHost):
                host = item
            elif isinstance(item, PcpZone):
                self._is_utc = item.is_utc and self._is_utc is not False
            else:
                if host is not None:
                    self._require_ours(host, item)
                    host = None
                yield item

    def require_whole(self) -> None:
        """``RootError`` where its times turn out not to be UTC, or are not said to be."""
        if not isinstance(self.reader, Pcp2jsonReader):
            return
        if self._is_utc is False:
            raise RootError(f"{self._path}: {LOCAL_TIME}")
        if self.reader.has_bare_times and self._is_utc is None:
            raise RootError(f"{self._path}: {NO_ZONE}")

    def _require_ours(self, host: PcpHost, record: PcpRecord) -> None:
        """By the kernel's own name where it was logged: PCP's is the network's, or what its user called it."""
        own = text_of(record, "kernel.uname.nodename")
        name = own if own in self._names or host.hostname not in self._names else host.hostname
        require_ours(self._path, name or host.hostname, self._names)
        self.name = name or host.hostname

    def _items(self) -> Iterator[PcpItem]:
        reader = self.reader
        try:
            try:
                for text in pcp_text(self._path):
                    yield from reader.feed(text)
            except DamageError as error:
                reader.gaps[str(error)] += 1
            reader.end()
        except ParseError as error:
            raise RootError(f"{self._path}: {error}") from None


class _Batches:
    """Points on their way into the history; kept back until the file's end where that may refuse them."""

    def __init__(self, store: Store, *, is_kept_back: bool) -> None:
        self._store = store
        self._is_kept_back = is_kept_back
        self.replayed: list[Replayed] = []
        self.replayed_count = 0
        self._points: list[Point] = []
        self._last: list[Point] = []
        self._count = self._new_count = 0
        self._first_s: float | None = None
        self._last_s: float | None = None
        self._gaps: Counter[str] = Counter()

    def add(self, point: Point, host: HostIdentity) -> None:
        if self._is_kept_back and len(self._points) >= POINTS_MAX_COUNT:
            self._gaps[TOO_MANY] = 1
            return
        self._points.append(point)
        if not self._is_kept_back and len(self._points) >= _BATCH_COUNT:
            self.flush(host)

    def flush(self, host: HostIdentity) -> None:
        """All that is there; the last point of the batch before goes with it, for kills between the two."""
        for start in range(0, len(self._points), _BATCH_COUNT):
            batch = self._points[start : start + _BATCH_COUNT]
            self._new_count += self._store.append_points(self._last + batch, host)
            self._last = batch[-1:]
            self._count += len(batch)
            times_s = [point.time_utc_s for point in batch]
            self._first_s = min([*times_s, *([] if self._first_s is None else [self._first_s])])
            self._last_s = max([*times_s, *([] if self._last_s is None else [self._last_s])])
        self._points.clear()
        found, self.replayed = self.replayed, []
        self.replayed_count += self._store.append_replayed(found, model_id=model_id(), host=host)

    def imported(self, path: str, gaps: Counter[str]) -> Imported:
        return Imported(
            path=path,
            points_count=self._count,
            new_count=self._new_count,
            first_utc_s=self._first_s,
            last_utc_s=self._last_s,
            gaps=dict(gaps + self._gaps),
            replayed_count=self.replayed_count,
        )
