"""The admin's own file as text: small, UTF-8, and a regular file."""

# Bare os calls: check loads no pathlib.

import errno
import os
import stat

from vmadvisor.collect.tree import reason_of
from vmadvisor.errors import SettingsError

SIZE_MAX_BYTES = 16 * 1024
"""Some hundred rules ignored; finding the line of an error takes the square of it."""


def read_settings(path: str, *, is_optional: bool) -> str | None:
    """The text; ``None`` for a file that need not be there. ``SettingsError`` for any other trouble."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise SettingsError(f"{path}: not a regular file")
            data = os.read(descriptor, SIZE_MAX_BYTES + 1)
        finally:
            os.close(descriptor)
    except OSError as error:
        if is_optional and error.errno in {errno.ENOENT, errno.ENOTDIR}:
            return None
        raise SettingsError(f"{path}: {reason_of(error)}") from None
    if len(data) > SIZE_MAX_BYTES:
        raise SettingsError(f"{path}: larger than {SIZE_MAX_BYTES // 1024} KiB")
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise SettingsError(f"{path}: line {line}: not UTF-8") from None
