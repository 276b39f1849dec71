"""What a trial has in force, kept in /run so that it can be taken back when the trial and its watchdog are gone.

One trial at a time: whoever runs one holds a lock on the directory, and its watchdog holds it too. A reboot
undoes by itself: what another boot left is only removed.

    {"schema": "vmadvisor-trial-1", "boot_id": "…", "key": "sysctl:vm.swappiness",
     "path": "/proc/sys/vm/swappiness", "start_ticks": null, "previous": "60", "written": "10", "pid": 4711}
"""

# Bare os calls, as the watchdog's.
# ruff: noqa: PTH103, PTH108

import errno
import fcntl
import json
import os
from contextlib import suppress

from vmadvisor.apply.setting_file import ApplyError, SettingFile
from vmadvisor.collect.state_file import read_state, replace_state
from vmadvisor.errors import StateError
from vmadvisor.records import dataclass

DIRECTORY = "/run/vmadvisor"
NAME = "trial.json"
SCHEMA = "vmadvisor-trial-1"
STATE_MAX_BYTES = 16_384
_BOOT_ID = "/proc/sys/kernel/random/boot_id"


@dataclass(frozen=True, slots=True, kw_only=True)
class InForce:
    """One setting under trial; ``written`` is what the kernel made of it, once that was read."""

    boot_id: str
    key: str
    path: str
    start_ticks: int | None
    previous: str
    written: str
    pid_id: int
    deadline_utc: str


def boot_id() -> str:
    """This boot; empty where the kernel does not tell."""
    try:
        descriptor = os.open(_BOOT_ID, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return ""
    try:
        return os.read(descriptor, 64).decode("ascii", "replace").strip()
    finally:
        os.close(descriptor)


def place(prefix: str = "") -> str:
    """Where the state lies."""
    return f"{prefix}{DIRECTORY}/{NAME}"


def locked(prefix: str = "") -> int:
    """A descriptor that holds the lock until it is closed everywhere; ``ApplyError`` where another has it."""
    directory = f"{prefix}{DIRECTORY}"
    try:
        os.makedirs(directory, mode=0o755, exist_ok=True)
        descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as error:
        raise ApplyError(f"{directory}: {error.strerror}: nothing was written") from None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(descriptor)
        if error.errno == errno.EWOULDBLOCK:
            raise ApplyError("another trial runs, or is being taken back: one at a time") from None
        raise ApplyError(f"{directory}: {error.strerror}: nothing was written") from None
    return descriptor


def keep(state: InForce, prefix: str = "") -> None:
    """Writes it; ``ApplyError`` where that cannot be done (a full disk)."""
    table = {
        "schema": SCHEMA,
        "boot_id": state.boot_id,
        "key": state.key,
        "path": state.path,
        "start_ticks": state.start_ticks,
        "previous": state.previous,
        "written": state.written,
        "pid": state.pid_id,
        "deadline_utc": state.deadline_utc,
    }
    try:
        replace_state(place(prefix), json.dumps(table, indent=1) + "\n")
    except StateError as error:
        raise ApplyError(str(error)) from None


def kept(prefix: str = "") -> InForce | None:
    """What is there; ``None`` where nothing is. ``StateError`` where it is no state of ours."""
    path = place(prefix)
    try:
        text = read_state(path, STATE_MAX_BYTES)
        if text is None:
            return None
        return _state_of(json.loads(text))
    except (ValueError, KeyError, TypeError):
        raise StateError(f"{path}: it is no trial's state") from None
    except StateError as error:
        raise StateError(f"{path}: {error}") from None


def _state_of(table: dict[str, object]) -> InForce:
    """``KeyError``, ``TypeError`` or ``ValueError`` where it is none."""
    start, pid = table["start_ticks"], table["pid"]
    if table["schema"] != SCHEMA or not isinstance(pid, int) or not isinstance(start, int | None):
        raise ValueError(SCHEMA)
    return InForce(
        boot_id=str(table["boot_id"]),
        key=str(table["key"]),
        path=str(table["path"]),
        start_ticks=start,
        previous=str(table["previous"]),
        written=str(table["written"]),
        pid_id=pid,
        deadline_utc=str(table["deadline_utc"]),
    )


def forget(prefix: str = "") -> None:
    """Nothing is in force any more."""
    with suppress(OSError):
        os.unlink(place(prefix))


def file_of(state: InForce, prefix: str = "") -> SettingFile:
    """The file that the state speaks of."""
    return SettingFile(path=state.path, prefix=prefix, start_ticks=state.start_ticks)
