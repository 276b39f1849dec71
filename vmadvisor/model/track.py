"""The last minutes as samples in time order: what a forecast may look at, and nothing later."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence

from vmadvisor.model.sample import GroupSample, Sample
from vmadvisor.model.stock import Stock, stock_of

_SAME_S = 0.05
"""Ticks of 0.2 s come a little early or late; a window of 1 s means five of them."""

KEEP_S = 120.0
"""A forecast looks back this far at most; longer memory is the history's."""


class Track:
    """Samples of one boot, oldest first, bounded in time. A clock that went back starts it anew."""

    __slots__ = ("_groups", "_samples", "_stocks", "_times", "keep_s")

    def __init__(self, keep_s: float = KEEP_S) -> None:
        self.keep_s = keep_s
        self._samples: list[Sample] = []
        self._stocks: list[Stock] = []
        self._times: list[float] = []
        self._groups: dict[str, list[GroupSample]] = {}

    def add(self, sample: Sample) -> None:
        """Appends a sample; one of the same or an earlier time than the last begins a new track."""
        if self._times and sample.time_s <= self._times[-1]:
            self._samples.clear()
            self._stocks.clear()
            self._times.clear()
            self._groups.clear()
        self._samples.append(sample)
        self._stocks.append(stock_of(sample))
        self._times.append(sample.time_s)
        # One sample older than keep_s stays: the window's beginning lies between two samples.
        first = bisect_left(self._times, sample.time_s - self.keep_s) - 1
        if first > 0:
            del self._samples[:first], self._stocks[:first], self._times[:first]
        self._add_groups(sample)

    def _add_groups(self, sample: Sample) -> None:
        """Groups are read less often than the host: samples in between repeat the last reading."""
        for group in sample.groups:
            readings = self._groups.setdefault(group.path, [])
            if not readings or group.time_s > readings[-1].time_s:
                readings.append(group)
        oldest_s = sample.time_s - self.keep_s
        for path in [path for path, own in self._groups.items() if own[0].time_s < oldest_s]:
            kept = [one for one in self._groups.pop(path) if one.time_s >= oldest_s]
            if kept:
                self._groups[path] = kept

    def __len__(self) -> int:
        return len(self._samples)

    def __iter__(self) -> Iterator[Sample]:
        return iter(self._samples)

    @property
    def last(self) -> Sample:
        """The newest sample; ``IndexError`` on an empty track."""
        return self._samples[-1]

    def readings(self, path: str) -> Sequence[GroupSample]:
        """What was read of one cgroup, oldest first, each reading once; empty for one that was not seen."""
        return self._groups.get(path, ())

    @property
    def span_s(self) -> float:
        """Seconds from the oldest sample to the newest."""
        return self._times[-1] - self._times[0] if self._times else 0.0

    def _first_index(self, seconds_s: float) -> int:
        """Of the newest sample at least ``seconds_s`` older than the last; else 0.

        The last sample itself never counts: a rate needs two.
        """
        index = bisect_left(self._times, self._times[-1] - seconds_s + _SAME_S) - 1
        return max(min(index, len(self._times) - 2), 0)

    def before(self, seconds_s: float) -> Sample:
        """The newest sample at least ``seconds_s`` older than the last; else the oldest there is."""
        return self._samples[self._first_index(seconds_s)]

    def since(self, seconds_s: float) -> list[Sample]:
        """``before(seconds_s)`` and all after it."""
        return self._samples[self._first_index(seconds_s) :]

    def stocks_since(self, seconds_s: float) -> list[Stock]:
        """The stocks of ``since(seconds_s)``."""
        return self._stocks[self._first_index(seconds_s) :]
