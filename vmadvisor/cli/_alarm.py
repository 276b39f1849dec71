"""An alarm that breaks off whatever the program is at, once its time is over."""

import sys

from vmadvisor.urgent import OutOfTimeError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from signal import ITIMER_REAL, SIGALRM, setitimer, signal
else:
    # What `signal` adds to them are enumerations, and nine files to read.
    from _signal import ITIMER_REAL, SIGALRM, setitimer, signal

_AGAIN_S = 0.1


class Alarm:
    """Raises ``OutOfTimeError`` once after a time, wherever the program then is within the block.

    Where Python can only print an exception and go on (a weak reference's callback, within an import) it
    rings again. Never twice else: a second ring would break off what the first one began.
    """

    __slots__ = ("_duration_s", "_hook", "_is_set")

    def __init__(self, duration_s: float) -> None:
        self._duration_s = duration_s
        self._hook = sys.unraisablehook
        self._is_set = False

    def __enter__(self) -> None:
        sys.unraisablehook = self._unheard
        signal(SIGALRM, self._ring)
        self._is_set = True
        setitimer(ITIMER_REAL, max(self._duration_s, _AGAIN_S))

    def __exit__(self, *_error: object) -> None:
        self._is_set = False
        setitimer(ITIMER_REAL, 0.0)
        sys.unraisablehook = self._hook

    def _ring(self, _number: int, _frame: object) -> None:
        if self._is_set:
            raise OutOfTimeError

    def _unheard(self, unraisable: "sys.UnraisableHookArgs") -> None:
        if unraisable.exc_type is OutOfTimeError:
            setitimer(ITIMER_REAL, _AGAIN_S)
        else:
            self._hook(unraisable)
