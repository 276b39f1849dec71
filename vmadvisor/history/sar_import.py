"""One archive of sysstat into the history: read, told apart by host and boot, added, counted."""

from collections.abc import Collection, Iterator, Mapping, Sequence

from vmadvisor.collect.damage import DamageError
from vmadvisor.collect.sar_files import sar_text
from vmadvisor.errors import ParseError, RootError
from vmadvisor.history.store import Store
from vmadvisor.model.calibration.host_identity import HostIdentity
from vmadvisor.model.past import Point
from vmadvisor.model.sar_points import points_of
from vmadvisor.records import dataclass
from vmadvisor.sources.sadf_json import SadfReader, SarItem
from vmadvisor.sources.sadf_record import SarBoot, SarHost, SarMoment

MOMENTS_MAX_COUNT = 90_000
"""Of one file: a day at one record a second. They take 0.6 kB each until they are stored."""

_BATCH_COUNT = 1000
TOO_MANY = (
    f"only the first {MOMENTS_MAX_COUNT:,} records were taken: import it in parts (sadf -s, -e)"
)
TELLS_NOTHING = "a record tells nothing of memory: export it with -B -r ALL -S -W -q MEM,IO"


def other_host(name: str, names: Collection[str]) -> str:
    """Why a file is refused.

    >>> other_host("db2", ["db1"])
    'it is of db2, the history is of db1; --host db2 takes it all the same'
    """
    return f"it is of {name}, the history is of {' or '.join(names)}; --host {name} takes it all the same"


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What came of one file: points found, those that were new, their time, what was lost and how often."""

    path: str
    points_count: int
    new_count: int
    first_utc_s: float | None
    last_utc_s: float | None
    gaps: Mapping[str, int]


def imported(
    path: str, points: Sequence[Point], new_count: int, gaps: Mapping[str, int]
) -> Imported:
    """What came of a file that holds these points."""
    times_s = [point.time_utc_s for point in points]
    return Imported(
        path=path,
        points_count=len(points),
        new_count=new_count,
        first_utc_s=min(times_s, default=None),
        last_utc_s=max(times_s, default=None),
        gaps=dict(gaps),
    )


class SarImport:
    """Files of one host, one after the other; a restart told by one holds for the next."""

    def __init__(self, store: Store, names: Collection[str]) -> None:
        self._store = store
        self._names = names
        self._boots_s: list[float] = []

    def add(self, path: str) -> Imported:
        """Adds a file. ``RootError`` where it cannot be read, or is of another host: nothing is added."""
        reader = SadfReader()
        hosts: list[SarHost] = []
        moments: list[SarMoment] = []
        for item in _items(path, reader):
            if isinstance(item, SarHost):
                self._require_ours(path, item)
                hosts.append(item)
            elif isinstance(item, SarBoot):
                self._boots_s.append(item.time_utc_s)
            elif len(moments) < MOMENTS_MAX_COUNT:
                moments.append(item)
            else:
                reader.gaps[TOO_MANY] = 1
        return self._stored(path, hosts[-1], moments, reader)

    def _require_ours(self, path: str, host: SarHost) -> None:
        if host.nodename is None:
            raise RootError(f"{path}: it does not say of which host it is")
        if host.nodename not in self._names:
            raise RootError(f"{path}: {other_host(host.nodename, self._names)}")

    def _stored(
        self, path: str, host: SarHost, moments: list[SarMoment], reader: SadfReader
    ) -> Imported:
        identity = HostIdentity(
            hostname=host.nodename, arch=host.machine, kernel_release=host.release
        )
        points = list(points_of(moments, self._boots_s))
        if len(points) < len(moments):
            reader.gaps[TELLS_NOTHING] += len(moments) - len(points)
        new_count = sum(
            self._store.append_points(points[start : start + _BATCH_COUNT], identity)
            for start in range(0, len(points), _BATCH_COUNT)
        )
        return imported(path, points, new_count, reader.gaps)


def _items(path: str, reader: SadfReader) -> Iterator[SarItem]:
    try:
        try:
            for text in sar_text(path):
                yield from reader.feed(text)
        except DamageError as error:
            reader.gaps[str(error)] += 1
        reader.end()
    except ParseError as error:
        raise RootError(f"{path}: {error}") from None
