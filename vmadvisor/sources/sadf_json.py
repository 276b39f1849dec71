"""What ``sadf -j`` prints of sysstat's archives, as it comes (sysstat's ``json_stats.c``, ``sadf_misc.c``).

    {"sysstat": {"hosts": [{"nodename": "db1", "release": "6.12.94", "machine": "x86_64", ...,
        "statistics": [
            {"timestamp": {"date": "2026-11-27", "time": "08:50:01", "utc": 1, "interval": 600},
             "swap-pages": {"pswpin": 1.25, ...}, "paging": {"majflt": 7.50, "pgscank": 12.00, ...},
             "memory": {"memfree": 204800, "avail": 512000, "shared": 3072, "swpfree": 1024, ...},
             "psi": {"psi-mem": {"some_avg": 2.50, "full_avg": 1.25, ...}, ...}}, ...],
        "restarts": [{"boot": {"date": "2026-11-27", "time": "08:41:57", "utc": 1, "cpu_count": 2}}]}]}}

"utc": 1 became "tz": "UTC" in 12.7; "avail" came with 11.5, "psi" with 12.3, "shared" with 12.7. Kernels without
MemAvailable are said to have 0 of it. ``pgsteal`` is left out: it does not tell who freed, and up to 12.7 it counts
twice what newer kernels list by kind too.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping

from vmadvisor.errors import ParseError
from vmadvisor.records import dataclass
from vmadvisor.sources.log_time import us_of_iso

HEAD_MAX_CHARS = 2**20
RECORD_MAX_CHARS = 4 * 2**20
"""A record of a host with thousands of disks and CPUs takes some hundred kB."""

_NAME_MAX_CHARS = 255
_RATE_MAX = 1e12
"""Pages a second. sadf prints 1.8e19 over the interval where a counter went back."""

_KIB_MAX = 2**53
_PCT_MAX = 101.0
"""Clocks are read one after the other; more than that is no share of time."""

_HOSTS = re.compile(r'(?<!\\)"hosts"\s*:\s*\[')
_STATISTICS = re.compile(r'(?<!\\)"statistics"\s*:\s*\[')
_RESTARTS = re.compile(r'(?<!\\)"restarts"\s*:\s*(?=\[)')
_RECORD = re.compile(r'\{\s*"timestamp"\s*:')
_SPACE = re.compile(r"[\s,]*")
_DAY_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)", re.ASCII)
_KEY_CHARS = 64

HEAD_DAMAGED = "what it says of its host is no JSON"
RECORD_DAMAGED = "a record is damaged"
RECORD_LONG = "a record is longer than any that sadf prints: what follows is not read"
BREAKS_OFF = "it breaks off: what is whole was taken"
BOOTS_LOST = "it breaks off before the restarts: boots are not told apart"
LOCAL_TIME = "a record has local time, which is ambiguous: export it without -t and -T"
NOT_A_TIME = "a record has no time"
NOT_A_NUMBER = "a number is not what sadf counts (a counter went back): it is left out"


@dataclass(frozen=True, slots=True, kw_only=True)
class SarHost:
    """Of whom the records that follow are; ``None`` where it is not said."""

    nodename: str | None
    machine: str | None
    release: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SarBoot:
    """sysstat's LINUX RESTART: what is later is of another boot."""

    time_utc_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SarMoment:
    """One record: gauges at its end, rates and shares of time as means over the time before it."""

    time_utc_s: float
    scan_kswapd_pages_per_s: float | None
    scan_direct_pages_per_s: float | None
    majfault_per_s: float | None
    swapin_pages_per_s: float | None
    swapout_pages_per_s: float | None
    memory_some_pct: float | None
    memory_full_pct: float | None
    io_full_pct: float | None
    free_kib: int | None
    available_kib: int | None
    shmem_kib: int | None
    swap_free_kib: int | None
    swap_used_kib: int | None


SarItem = SarHost | SarBoot | SarMoment


