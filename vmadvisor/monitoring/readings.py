"""One reading at a time for any number of askers, in a thread of its own.

Who asks within ``min_interval_s`` of the last reading gets that one: a storm of scrapes costs nothing. Who
asks while the host does not answer gets the last one after ``patience_s``, which says how old it is.
"""

import sys
import threading
import time
from typing import NamedTuple, Protocol

from vmadvisor.advise.report import Report
from vmadvisor.render.escape import terminal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

SAMPLE_S = 1.0
ASKED_LATELY_S = 300.0
"""So long after the last scrape the host is still sampled for the next one's forecast; then it is left alone."""


class Source(Protocol):
    """What is asked, from one thread only."""

    @property
    def samples_count(self) -> int:
        """Samples held."""

    def sample(self) -> None:
        """Takes a light sample."""

    def read(self) -> Report:
        """Takes a whole reading."""


class State(NamedTuple):
    """``age_s`` is the report's, from the end of its reading on; ``None`` where there is none yet."""

    report: Report | None
    age_s: float | None
    readings_count: int
    failures_count: int
    samples_count: int


class Readings:
    """Starts its thread at once; it reads nothing until somebody asks."""

    def __init__(
        self,
        source: Source,
        *,
        min_interval_s: float,
        patience_s: float,
        sample_s: float = SAMPLE_S,
    ) -> None:
        self._source = source
        self._min_interval_s = min_interval_s
        self._patience_s = patience_s
        self._sample_s = sample_s
        self._changed = threading.Condition()
        self._is_wanted = False
        self._is_closed = False
        self._report: Report | None = None
        self._read_s = self._tried_s = self._asked_s = float("-inf")
        self._tries_count = self._failures_count = 0
        self._complaint = ""
        self._thread = threading.Thread(target=self._run, name="vmadvisor-read", daemon=True)
        self._thread.start()

    def latest(self) -> State:
        """A reading no older than ``min_interval_s``, or after ``patience_s`` the last there is."""
        with self._changed:
            self._asked_s = time.monotonic()
            if self._asked_s - self._tried_s >= self._min_interval_s:
                before_count = self._tries_count
                self._is_wanted = True
                self._changed.notify_all()
                self._changed.wait_for(
                    lambda: self._is_closed or self._tries_count > before_count, self._patience_s
                )
            return State(
                report=self._report,
                age_s=None if self._report is None else time.monotonic() - self._read_s,
                readings_count=self._tries_count - self._failures_count,
                failures_count=self._failures_count,
                samples_count=self._source.samples_count,
            )

    def close(self) -> None:
        """No more readings; one that hangs is not waited for."""
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()
        self._thread.join(self._sample_s)

    def _run(self) -> None:
        while True:
            with self._changed:
                is_idle = time.monotonic() - self._asked_s > ASKED_LATELY_S
                self._changed.wait_for(
                    lambda: self._is_wanted or self._is_closed, None if is_idle else self._sample_s
                )
                if self._is_closed:
                    return
                is_wanted = self._is_wanted
            if is_wanted:
                self._read()
            elif self._report is not None:
                self._guarded(self._source.sample)

    def _read(self) -> None:
        report = self._guarded(self._source.read)
        with self._changed:
            self._tried_s = time.monotonic()
            self._tries_count += 1
            self._is_wanted = False
            if report is None:
                self._failures_count += 1
            else:
                self._report, self._read_s = report, self._tried_s
            self._changed.notify_all()

    def _guarded(self, call: "Callable[[], Report | None]") -> Report | None:
        """What goes wrong once may go right the next time; it is said once, and counted."""
        try:
            found = call()
        except Exception as error:  # noqa: BLE001 - the thread must outlive whatever a host does to it
            complaint = f"{type(error).__name__}: {error}"
            if complaint != self._complaint and sys.stderr is not None:
                sys.stderr.write(f"vmadvisor: a reading failed: {terminal(complaint[:300])}\n")
            self._complaint = complaint
            return None
        self._complaint = ""
        return found
