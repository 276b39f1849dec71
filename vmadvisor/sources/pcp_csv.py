"""What ``pmrep -o csv --extended-csv`` prints of a PCP archive, line by line (PCP's ``pmrep.py:write_csv``).

    Host,Interval,Time,"mem.util.free","mem.vmstat.oom_kill","mem.zoneinfo.free[Normal::node0]"
    db1,0,2026-11-27T08:50:01.617863 UTC+0,20085220,3,5624792

Asked for in UTC and raw, so that counters are as the kernel had them. Names of hosts are printed as they are.
Until PCP 6 an instance follows its metric after a dash. No value is no text between two commas.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping

from vmadvisor.errors import ParseError
from vmadvisor.sources.log_time import us_of_iso
from vmadvisor.sources.pcp_metrics import METRICS
from vmadvisor.sources.pcp_record import PcpHost, PcpRecord, Value
from vmadvisor.sources.pcp_value import value_of

LINE_MAX_CHARS = 2**20
LINE_DAMAGED = "a line is not of the form that pmrep prints: it is left out"
LINE_LONG = "a line is longer than any that pmrep prints: it is left out"
NOT_A_TIME = "a record has no time, or none in UTC"

_HEAD = "Host,Interval,Time,"
_COLUMN = re.compile(r'"([A-Za-z0-9_.]+)(?:-([^",]*)|\[([^",]*)\])?"', re.ASCII)
_UTC = re.compile(r"( UTC)[+-]0+(:?00)?", re.ASCII)


class PmrepReader:
    """Text in, in pieces of any size; what is whole comes out, and ``gaps`` counts what was lost."""

    __slots__ = ("_columns", "_host", "_is_skipping", "_text", "gaps")

    def __init__(self) -> None:
        self.gaps: Counter[str] = Counter()
        self._text = ""
        self._columns: list[str | None] | None = None
        self._host: str | None = None
        self._is_skipping = False

    def feed(self, text: str) -> Iterator[PcpHost | PcpRecord]:
        r"""What has become whole with this piece.

        >>> reader, head = PmrepReader(), 'Host,Interval,Time,"mem.util.free"'
        >>> [*reader.feed(f"{head}\ndb1,0,2026-11-27 08:50:01 UTC+0,5\n")][1].values
        {'mem.util.free': 5}
        """
        *lines, self._text = (self._text + text).split("\n")
        for line in lines:
            if not self._is_skipping:
                yield from self._line(line)
            self._is_skipping = False
        if len(self._text) > LINE_MAX_CHARS:
            self.gaps[LINE_LONG] += not self._is_skipping
            self._text, self._is_skipping = "", True

    def end(self) -> None:
        """Nothing follows. Raises ``ParseError`` where there was no head line at all."""
        if self._columns is None:
            raise ParseError("expected what pmrep prints as CSV: a line of names")
        if self._text.strip():
            self.gaps[LINE_DAMAGED] += 1

    def _line(self, line: str) -> Iterator[PcpHost | PcpRecord]:
        if self._columns is None:
            if not line.startswith(_HEAD):
                raise ParseError("expected what pmrep prints as CSV: a line of names")
            self._columns = [_column(name) for name in line[len(_HEAD) :].split(",")]
            return
        if not line:
            return
        # A host's name may hold commas, what follows it may not.
        parts = line.rsplit(",", len(self._columns) + 2)
        if len(parts) != len(self._columns) + 3:
            self.gaps[LINE_DAMAGED] += 1
            return
        host, _, stamp, *fields = parts
        us = us_of_iso(_UTC.sub(r"\1", stamp))
        if us is None:
            self.gaps[NOT_A_TIME] += 1
            return
        if host != self._host:
            self._host = host
            yield PcpHost(hostname=host or None)
        yield PcpRecord(time_utc_s=us / 1e6, values=self._values(self._columns, fields))

    def _values(self, columns: list[str | None], fields: list[str]) -> Mapping[str, Value]:
        values: dict[str, Value] = {}
        for column, field in zip(columns, fields, strict=True):
            if column is None or not field:
                continue
            found = value_of(field.strip('"') if field[0] == '"' else field, column, self.gaps)
            if found is not None:
                values[column] = found
        return values


def _column(name: str) -> str | None:
    """``metric`` or ``metric[instance]`` of those that were asked for."""
    match = _COLUMN.fullmatch(name)
    if match is None or match[1] not in METRICS:
        return None
    instance = match[2] or match[3]
    return match[1] if instance is None else f"{match[1]}[{instance}]"
