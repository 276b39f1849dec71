"""Small files that this program keeps between runs: where they lie, how they are read and replaced.

A file is replaced whole or not at all. What it says is for others to read.
"""

# Bare os calls: a check asks for its file with one of them and imports nothing for it.
# ruff: noqa: PTH103, PTH105, PTH108, PTH120

import os
import stat
from contextlib import suppress

from vmadvisor.collect.tree import reason_of
from vmadvisor.errors import StateError

SYSTEM_DIRECTORY = "/var/lib/vmadvisor"
VARIABLE = "VMADVISOR_STATE_DIRECTORY"
"""The one place for everybody where it names an absolute path: of a service, of a test."""

_READ_FLAGS = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC
_MODE = 0o644  # a monitoring system's check runs as another user


def own_directory() -> str | None:
    """``$XDG_STATE_HOME/vmadvisor``; ``None`` where there is neither that nor a home."""
    base = os.environ.get("XDG_STATE_HOME", "")
    if not base.startswith("/"):  # the specification: a relative path is to be ignored
        home = os.environ.get("HOME", "")
        if not home.startswith("/"):
            return None
        base = f"{home}/.local/state"
    return f"{base}/vmadvisor"


def _told_directory() -> str | None:
    told = os.environ.get(VARIABLE, "")
    return told if told.startswith("/") else None


def readable_paths(name: str) -> list[str]:
    """Where the file may be: root looks at the system's place alone, others at their own first."""
    told = _told_directory()
    if told is not None:
        return [f"{told}/{name}"]
    system = f"{SYSTEM_DIRECTORY}/{name}"
    own = own_directory()
    if os.geteuid() == 0 or own is None:
        return [system]
    return [f"{own}/{name}", system]


def writable_path(name: str) -> str:
    """Where to keep it, the directory made; ``StateError`` where there is no place."""
    told, own = _told_directory(), own_directory()
    candidates = [SYSTEM_DIRECTORY] if os.geteuid() == 0 else []
    candidates += [own] if own is not None else []
    candidates = candidates if told is None else [told]
    reason = "there is no home directory"
    for directory in candidates:
        try:
            os.makedirs(directory, mode=0o755, exist_ok=True)
        except OSError as error:
            reason = f"{directory}: {reason_of(error)}"
            continue
        if os.access(directory, os.W_OK):
            return f"{directory}/{name}"
        reason = f"{directory}: permission denied"
    raise StateError(f"no place to keep {name}: {reason}; name one in ${VARIABLE}")


def read_state(path: str, limit_bytes: int) -> str | None:
    """The file's text; ``None`` where there is none. ``StateError`` where it cannot be read as one."""
    try:
        descriptor = os.open(path, _READ_FLAGS)
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise StateError(_words(error)) from None
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise StateError("it is no regular file")
        with os.fdopen(descriptor, "rb", closefd=False) as file:
            data = file.read(limit_bytes + 1)
    except OSError as error:
        raise StateError(_words(error)) from None
    finally:
        os.close(descriptor)
    if len(data) > limit_bytes:
        raise StateError(f"it is larger than {limit_bytes} bytes")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        raise StateError("it is no text") from None


def replace_state(path: str, text: str, *, is_lasting: bool = True) -> None:
    """Writes the file anew: whoever reads meanwhile sees the old or the new; after a power loss too, if lasting.

    What is not ``is_lasting`` does not wait for the disk, which on a host that swaps may not answer for long.
    """
    import tempfile

    directory = os.path.dirname(path) or "."
    try:
        descriptor, draft = tempfile.mkstemp(prefix=".vmadvisor-", dir=directory)
    except OSError as error:
        raise StateError(f"cannot write {path}: {_words(error)}") from None
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fchmod(file.fileno(), _MODE)
            if is_lasting:
                os.fsync(file.fileno())
        os.replace(draft, path)
    except OSError as error:
        _drop(draft)
        raise StateError(f"cannot write {path}: {_words(error)}") from None
    except BaseException:  # a check's alarm, an interrupt
        _drop(draft)
        raise
    if is_lasting:
        _sync_directory(directory)


def _drop(draft: str) -> None:
    with suppress(OSError):
        os.unlink(draft)


def _sync_directory(directory: str) -> None:
    with suppress(OSError):
        descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _words(error: OSError | ValueError) -> str:
    return reason_of(error) if isinstance(error, OSError) else "it is no path"
