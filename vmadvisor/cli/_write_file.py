"""``--output FILE``: a file that is there whole or not at all, and nothing odd in its place written through."""

import errno
import os
import stat
import tempfile
from contextlib import suppress
from pathlib import Path

import click

_MODE = 0o640
"""Names of processes may be hidden from other users."""


def write_whole(output: str, text: str) -> None:
    """Replaces the file; ``ClickException`` where that cannot be, the old one is left then.

    A link, a pipe, a device or a directory is refused; who wants to write into one has ``-``.
    """
    path = Path(output)
    draft: str | None = None
    try:
        mode = _mode_of(path)
        descriptor, draft = tempfile.mkstemp(prefix=".vmadvisor-", dir=path.parent)
        with os.fdopen(descriptor, "w", encoding="utf-8", errors="backslashreplace") as stream:
            stream.write(text)
            stream.flush()
            os.fchmod(stream.fileno(), mode)
            os.fsync(stream.fileno())
        Path(draft).replace(path)
    except (OSError, ValueError) as error:
        if draft is not None:
            with suppress(OSError):
                Path(draft).unlink()
        code = getattr(error, "errno", None) or errno.EINVAL
        raise click.ClickException(f"cannot write {output!r}: {os.strerror(code)}") from None


def _mode_of(path: Path) -> int:
    """The mode of the file that is there, else our own."""
    try:
        found = path.lstat()
    except FileNotFoundError:
        return _MODE
    if not stat.S_ISREG(found.st_mode):
        raise click.ClickException(
            f"{str(path)!r} is no regular file: not written; - is standard output"
        )
    return stat.S_IMODE(found.st_mode)
