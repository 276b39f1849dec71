"""What ``guest/recorder.c`` sends: ticks of frames, framed by length, torn where the guest died.

T 12.041147 8211
/proc/vmstat 00004089
nr_free_pages 92441
...
E 0
"""

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """Files by absolute path as they were read at one moment of CLOCK_MONOTONIC."""

    time_s: float
    files: dict[str, bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """All whole ticks; ``is_torn`` when the recorder did not get to its end."""

    ticks: tuple[Tick, ...]
    is_torn: bool
    dropped_count: int | None


def read(data: bytes) -> Stream:
    """Reads as far as it is whole: where bytes were lost on the way, nothing after it is in its place."""
    ticks: list[Tick] = []
    at, dropped_count = 0, None
    while (end := data.find(b"\n", at)) >= 0:
        try:
            kind, *values = data[at:end].split()
            if kind == b"E":
                dropped_count = int(values[0])
                break
            time_s, start, count = float(values[0]), end + 1, int(values[1])
            if kind != b"T" or start + count > len(data):
                break
            files = dict(_frames(data[start : start + count]))
        except (ValueError, IndexError):
            break
        ticks.append(Tick(time_s=time_s, files=files))
        at = start + count
    return Stream(ticks=tuple(ticks), is_torn=dropped_count is None, dropped_count=dropped_count)


def _frames(data: bytes) -> Iterator[tuple[str, bytes]]:
    at = 0
    while at < len(data):
        end = data.index(b"\n", at)
        path, _, count = data[at:end].rpartition(b" ")
        start, at = end + 1, end + 1 + int(count)
        yield path.decode(errors="surrogateescape"), data[start:at]
