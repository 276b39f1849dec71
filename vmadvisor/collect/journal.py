"""This host's kernel messages: the journal, or /dev/kmsg where there is none."""

import os
from collections.abc import Iterator

from vmadvisor.collect.log_blocks import line_blocks
from vmadvisor.collect.tree import reason_of
from vmadvisor.errors import RootError

_KMSG = "/dev/kmsg"
_RECORD_MAX_BYTES = 8192
_COMMAND = ("journalctl", "--no-pager", "--quiet", "--output=json", "_TRANSPORT=kernel")


def journal_blocks(since: str | None) -> Iterator[bytes]:
    """All kernel messages that the journal keeps, of all boots, or those since a time journalctl knows."""
    from subprocess import DEVNULL, PIPE, Popen

    command = [*_COMMAND] if since is None else [*_COMMAND, f"--since={since}"]
    try:
        process = Popen(command, stdin=DEVNULL, stdout=PIPE, stderr=PIPE)  # noqa: S603 - a fixed command
    except OSError as error:
        raise RootError(f"journalctl: {reason_of(error)}") from None
    with process:
        if process.stdout is None or process.stderr is None:
            raise RootError("journalctl: no output")
        yield from line_blocks(process.stdout.read)
        said = process.stderr.read(500).decode("utf-8", "replace").strip()
        if process.wait() and said:
            raise RootError(said.splitlines()[0])


def has_journal() -> bool:
    """Whether journalctl is installed."""
    from shutil import which

    return which(_COMMAND[0]) is not None


def kmsg_blocks() -> Iterator[bytes]:
    """What the kernel's ring buffer holds, record by record; ``RootError`` where it may not be read."""
    try:
        descriptor = os.open(_KMSG, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise RootError(
            f"{_KMSG}: {reason_of(error)} (kernel.dmesg_restrict); give a log file"
        ) from None
    try:
        while True:
            try:
                yield os.read(descriptor, _RECORD_MAX_BYTES)
            except BlockingIOError:
                return
            except BrokenPipeError:  # records were overwritten while they were read
                continue
            except OSError as error:
                raise RootError(f"{_KMSG}: {reason_of(error)}") from None
    finally:
        os.close(descriptor)
