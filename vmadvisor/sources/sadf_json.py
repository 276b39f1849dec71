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

import re
from collections.abc import Mapping

from vmadvisor.sources._json_records import HEAD_MAX_CHARS, JsonRecords, decoded, object_in
from vmadvisor.sources.sadf_record import SarBoot, SarHost, SarMoment, boots_of, host_of, moment_of

SarItem = SarHost | SarBoot | SarMoment

_HOSTS = re.compile(r'(?<!\\)"hosts"\s*:\s*\[')
_STATISTICS = re.compile(r'(?<!\\)"statistics"\s*:\s*\[')
_RESTARTS = re.compile(r'(?<!\\)"restarts"\s*:\s*(?=\[)')
_RECORD = re.compile(r'\{\s*"timestamp"\s*:')

HEAD_DAMAGED = "what it says of its host is no JSON"
BOOTS_LOST = "it breaks off before the restarts: boots are not told apart"


class SadfReader(JsonRecords[SarItem]):
    """Text in, in pieces of any size; what is whole comes out, and ``gaps`` counts what was lost.

    The text may hold several outputs, one after the other. Raises ``ParseError`` for other text.

    >>> reader = SadfReader()
    >>> list(reader.feed('{"sysstat": {"hosts": [{"nodename": "db1", "statistics": ['))
    [SarHost(nodename='db1', machine=None, release=None)]
    """

    __slots__ = ("_has_boots",)

    _wanted = "sadf -j prints: a host with its statistics"
    _records_begin = _STATISTICS
    _record_begins = _RECORD
    _tail_begins = _RESTARTS

    def __init__(self) -> None:
        super().__init__()
        self._has_boots = False

    def end(self) -> None:
        """Nothing follows: notes what is missing. Raises ``ParseError`` where there was no host at all."""
        super().end()
        if not self._has_boots and not "".join(self._text.split()).endswith("]}}"):
            self.gaps[BOOTS_LOST] += 1

    def _head_of(self, head: str) -> list[SarItem]:
        hosts = list(_HOSTS.finditer(head))
        found = object_in(head[hosts[-1].end() if hosts else 0 :].rstrip().rstrip(",") + "}")
        if not hosts or found is None:
            self.gaps[HEAD_DAMAGED] += 1
            found = {}
        self._has_boots = "restarts" in found
        return [host_of(found), *boots_of(found.get("restarts"), self.gaps)]

    def _item_of(self, found: Mapping[str, object]) -> SarItem | None:
        return moment_of(found, self.gaps)

    def _tail(self) -> list[SarItem] | None:
        restarts = _RESTARTS.search(self._text, self._position)
        hosts = _HOSTS.search(self._text, self._position)
        if hosts is not None and (restarts is None or hosts.start() < restarts.start()):
            self._position, self._state = hosts.start(), self._head
            return []
        if restarts is None:
            self._keep_key()
            return None
        found, end = decoded(self._text, restarts.end())
        if end is None:
            self._position = restarts.start()
            if len(self._text) - self._position > HEAD_MAX_CHARS:
                self.gaps[BOOTS_LOST] += 1
                self._position = restarts.end()
                return []
            return None
        self._position, self._has_boots = end, True
        return [*boots_of(found, self.gaps)]
