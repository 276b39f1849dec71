r"""Kernel messages in JSON: ``journalctl -o json``, also pretty and sse, and log shippers' objects.

    {"_TRANSPORT":"kernel","MESSAGE":"leaky invoked oom-killer: ...","__REALTIME_TIMESTAMP":"1710328608123456",
     "_SOURCE_MONOTONIC_TIMESTAMP":"41049000","_HOSTNAME":"db1"}

A message that is no UTF-8 is an array of its bytes.
"""

import json
from collections.abc import Iterator, Mapping

from vmadvisor.sources.log_line import LINE_MAX_CHARS, LogLine
from vmadvisor.sources.log_time import utc_of_iso, utc_of_us

_MESSAGES = ("MESSAGE", "message", "msg", "log")
_TIMES = ("time", "timestamp", "@timestamp")
_OBJECT_MAX_LINES = 200
_DIGITS_MAX = 18


class JsonReader:
    """Lines in, messages out; an object may stand on one line or be spread over several (pretty)."""

    __slots__ = ("_open",)

    def __init__(self) -> None:
        self._open: list[str] = []

    def feed(self, line: str) -> Iterator[LogLine]:
        r"""The messages that end with this line.

        >>> [m.text for m in JsonReader().feed('{"_TRANSPORT":"kernel","MESSAGE":"a\\nb"}')]
        ['a', 'b']
        """
        line = line.removeprefix("data: ").strip()
        if not self._open and line.startswith("{") and line.endswith("}"):
            yield from _messages(line)
            return
        if line == "{" or self._open:
            self._open.append(line[:LINE_MAX_CHARS])
        if line in {"}", "},"} or len(self._open) > _OBJECT_MAX_LINES:
            text, self._open = "".join(self._open).rstrip(","), []
            yield from _messages(text)


def _messages(text: str) -> Iterator[LogLine]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return
    if not isinstance(found, dict):
        return
    message = next((_text(found[name]) for name in _MESSAGES if name in found), None)
    if message is None:
        return
    transport, tag = found.get("_TRANSPORT"), found.get("SYSLOG_IDENTIFIER")
    is_kernel = transport in {None, "kernel"} and tag in {None, "kernel"}
    micro = _number(found.get("_SOURCE_MONOTONIC_TIMESTAMP"))
    host = found.get("_HOSTNAME")
    for one in message.split("\n"):
        yield LogLine(
            one[:LINE_MAX_CHARS],
            None if micro is None else micro / 1e6,
            None,
            _utc(found),
            host[:255] if isinstance(host, str) else "",
            "",
            is_kernel,
            is_stamped=True,
        )


def _text(value: object) -> str | None:
    if isinstance(value, str):
        return value
    if isinstance(value, list) and all(type(byte) is int and 0 <= byte < 256 for byte in value):  # noqa: PLR2004 - a byte
        return bytes(value).decode("utf-8", "surrogateescape")
    return None


def _utc(found: Mapping[str, object]) -> str | None:
    micro = _number(found.get("_SOURCE_REALTIME_TIMESTAMP")) or _number(
        found.get("__REALTIME_TIMESTAMP")
    )
    if micro is not None:
        return utc_of_us(micro)
    times = (found.get(name) for name in _TIMES)
    return next((utc_of_iso(value) for value in times if isinstance(value, str)), None)


def _number(value: object) -> int | None:
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= _DIGITS_MAX:
        return int(value)
    return None
