"""kernel.task_delayacct: whether the kernel times what tasks wait for (``kernel/delayacct.c``, 5.14+).

Changed only where that was asked for, and for as long as the program runs. Before 5.14 there is no switch: on, unless ``nodelayacct`` was given at boot.
"""

import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import NoReturn

from vmadvisor.apply.setting_file import SettingFile
from vmadvisor.collect.tree import reason_of
from vmadvisor.errors import RootError

SWITCH = Path("/proc/sys/kernel/task_delayacct")
UNDO = "sysctl -w kernel.task_delayacct=0"
_OFF, _ON = "0", "1"
_ENDINGS = (signal.SIGTERM, signal.SIGHUP)


@contextmanager
def turned_on(say: Callable[[str], None], switch: Path = SWITCH) -> Iterator[float | None]:
    """Seconds since boot at which it was turned on, ``None`` where it was on; set back at the end.

    The end may be an error, Ctrl-C, SIGTERM or a hang-up; after SIGKILL the command that was said has to
    be run by hand. ``RootError`` where there is no switch, or it may not be written.
    """
    if _read(switch) != _OFF:
        yield None
        return
    before = {number: signal.signal(number, _leave) for number in _ENDINGS}
    try:
        _write(switch, _ON)
        try:
            say(f"kernel.task_delayacct was 0 and is 1 until this ends (by hand: {UNDO})")
            yield time.clock_gettime(time.CLOCK_BOOTTIME)
        finally:
            _write(switch, _OFF)
            say("kernel.task_delayacct is 0 again")
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _leave(number: int, frame: FrameType | None) -> NoReturn:
    del frame
    sys.exit(128 + number)


def _read(switch: Path) -> str:
    try:
        return switch.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        raise RootError(f"{switch}: this kernel has no such switch (5.14 and later do)") from None
    except OSError as error:
        raise RootError(f"{switch}: {reason_of(error)}") from None


def _write(switch: Path, value: str) -> None:
    try:
        SettingFile(path=str(switch)).write(value)
    except OSError as error:
        raise RootError(f"{switch}: {reason_of(error)}") from None
