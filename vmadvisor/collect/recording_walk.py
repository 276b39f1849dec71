"""A recording from its first tick to its last: one snapshot for each, as ``check`` would have seen it.

What a tick does not hold is carried on from the ticks before it, with its own time: settings are
recorded once, processes at every fifth tick. Nothing of a later tick is ever in an earlier snapshot, and
memory does not grow with the recording.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from vmadvisor.collect.carried_records import CarriedRecords
from vmadvisor.collect.carried_scans import CarriedScans
from vmadvisor.collect.moment import described
from vmadvisor.collect.recording_ticks import Tick, ticks_of
from vmadvisor.collect.wanted import Wanted
from vmadvisor.snapshot import Gap, Snapshot
from vmadvisor.sources import SOURCES, AnySource


def walk(path: Path, *, with_processes: bool = True) -> Iterator[Snapshot]:
    """Yields the recording's snapshots, ``time_s`` ever rising; each names what was lost before it.

    A tick is a moment if it holds a file of the host; one that holds processes or control groups
    only is carried on to the next. Raises ``RootError`` where there is no recording, or beyond a
    limit. Without processes it takes half the time.
    """
    moments = Moments(with_processes=with_processes)
    held: Snapshot | None = None
    for tick in ticks_of(path, Wanted(SOURCES), lambda kind: with_processes or kind != "process"):
        snapshot = moments.add(tick)
        if snapshot is None:
            continue
        if held is not None:
            yield held
        held = snapshot
    last = moments.rest(held)
    if last is not None:
        yield last


class Moments:
    """Ticks one after the other become snapshots; ``rest`` gives what is left at the end."""

    def __init__(
        self, *, with_processes: bool = True, sources: Iterable[AnySource] = SOURCES
    ) -> None:
        self._records = CarriedRecords(sources)
        self._scans = CarriedScans(with_processes=with_processes)
        self._gaps: list[Gap] = []
        self._newest_s = float("-inf")
        self._late_count = 0
        self._late_s = 0.0

    def add(self, tick: Tick) -> Snapshot | None:
        """The moment that the tick is, ``None`` for one that stands too late or is none."""
        return self._snapshot() if self.carry(tick) else None

    def carry(self, tick: Tick) -> bool:
        """Takes the tick in without looking at it; whether it is a moment."""
        self._gaps += tick.gaps
        is_late = tick.time_s <= self._newest_s
        is_scan = self._scans.put(tick)
        is_moment = False
        if is_late:
            if not is_scan:
                self._note_late(tick.time_s)
            return False
        self._newest_s = tick.time_s
        for path, (kind, data) in tick.files.items():
            if kind == "record":
                self._records.put(path, data, tick.time_s)
                is_moment = True
        return is_moment

    def rest(self, held: Snapshot | None) -> Snapshot | None:
        """The last snapshot, with what befell the recording behind it."""
        if held is None:
            return self._snapshot() if self._newest_s >= 0 else None
        return replace(held, gaps=(*held.gaps, *self._loss()))

    def _note_late(self, time_s: float) -> None:
        self._late_s = self._late_s if self._late_count else time_s
        self._late_count += 1

    def _loss(self) -> list[Gap]:
        """What was lost since the snapshot before."""
        loss, self._gaps = self._gaps, []
        if self._late_count:
            reason = (
                f"{self._late_count} ticks stand behind later ones, the first at {self._late_s} s"
            )
            loss.append(Gap(path="/", reason=reason, cost="they are left out"))
            self._late_count = 0
        return loss

    def _snapshot(self) -> Snapshot:
        self._records.update()
        self._scans.update()
        records = self._records.records
        return Snapshot(
            time_s=self._newest_s,
            host=described(self._scans.host, records),
            records=records,
            families=self._records.families,
            processes=self._scans.processes(self._newest_s),
            cgroups=self._scans.cgroups,
            gaps=(*self._records.gaps(), *self._scans.gaps, *self._loss()),
        )
