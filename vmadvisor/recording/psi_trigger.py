"""A PSI trigger: the kernel wakes whoever polls when tasks have stalled for long enough.

    full 200000 2000000        written to /proc/pressure/memory: 200 ms within any 2 s

A window that is a multiple of 2 s may be watched without privilege since 6.4; before, or with another
window, that takes CAP_SYS_RESOURCE (``kernel/sched/psi.c:psi_trigger_create``).
"""

import os
import select

from vmadvisor.collect.tree import reason_of

WINDOW_US = 2_000_000
EVENTS = select.POLLPRI


class PsiTrigger:
    """Raises ``OSError`` where this kernel, or this user, cannot have one."""

    __slots__ = ("_descriptor", "line")

    def __init__(
        self, stall_us: int, *, path: str = "/proc/pressure/memory", kind: str = "full",
        window_us: int = WINDOW_US,
    ) -> None:  # fmt: skip
        self.line = f"{kind} {stall_us} {window_us}"
        self._descriptor = os.open(path, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            os.write(self._descriptor, self.line.encode() + b"\0")
        except OSError:
            os.close(self._descriptor)
            raise

    def fileno(self) -> int:
        """To be polled for ``EVENTS``; POLLERR says that the trigger is gone."""
        return self._descriptor

    def close(self) -> None:
        """Ends the trigger."""
        os.close(self._descriptor)


def open_trigger(stall_us: int) -> tuple[PsiTrigger | None, str]:
    """The trigger, or why there is none."""
    try:
        return PsiTrigger(stall_us), ""
    except OSError as error:
        return None, reason_of(error)
