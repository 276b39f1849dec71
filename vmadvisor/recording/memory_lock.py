"""``mlockall(2)``: a recorder whose own pages are taken cannot record who took them."""

import ctypes
import os
import resource

_CURRENT, _FUTURE = 1, 2


def lock_memory() -> str | None:
    """Locks all that this process has and will have; why not, where it may not.

    Under a limit only what is there now is locked: with more, a later ``mmap`` would fail.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    is_unlimited = resource.getrlimit(resource.RLIMIT_MEMLOCK)[0] == resource.RLIM_INFINITY
    flags = _CURRENT | (_FUTURE if is_unlimited or os.geteuid() == 0 else 0)
    if libc.mlockall(flags) == 0:
        return None
    return os.strerror(ctypes.get_errno()).lower()


def unlock_memory() -> None:
    """Undoes it."""
    ctypes.CDLL(None).munlockall()
