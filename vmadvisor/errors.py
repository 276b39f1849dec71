"""Every error of ours. One base class carries the exit code; only ``cli`` catches it."""


class VmadvisorError(Exception):
    """Something the user must know; its text is one sentence, its exit code is UNKNOWN's."""

    exit_code = 3


class ParseError(VmadvisorError):
    """A file the kernel wrote does not have the form we know.

    >>> str(ParseError("expected pages, found 'x'", line_number=3))
    "line 3: expected pages, found 'x'"
    """

    def __init__(self, message: str, *, line_number: int | None = None) -> None:
        where = "" if line_number is None else f"line {line_number}: "
        super().__init__(where + message)
        self.line_number = line_number


class RootError(VmadvisorError):
    """The root (host, directory, archive) cannot be read at all, or breaks a limit."""


class RecordingError(VmadvisorError):
    """A recording cannot be written, or not to its end."""


class RenderError(VmadvisorError):
    """A format cannot be had here."""


class SettingsError(VmadvisorError):
    """The configuration says something that cannot be meant.

    >>> str(SettingsError("targets.x: no such key", line_number=7))
    'line 7: targets.x: no such key'
    """

    def __init__(self, message: str, *, line_number: int | None = None) -> None:
        where = "" if line_number is None else f"line {line_number}: "
        super().__init__(where + message)
        self.line_number = line_number


class StateError(VmadvisorError):
    """A file that this program keeps between runs cannot be read or written."""
