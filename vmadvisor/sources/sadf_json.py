"""What ``sadf -j`` prints of sysstat's archives, as it comes (sysstat's ``json_stats.c``, ``sadf_misc.c``).

    {"sysstat": {"hosts": [{"nodename": "db1", "release": "6.12.94", "machine": "x86_64", ...,
        "statistics": [
            {"timestamp": {"date": "2026-11-27", "time": "08:50:01", "utc": 1, "interval": 600},
             "swap-pages": {"pswpin": 1.25, ...}, "paging": {"majflt": 7.50, "pgscank": 12.00, ...},
             "memory": {"memfree": 204800, "avail": 512000, "shared": 3072, "swpfree": 1024, ...},
             "psi": {"psi-mem": {"some_avg": 2.50, "full_avg": 1.25, ...}, ...}}, ...],
        "restarts": [{"boot": {"date": "2026-11-27", "time": "08:41:57", "utc": 1, "cpu_count": 2}}]}]}}

A record is what ``sadf_record`` knows. Nodenames are printed as they are, so they may break the JSON.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator

from vmadvisor.errors import ParseError
from vmadvisor.sources.sadf_record import SarBoot, SarHost, SarMoment, boots_of, host_of, moment_of

SarItem = SarHost | SarBoot | SarMoment

HEAD_MAX_CHARS = 2**20
RECORD_MAX_CHARS = 4 * 2**20
"""A record of a host with thousands of disks and CPUs takes some hundred kB."""

_HOSTS = re.compile(r'(?<!\\)"hosts"\s*:\s*\[')
_STATISTICS = re.compile(r'(?<!\\)"statistics"\s*:\s*\[')
_RESTARTS = re.compile(r'(?<!\\)"restarts"\s*:\s*(?=\[)')
_RECORD = re.compile(r'\{\s*"timestamp"\s*:')
_SPACE = re.compile(r"[\s,]*")
_KEY_CHARS = 64

HEAD_DAMAGED = "what it says of its host is no JSON"
RECORD_DAMAGED = "a record is damaged"
RECORD_LONG = "a record is longer than any that sadf prints: what follows is not read"
BREAKS_OFF = "it breaks off: what is whole was taken"
BOOTS_LOST = "it breaks off before the restarts: boots are not told apart"


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
        return [host_of(found), *boots_of(found.get("restarts"), self.gaps)]

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
        moment = moment_of(found, self.gaps) if isinstance(found, dict) else None
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
        return [*boots_of(found, self.gaps)]

    def _rest(self) -> None:
        self._position = len(self._text)

    def _start(self) -> int | None:
        match = _SPACE.match(self._text, self._position)
        start = self._position if match is None else match.end()
        return start if start < len(self._text) else None


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
