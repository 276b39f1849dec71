"""One archive of sysstat into the history: read, told apart by host and boot, added, counted."""

from collections.abc import Collection, Iterator

from vmadvisor.collect.damage import DamageError
from vmadvisor.collect.sar_files import sar_text
from vmadvisor.errors import ParseError, RootError
from vmadvisor.history.imported import Imported, imported, require_ours
from vmadvisor.history.store import Store
from vmadvisor.model.calibration.host_identity import HostIdentity
from vmadvisor.model.sar_points import points_of
from vmadvisor.sources.sadf_json import SadfReader, SarItem
from vmadvisor.sources.sadf_record import SarBoot, SarHost, SarMoment

MOMENTS_MAX_COUNT = 90_000
"""Of one file: a day at one record a second. They take 0.6 kB each until they are stored."""

_BATCH_COUNT = 1000
TOO_MANY = (
    f"only the first {MOMENTS_MAX_COUNT:,} records were taken: import it in parts (sadf -s, -e)"
)
TELLS_NOTHING = "a record tells nothing of memory: export it with -B -r ALL -S -W -q MEM,IO"


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
                require_ours(path, item.nodename, self._names)
                hosts.append(item)
            elif isinstance(item, SarBoot):
                self._boots_s.append(item.time_utc_s)
            elif len(moments) < MOMENTS_MAX_COUNT:
                moments.append(item)
            else:
                reader.gaps[TOO_MANY] = 1
        return self._stored(path, hosts[-1], moments, reader)

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
