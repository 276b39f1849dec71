"""``sadf -j`` on a binary archive of sysstat, whose form is that program's own affair and changes with it.

The program gets no shell, a plain environment, a bounded time and memory.
"""

import os
import time
from collections.abc import Iterator

from vmadvisor.collect.damage import DamageError
from vmadvisor.collect.tree import reason_of
from vmadvisor.errors import RootError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from subprocess import Popen

WITHIN_S = 60.0

_PROGRAM = "sadf"
_TOO_LONG = f"{_PROGRAM} did not end within {WITHIN_S:g} s"
_WORDS_MAX_BYTES = 500
_ASKED = (
    ("-B", "-W", "-r", "ALL", "-S", "-q", "MEM,IO"),
    ("-B", "-W", "-r", "ALL", "-S"),
    ("-B", "-W", "-r", "-S"),
)
"""PSI came with 12.3, ``-r ALL`` with 11.5; an older program refuses the word and prints nothing."""

_ENVIRONMENT = {"LC_ALL": "C", "TZ": "UTC", "S_TIME_FORMAT": "ISO"}
_MEMORY_MAX_BYTES = 512 * 2**20
_PIECE_BYTES = 64 * 1024


def by_sadf(descriptor: int) -> Iterator[bytes]:
    """The first set of activities that the program knows; ``RootError`` with its words where it knows none."""
    words = ""
    for asked in _ASKED:
        run = _Sadf(descriptor, asked)
        yield from run.output()
        if run.has_printed:
            return
        words = run.words or f"{_PROGRAM} printed nothing"
    raise RootError(words)


class _Sadf:
    """One run of the program on an open file."""

    def __init__(self, descriptor: int, asked: tuple[str, ...]) -> None:
        self._descriptor = descriptor
        self._asked = asked
        self.has_printed = False
        self.words = ""

    def output(self) -> Iterator[bytes]:
        """What it prints; ``DamageError`` where it breaks off or takes too long."""
        from subprocess import DEVNULL, PIPE, Popen, TimeoutExpired

        path = f"/proc/self/fd/{self._descriptor}"
        environment = {**_ENVIRONMENT, "PATH": os.environ.get("PATH", os.defpath)}
        said = os.memfd_create("said", os.MFD_CLOEXEC)
        end_s = time.monotonic() + WITHIN_S
        try:
            process = Popen(  # noqa: S603 - a fixed program and our own words
                [_PROGRAM, "-j", path, "--", *self._asked],
                stdin=DEVNULL, stdout=PIPE, stderr=said, env=environment,
                pass_fds=(self._descriptor,), preexec_fn=_limit,  # noqa: PLW1509 - no threads here
            )  # fmt: skip
            with process:
                try:
                    yield from self._pieces(process, end_s)
                    process.wait(max(end_s - time.monotonic(), 0.1))
                except TimeoutExpired:
                    raise DamageError(_TOO_LONG) from None
                finally:
                    process.kill()
            lines = os.pread(said, _WORDS_MAX_BYTES, 0).decode("utf-8", "replace").splitlines()
            self.words = f"{_PROGRAM}: {lines[0].replace(path, 'the file')}" if lines else ""
            if process.returncode and self.has_printed:
                raise DamageError(self.words or f"{_PROGRAM} ended with {process.returncode}")
        except OSError as error:
            raise RootError(
                f"{_PROGRAM} reads such a file, and cannot be run: {reason_of(error)} (package sysstat)"
            ) from None
        finally:
            os.close(said)

    def _pieces(self, process: "Popen[bytes]", end_s: float) -> Iterator[bytes]:
        import select

        output = -1 if process.stdout is None else process.stdout.fileno()
        while True:
            left_s = end_s - time.monotonic()
            if left_s <= 0 or not select.select([output], [], [], left_s)[0]:
                raise DamageError(_TOO_LONG)
            piece = os.read(output, _PIECE_BYTES)
            if not piece:
                return
            self.has_printed = self.has_printed or bool(piece.strip())
            yield piece


def _limit() -> None:
    """Between fork and exec: a hostile file costs no more than this."""
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_MAX_BYTES, _MEMORY_MAX_BYTES))
    seconds = max(int(WITHIN_S), 1)
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
