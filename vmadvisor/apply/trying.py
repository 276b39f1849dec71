"""A setting put in force and taken back: lock, state, timer and watchdog stand before the first write.

trying = Trying(target, watchdog, prefix=prefix, undo=undo_command())
trying.put(previous, seconds_s)     # whatever fails in it, nothing is left in force
...
trying.take_back()                  # always
"""

import os
import time
from contextlib import suppress

from vmadvisor.apply import second_net, trial_state
from vmadvisor.apply.setting_file import FAILED, FOREIGN, ApplyError, restore
from vmadvisor.apply.targets import Target
from vmadvisor.apply.watchdog import Watchdog
from vmadvisor.records import dataclass

WATCHDOG_GRACE_S = 5.0
"""The trial takes its setting back itself; only where it does not, the watchdog does, so much later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenBack:
    """What came of it (a word of ``setting_file``), what stands in the file now, why there was no timer."""

    came: str
    now: str

    @property
    def is_previous(self) -> bool:
        """Whether nothing of the trial is in force."""
        return self.came not in {FAILED, FOREIGN}


class Trying:
    """One setting, once."""

    def __init__(
        self, target: Target, watchdog: Watchdog, *, undo: list[str], prefix: str = ""
    ) -> None:
        self._target, self._watchdog, self._prefix, self._undo = target, watchdog, prefix, undo
        self._lock: int | None = None
        self._is_state_kept = False
        self._is_armed = False
        self.previous: str | None = None
        self.written: str | None = None
        self.no_timer: str | None = None

    def put(self, expected: str, seconds_s: float) -> str:
        """Writes; what the kernel made of it. ``ApplyError`` where ``expected`` no longer stands there."""
        try:
            return self._put(expected, seconds_s)
        except ApplyError as error:
            back = self.take_back()
            if back is None:
                raise
            raise ApplyError(f"{error}; {self._target.file.path} is {back.now}") from None
        except BaseException:
            self.take_back()
            raise

    def _put(self, expected: str, seconds_s: float) -> str:
        file, value = self._target.file, self._target.value
        self._lock = trial_state.locked(self._prefix)
        _refuse_leftover(self._prefix)
        now = _read(self._target)
        if now != expected:
            raise ApplyError(
                f"{self._target.key} was {expected} and is {now}: somebody else set it meanwhile; "
                "nothing was written"
            )
        self._target.check()
        self._keep(expected, value, seconds_s)
        self._is_state_kept = True
        self.no_timer = second_net.spread(seconds_s + WATCHDOG_GRACE_S, self._undo, self._prefix)
        self._watchdog.arm(
            file,
            expected,
            seconds_s=seconds_s + WATCHDOG_GRACE_S,
            lock=self._lock,
            state=trial_state.place(self._prefix),
        )
        self.previous, self._is_armed = expected, True
        try:
            file.write(value)
            self.written = file.read()
            self._watchdog.wrote(self.written)
        except OSError as error:
            raise ApplyError(f"{file.path}: {error.strerror or error}") from None
        if self.written != value:
            self._keep(expected, self.written, seconds_s)
        return self.written

    def _keep(self, previous: str, written: str, seconds_s: float) -> None:
        end = time.gmtime(time.time() + seconds_s)
        trial_state.keep(
            trial_state.InForce(
                boot_id=trial_state.boot_id(),
                key=self._target.key,
                path=self._target.file.path,
                start_ticks=self._target.file.start_ticks,
                previous=previous,
                written=written,
                pid_id=os.getpid(),
                deadline_utc=time.strftime("%Y-%m-%dT%H:%M:%SZ", end),
            ),
            self._prefix,
        )

    def stands(self) -> str | None:
        """What is in the file now; ``None`` where there is no file any more."""
        try:
            return self._target.file.read()
        except OSError:
            return None

    def take_back(self) -> TakenBack | None:
        """Restores, lets the watchdog go, forgets; ``None`` where nothing had been written. Once."""
        found = None
        if self._is_armed and self.previous is not None:
            came, now = restore(self._target.file, self.previous, self.written)
            found = TakenBack(came=came, now=now)
        self._is_armed = False
        self._watchdog.dismiss()
        if self._is_state_kept and (found is None or found.came != FAILED):
            trial_state.forget(self._prefix)
            if self.no_timer is None:
                second_net.take_in()
            self._is_state_kept = False
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None
        return found


def _read(target: Target) -> str:
    try:
        return target.file.read()
    except OSError as error:
        raise ApplyError(f"{target.file.path}: {error.strerror or error}") from None


def _refuse_leftover(prefix: str) -> None:
    """The lock is ours: what is left here was left by a trial that is gone, with its watchdog."""
    left = trial_state.kept(prefix)
    if left is None:
        return
    is_undone = left.boot_id != trial_state.boot_id()  # a reboot took it back
    if not is_undone:
        with suppress(OSError):
            is_undone = trial_state.file_of(left, prefix).read() == left.previous
    if not is_undone:
        raise ApplyError(
            f"a trial of {left.key} was left in force: run vmadvisor trial --undo first; nothing was written"
        )
    trial_state.forget(prefix)


def undo_left(prefix: str = "") -> tuple[trial_state.InForce | None, TakenBack | None]:
    """Takes back what a trial left; (its state, what came of it), ``None`` where there was nothing to do."""
    left = trial_state.kept(prefix)
    if left is None:
        return None, None
    if left.boot_id != trial_state.boot_id():
        trial_state.forget(prefix)
        return left, None
    came, now = restore(trial_state.file_of(left, prefix), left.previous, left.written)
    if came != FAILED:
        trial_state.forget(prefix)
    return left, TakenBack(came=came, now=now)
