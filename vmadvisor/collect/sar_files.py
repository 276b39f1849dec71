"""sysstat's archives as text: the JSON of ``sadf -j``, or what that program makes of a binary file.

The binary form is sysstat's own affair and changes with its versions: its program reads it. That program gets
no shell, a plain environment, a bounded time, output and memory.
"""

import codecs
import os
import re
import stat
import sys
import time
from collections.abc import Iterator
from typing import IO

from vmadvisor.collect.damage import DamageError
from vmadvisor.collect.decompress import Output
from vmadvisor.collect.tree import reason_of
from vmadvisor.errors import RootError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from subprocess import Popen

DIRECTORIES = ("/var/log/sysstat", "/var/log/sa")
"""Of Debian and of Red Hat."""

STANDARD_INPUT = "-"
TEXT_MAX_BYTES = 256 * 2**20
"""A day at one record a second with what is asked for here is half of it."""

BINARY_MAX_BYTES = 128 * 2**20
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
_NAME = re.compile(r"sa(\d\d|\d{8})(\.(gz|xz|zst))?", re.ASCII)
_FILES_MAX_COUNT = 1000
_COMPRESSED = (b"\x1f\x8b", b"\xfd7zXZ\0", b"\x28\xb5\x2f\xfd")


def sar_paths(path: str) -> list[str]:
    """The file itself; of a directory its daily archives, by the time of their last record, oldest first."""
    if path == STANDARD_INPUT or not os.path.isdir(path):  # noqa: PTH112
        return [path]
    try:
        with os.scandir(path) as entries:
            found = [
                (entry.stat().st_mtime, entry.path)
                for entry in entries
                if _NAME.fullmatch(entry.name) and entry.is_file()
            ]
    except OSError as error:
        raise RootError(f"{path}: {reason_of(error)}") from None
    if not found:
        raise RootError(f"{path}: it holds no archive of sysstat (sa01 to sa31, sa20261127)")
    return [name for _, name in sorted(found)[-_FILES_MAX_COUNT:]]


def default_paths() -> list[str]:
    """Those of this host; ``RootError`` where it has none."""
    for directory in DIRECTORIES:
        if os.path.isdir(directory):  # noqa: PTH112
            return sar_paths(directory)
    raise RootError(f"no archives of sysstat here: neither {' nor '.join(DIRECTORIES)} is there")


def sar_text(path: str) -> Iterator[str]:
    """The JSON, piece by piece; ``RootError`` where there is none, ``DamageError`` where it breaks off."""
    try:
        if path == STANDARD_INPUT:
            yield from _decoded(_bounded(_from_stream(sys.stdin.buffer)))
            return
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(descriptor, "rb") as stream:
            _require_regular(descriptor)
            yield from _decoded(_bounded(_of_file(stream)))
    except OSError as error:
        raise RootError(f"{path}: {reason_of(error)}") from None
    except RootError as error:
        raise RootError(f"{path}: {error}") from None


def _require_regular(descriptor: int) -> None:
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        raise RootError("it is no regular file")


def _of_file(stream: IO[bytes]) -> Iterator[bytes]:
    head = stream.read(_PIECE_BYTES)
    stream.seek(0)
    if head.startswith(_COMPRESSED):
        output = Output(stream)
        head = output.read(_PIECE_BYTES)
        output.put_back(head)
        if head.lstrip()[:1] == b"{":
            yield from iter(lambda: output.read(_PIECE_BYTES), b"")
            return
        descriptor = _in_memory(output)
        try:
            yield from _by_sadf(descriptor)
        finally:
            os.close(descriptor)
    elif head.lstrip()[:1] == b"{":
        yield from _from_stream(stream)
    elif head:
        yield from _by_sadf(stream.fileno())
    else:
        raise RootError("it is empty")


def _from_stream(stream: IO[bytes]) -> Iterator[bytes]:
    return iter(lambda: stream.read(_PIECE_BYTES), b"")


def _in_memory(output: Output) -> int:
    """The file decompressed; it lies in no directory and goes with its descriptor."""
    descriptor = os.memfd_create("sa", os.MFD_CLOEXEC)
    try:
        while piece := output.read(_PIECE_BYTES):
            _require_small(output.total_bytes)
            os.write(descriptor, piece)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def _require_small(count: int) -> None:
    if count > BINARY_MAX_BYTES:
        raise RootError(f"it holds more than {BINARY_MAX_BYTES // 2**20} MiB")


def _bounded(pieces: Iterator[bytes]) -> Iterator[bytes]:
    count = 0
    for piece in pieces:
        count += len(piece)
        if count > TEXT_MAX_BYTES:
            raise DamageError(f"only the first {TEXT_MAX_BYTES // 2**20} MiB of its text were read")
        yield piece


def _decoded(pieces: Iterator[bytes]) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
    for piece in pieces:
        yield decoder.decode(piece)


def _by_sadf(descriptor: int) -> Iterator[bytes]:
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
