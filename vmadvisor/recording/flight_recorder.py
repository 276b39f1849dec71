"""The flight recorder: the last minutes in memory, on the disk only when something has happened.

Nothing of it waits for the disk or allocates much while the host stalls: the ring was taken at the
start, memory is locked, files are written by a thread, control groups are read by a child.
"""

import os
import time
from collections.abc import Callable, Collection
from dataclasses import replace
from select import POLLIN, POLLPRI

from vmadvisor.collect.live_tree import LiveTree
from vmadvisor.collect.tree import reason_of
from vmadvisor.errors import RecordingError
from vmadvisor.recording.cost import Cost, Meter
from vmadvisor.recording.dumps import REQUEST, Dumps
from vmadvisor.recording.group_walker import GroupWalker
from vmadvisor.recording.memory_lock import lock_memory, unlock_memory
from vmadvisor.recording.meta import describe
from vmadvisor.recording.pace import Pace
from vmadvisor.recording.psi_trigger import EVENTS, WINDOW_US, PsiTrigger, open_trigger
from vmadvisor.recording.rotation import Keep
from vmadvisor.recording.sampler import Plan, Sampler, Tick
from vmadvisor.recording.samples import Samples
from vmadvisor.recording.wake import Wake
from vmadvisor.recording.watch import PRESSURE, Watch
from vmadvisor.records import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Flight:
    """``ring_bytes`` is all the memory that samples ever take, ``on`` what is written for."""

    directory: str
    ring_s: float
    ring_bytes: int
    on: Collection[str]
    stall_per_s: float
    pressure_pct: float
    after_s: float
    pause_s: float
    keep: Keep


def fly(
    flight: Flight,
    plan: Plan,
    say: Callable[[str], None],
    *,
    duration_s: float | None = None,
    tree: LiveTree | None = None,
) -> Cost:
    """Runs until a signal; ``say`` gets a sentence whenever there is one to say."""
    _expect_directory(flight.directory)
    recorder = _FlightRecorder(flight, plan, say, LiveTree() if tree is None else tree)
    try:
        with Wake() as wake:
            recorder.run(wake, duration_s)
            return recorder.end(wake.ended_by or "duration")
    finally:
        recorder.close()


class _FlightRecorder:
    def __init__(
        self, flight: Flight, plan: Plan, say: Callable[[str], None], tree: LiveTree
    ) -> None:
        self._flight = flight
        self._plan = plan
        self._say = say
        self._tree = tree
        self._meter = Meter()
        self._groups = GroupWalker(tree) if plan.cgroups else None
        self._sampler = Sampler(tree, plan, self._groups)
        self._samples = Samples(size_bytes=flight.ring_bytes, kept_s=flight.ring_s)
        self._watch = Watch(
            flight.on, stall_per_s=flight.stall_per_s, pressure_pct=flight.pressure_pct
        )
        self._dumps = Dumps(
            self._samples,
            self._meta,
            say,
            directory=flight.directory,
            after_s=flight.after_s,
            pause_s=flight.pause_s,
            keep=flight.keep,
        )
        self._trigger: PsiTrigger | None = None
        self._is_pressed = False
        self._wants_processes = True
        self._missed_count = 0
        self._is_locked = False

    def run(self, wake: Wake, duration_s: float | None) -> None:
        """Samples, and writes what has to be written."""
        self._prepare(wake)
        pace = Pace(self._plan.interval_s, now_s=time.monotonic())
        end_s = time.monotonic() + duration_s if duration_s is not None else float("inf")
        while wake.ended_by is None and time.monotonic() < end_s:
            self._tick(is_asked=wake.take_request())
            wake.wait(min(pace.next_s(time.monotonic()), end_s))
        self._missed_count = pace.missed_count

    def end(self, ended_by: str) -> Cost:
        """Ends what is being written; says what it all cost and what went wrong."""
        self._dumps.end()
        left_out_count = self._samples.left_out_count
        errors = list(self._dumps.errors)
        if left_out_count:
            errors.append(
                f"{left_out_count} times the samples of a moment did not fit into the ring"
            )
        cost = self._meter.cost(
            child_cpu_s=self._groups.cpu_s if self._groups is not None else 0.0,
            missed_count=self._missed_count,
            written_bytes=self._dumps.written_bytes,
            paths=self._dumps.paths,
            ended_by=ended_by,
        )
        return replace(cost, error="; ".join(errors) or None)

    def close(self) -> None:
        """Gives back what was taken."""
        if self._groups is not None:
            self._groups.close()
        if self._trigger is not None:
            self._trigger.close()
        if self._is_locked:
            unlock_memory()

    def _prepare(self, wake: Wake) -> None:
        if self._groups is not None:
            groups = self._groups
            wake.watch(groups.fileno(), POLLIN, lambda _: self._gather(groups, wake))
        if PRESSURE in self._flight.on:
            stall_us = round(WINDOW_US * self._flight.pressure_pct / 100)
            self._trigger, reason = open_trigger(stall_us)
            if self._trigger is None:
                self._say(f"no PSI trigger ({reason}): pressure is judged at every tick instead")
            else:
                trigger = self._trigger
                wake.watch(
                    trigger.fileno(), EVENTS, lambda events: self._pressed(events, trigger, wake)
                )
        reason_unlocked = lock_memory()
        self._is_locked = reason_unlocked is None
        if reason_unlocked is not None:
            self._say(f"memory is not locked ({reason_unlocked}): a stalled host may swap it out")

    def _tick(self, *, is_asked: bool) -> None:
        ticks = self._sampler.sample(
            settings=self._samples.is_at_beginning, processes=self._wants_processes
        )
        self._wants_processes = False
        self._samples.add(ticks)
        self._meter.ticks_count += 1
        kind = self._happened(ticks)
        if is_asked or kind is not None:
            # Who was there is read at the next tick, whenever it is written.
            time_s = ticks[-1].time_s
            self._wants_processes = self._dumps.note(REQUEST if is_asked else kind or "", time_s)
        self._dumps.go_on()

    def _happened(self, ticks: list[Tick]) -> str | None:
        kinds = [kind for tick in ticks if (kind := self._watch.look(tick)) is not None]
        is_pressed, self._is_pressed = self._is_pressed, False
        return kinds[-1] if kinds else PRESSURE if is_pressed else None

    def _meta(self, kind: str, time_s: float) -> bytes:
        event = {"kind": kind, "time_s": round(time_s, 6)}
        return describe(self._tree, self._plan, event=event, ring_s=self._flight.ring_s)

    def _gather(self, groups: GroupWalker, wake: Wake) -> bool:
        if not groups.gather():
            wake.forget(groups.fileno())
        return False

    def _pressed(self, events: int, trigger: PsiTrigger, wake: Wake) -> bool:
        """The kernel says so; where its trigger is gone, the ticks say it from now on."""
        if events & POLLPRI:
            self._is_pressed = True
            return True
        wake.forget(trigger.fileno())
        return False


def _expect_directory(directory: str) -> None:
    """``RecordingError`` now rather than when something has happened."""
    try:
        os.makedirs(directory, exist_ok=True)  # noqa: PTH103 - bare os calls, as everywhere here
    except OSError as error:
        raise RecordingError(f"cannot make {directory}: {reason_of(error)}") from None
    if not os.access(directory, os.W_OK | os.X_OK):
        raise RecordingError(f"cannot write into {directory}: permission denied")