class SadfReader:
    """Text in, in pieces of any size; what is whole comes out, and ``gaps`` counts what was lost.

    The text may hold several outputs, one after the other. Raises ``ParseError`` for other text.
    """

    __slots__ = ("_has_boots", "_position", "_state", "_text", "gaps")

    def __init__(self) -> None:
        self.gaps: Counter[str] = Counter()
        self._text = ""
        self._position = 0
        self._state = self._head
        self._has_boots = False

    def feed(self, text: str) -> Iterator[SarItem]:
        """What has become whole with this piece.

        >>> reader = SadfReader()
        >>> list(reader.feed('{"sysstat": {"hosts": [{"nodename": "db1", "statistics": ['))
        [SarHost(nodename='db1', machine=None, release=None)]
        """
        self._text = self._text[self._position :] + text
        self._position = 0
        while (found := self._state()) is not None:
            yield from found

    def end(self) -> None:
        """Nothing follows: notes what is missing. Raises ``ParseError`` where there was no host at all."""
        if self._state == self._head:
            raise ParseError("expected what sadf -j prints: a host with its statistics")
        if self._state == self._records:
            self.gaps[BREAKS_OFF] += 1
        if not self._has_boots and not "".join(self._text.split()).endswith("]}}"):
            self.gaps[BOOTS_LOST] += 1

    def _head(self) -> list[SarItem] | None:
        match = _STATISTICS.search(self._text, self._position)
        if match is None:
            if len(self._text) > HEAD_MAX_CHARS:
                raise ParseError("expected what sadf -j prints: a host with its statistics")
            return None
        head = self._text[self._position : match.start()]
        self._position, self._state = match.end(), self._records
        hosts = list(_HOSTS.finditer(head))
        found = _object(head[hosts[-1].end() if hosts else 0 :].rstrip().rstrip(",") + "}")
        if not hosts or found is None:
            self.gaps[HEAD_DAMAGED] += 1
            found = {}
        self._has_boots = "restarts" in found
        names = {key: _name(found.get(key)) for key in ("nodename", "machine", "release")}
        return [SarHost(**names), *self._boots(found.get("restarts"))]

    def _records(self) -> list[SarItem] | None:
        start = self._start()
        if start is None:
            return None
        if self._text[start] == "]":
            self._position, self._state = start + 1, self._tail
            return []
        found, end = _decoded(self._text, start)
        if end is None:
            return self._damaged(start)
        self._position = end
        moment = self._moment(found) if isinstance(found, dict) else None
        return [] if moment is None else [moment]

    def _damaged(self, start: int) -> list[SarItem] | None:
        """Goes on at the next record, at what stands behind the records, or waits for more text."""
        for pattern, state in ((_RECORD, self._records), (_RESTARTS, self._tail)):
            match = pattern.search(self._text, start + 1)
            if match is not None:
                self.gaps[RECORD_DAMAGED] += 1
                self._position, self._state = match.start(), state
                return []
        if len(self._text) - start > RECORD_MAX_CHARS:
            self.gaps[RECORD_LONG] += 1
            self._state = self._rest
        return None

    def _tail(self) -> list[SarItem] | None:
        restarts = _RESTARTS.search(self._text, self._position)
        hosts = _HOSTS.search(self._text, self._position)
        if hosts is not None and (restarts is None or hosts.start() < restarts.start()):
            self._position, self._state = hosts.start(), self._head
            return []
        if restarts is None:
            self._position = max(self._position, len(self._text) - _KEY_CHARS)
            return None
        found, end = _decoded(self._text, restarts.end())
        if end is None:
            self._position = restarts.start()
            if len(self._text) - self._position > HEAD_MAX_CHARS:
                self.gaps[BOOTS_LOST] += 1
                self._position = restarts.end()
                return []
            return None
        self._position, self._has_boots = end, True
        return self._boots(found)

    def _rest(self) -> None:
        self._position = len(self._text)

    def _start(self) -> int | None:
        match = _SPACE.match(self._text, self._position)
        start = self._position if match is None else match.end()
        return start if start < len(self._text) else None

    def _boots(self, found: object) -> list[SarItem]:
        entries = found if isinstance(found, list) else []
        boots = (entry.get("boot") for entry in entries if isinstance(entry, dict))
        times_s = [self._time_s(boot) for boot in boots]
        return [SarBoot(time_utc_s=time_s) for time_s in times_s if time_s is not None]

    def _time_s(self, stamp: object) -> float | None:
        found = stamp if isinstance(stamp, dict) else {}
        date, time = found.get("date"), found.get("time")
        if not isinstance(date, str) or not isinstance(time, str) or not _DAY_TIME.fullmatch(time):
            self.gaps[NOT_A_TIME] += 1
            return None
        if found.get("utc") != 1 and found.get("tz") != "UTC":
            self.gaps[LOCAL_TIME] += 1
            return None
        us = us_of_iso(f"{date}T{time}Z")
        if us is None:
            self.gaps[NOT_A_TIME] += 1
            return None
        return us / 1e6

    def _moment(self, record: Mapping[str, object]) -> SarMoment | None:
        time_s = self._time_s(record.get("timestamp"))
        if time_s is None:
            return None
        paging, swap = _part(record, "paging"), _part(record, "swap-pages")
        memory, psi = _part(record, "memory"), _part(record, "psi")
        pressure, disks = _part(psi, "psi-mem"), _part(psi, "psi-io")
        return SarMoment(
            time_utc_s=time_s,
            scan_kswapd_pages_per_s=self._number(paging, "pgscank", _RATE_MAX),
            scan_direct_pages_per_s=self._number(paging, "pgscand", _RATE_MAX),
            majfault_per_s=self._number(paging, "majflt", _RATE_MAX),
            swapin_pages_per_s=self._number(swap, "pswpin", _RATE_MAX),
            swapout_pages_per_s=self._number(swap, "pswpout", _RATE_MAX),
            memory_some_pct=self._number(pressure, "some_avg", _PCT_MAX),
            memory_full_pct=self._number(pressure, "full_avg", _PCT_MAX),
            io_full_pct=self._number(disks, "full_avg", _PCT_MAX),
            free_kib=self._kib(memory, "memfree"),
            available_kib=self._kib(memory, "avail"),
            shmem_kib=self._kib(memory, "shared"),
            swap_free_kib=self._kib(memory, "swpfree"),
            swap_used_kib=self._kib(memory, "swpused"),
        )

    def _number(self, part: Mapping[str, object], key: str, most: float) -> float | None:
        value = part.get(key)
        if value is None:
            return None
        if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value <= most:
            self.gaps[NOT_A_NUMBER] += 1
            return None
        return float(value)

    def _kib(self, part: Mapping[str, object], key: str) -> int | None:
        value = self._number(part, key, _KIB_MAX)
        return None if value is None else int(value)


_DECODER = json.JSONDecoder(parse_constant=lambda _: None)


def _decoded(text: str, start: int) -> tuple[object, int | None]:
    """(value, where it ends); no end where it is damaged, or not all there yet."""
    try:
        return _DECODER.raw_decode(text, start)
    except (ValueError, RecursionError):
        return None, None


def _object(text: str) -> dict[str, object] | None:
    start = text.find("{")
    found, _ = _decoded(text, start) if start >= 0 else (None, None)
    return found if isinstance(found, dict) else None


def _part(whole: Mapping[str, object], key: str) -> Mapping[str, object]:
    found = whole.get(key)
    return found if isinstance(found, dict) else {}


def _name(value: object) -> str | None:
    return value[:_NAME_MAX_CHARS] if isinstance(value, str) and value else None
