"""A recording as if it happened now: its moments at the distances they had, or faster, or as fast as can be."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

from vmadvisor.collect.recording_walk import walk
from vmadvisor.live.moment import Moment

STEP_MAX_S = 60.0
"""A hole in a recording, or a rest of hours between two boots' files, is not waited for."""


class RecordingMoments:
    """``speed`` 2.0 is twice as fast; 0 does not wait at all, and neither does what lies before ``until_s``."""

    def __init__(
        self,
        path: str,
        *,
        speed: float,
        until_s: float | None = None,
        with_processes: bool = True,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        self._path = path
        self.speed = speed
        self._until_s = until_s
        self._with_processes = with_processes
        self._sleep = sleep

    def __iter__(self) -> Iterator[Moment]:
        """Raises ``RootError`` where there is no recording."""
        before_s: float | None = None
        for snapshot in walk(Path(self._path), with_processes=self._with_processes):
            is_past = self._until_s is not None and snapshot.time_s <= self._until_s
            if before_s is not None and self.speed > 0 and not is_past:
                self._sleep(min(snapshot.time_s - before_s, STEP_MAX_S) / self.speed)
            before_s = snapshot.time_s
            yield Moment(snapshot)

    def close(self) -> None:
        """Nothing is held."""
