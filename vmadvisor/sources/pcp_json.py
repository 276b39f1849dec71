"""What ``pcp2json`` prints of a PCP archive, as it comes (PCP's ``pcp2json.py:write_json``).

    {"@pcp": {"@hosts": [{"@host": "db1", "@metrics": [
        {"@interval": "60", "@timestamp": "2026-11-27 08:50:01.617863",
         "mem": {"util": {"free": {"@unit": "Kbyte", "value": 20085220}},
                 "zoneinfo": {"free": {"@instances": [
                     {"@unit": "Kbyte", "name": "Normal::node0", "value": 5624792}, ...]}}}}, ...],
      "@source": "/var/log/pcp/pmlogger/db1/20261127", "@timezone": "UTC+0"}]}}

Keys are sorted, so in what zone its times are is said last, where they do not say it themselves. Each value says
its unit: rates, and numbers that were rounded to another unit, are not what is wanted.
"""

import json
import re
from collections.abc import Mapping

from vmadvisor.records import dataclass
from vmadvisor.sources._json_records import JsonRecords
from vmadvisor.sources.log_time import us_of_iso
from vmadvisor.sources.pcp_metrics import METRICS, UNITS
from vmadvisor.sources.pcp_record import PcpHost, PcpRecord, Value
from vmadvisor.sources.pcp_value import value_of

NOT_A_TIME = "a record has no time"
A_RATE = "a counter was turned into a rate: export it with --raw (-r)"
OTHER_UNIT = "a number is in another unit: export it without -b, -q, -y, -B, -Q, -Y"

_STRING = r'"((?:[^"\\]|\\.)*)"'
_HOST = re.compile(r'"@host"\s*:\s*' + _STRING)
_METRICS = re.compile(r'(?<!\\)"@metrics"\s*:\s*\[')
_RECORD = re.compile(r'\{\s*"@(?:interval|timestamp)"\s*:')
_ZONE = re.compile(r'(?<!\\)"@timezone"\s*:\s*' + _STRING)
_TAIL = re.compile(r'(?<!\\)"@(?:source|timezone)"\s*:')
_UTC_ZONE = re.compile(r"UTC(?:[+-]0+(?::?00)?)?", re.ASCII)
_NO_ZONE = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d{1,9})?", re.ASCII)
_INSTANCES_MAX_COUNT = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class PcpZone:
    """In what zone times were that did not say it: those of the host before it."""

    is_utc: bool


PcpItem = PcpHost | PcpRecord | PcpZone


class Pcp2jsonReader(JsonRecords[PcpItem]):
    """Text in, in pieces of any size; what is whole comes out, and ``gaps`` counts what was lost.

    Times without a zone are read as UTC, and ``has_bare_times`` says that there were some: a ``PcpZone`` that
    follows tells whether that was right. Raises ``ParseError`` for other text.

    >>> reader = Pcp2jsonReader()
    >>> list(reader.feed('{"@pcp": {"@hosts": [{"@host": "db1", "@metrics": ['))
    [PcpHost(hostname='db1')]
    """

    __slots__ = ("has_bare_times",)

    _wanted = "pcp2json prints: a host with its metrics"
    _records_begin = _METRICS
    _record_begins = _RECORD
    _tail_begins = _TAIL

    def __init__(self) -> None:
        super().__init__()
        self.has_bare_times = False

    def _head_of(self, head: str) -> list[PcpItem]:
        names = _HOST.findall(head)
        return [PcpHost(hostname=_text(names[-1]) if names else None)]

    def _item_of(self, found: Mapping[str, object]) -> PcpRecord | None:
        stamp = found.get("@timestamp")
        us = self._us(stamp) if isinstance(stamp, str) else None
        if us is None:
            self.gaps[NOT_A_TIME] += 1
            return None
        values: dict[str, Value] = {}
        for metric in METRICS:
            leaf = _leaf(found, metric)
            if leaf is not None:
                self._take(metric, leaf, values)
        return PcpRecord(time_utc_s=us / 1e6, values=values)

    def _us(self, stamp: str) -> int | None:
        if _NO_ZONE.fullmatch(stamp):
            self.has_bare_times = True
            return us_of_iso(f"{stamp}Z")
        return us_of_iso(stamp)

    def _take(self, metric: str, leaf: Mapping[str, object], values: dict[str, Value]) -> None:
        instances = leaf.get("@instances")
        if not isinstance(instances, list):
            self._take_one(metric, metric, leaf, values)
            return
        for one in instances[:_INSTANCES_MAX_COUNT]:
            name = one.get("name") if isinstance(one, dict) else None
            if isinstance(name, str):
                self._take_one(metric, f"{metric}[{name}]", one, values)

    def _take_one(
        self, metric: str, key: str, leaf: Mapping[str, object], values: dict[str, Value]
    ) -> None:
        if "value" not in leaf:
            return
        unit = leaf.get("@unit", "")
        if unit not in UNITS[metric]:
            is_rate = isinstance(unit, str) and "/" in unit
            self.gaps[A_RATE if is_rate else OTHER_UNIT] += 1
            return
        value = value_of(leaf["value"], metric, self.gaps)
        if value is not None:
            values[key] = value

    def _tail(self) -> list[PcpItem] | None:
        zone = _ZONE.search(self._text, self._position)
        metrics = _METRICS.search(self._text, self._position)
        if metrics is not None and (zone is None or metrics.start() < zone.start()):
            self._state = self._head
            return []
        if zone is None:
            # The next host's name stands before its metrics.
            host = _HOST.search(self._text, self._position)
            if host is None:
                self._keep_key()
            return None
        self._position = zone.end()
        return [PcpZone(is_utc=_UTC_ZONE.fullmatch(zone[1]) is not None)]


def _leaf(found: Mapping[str, object], metric: str) -> Mapping[str, object] | None:
    """What stands at ``a.b.c``: an object in an object in an object."""
    place: object = found
    for part in metric.split("."):
        place = place.get(part) if isinstance(place, dict) else None
    return place if isinstance(place, dict) else None


def _text(quoted: str) -> str | None:
    try:
        name = json.loads(f'"{quoted}"', strict=False)
    except ValueError:
        return None
    return name[:255] if isinstance(name, str) and name else None
