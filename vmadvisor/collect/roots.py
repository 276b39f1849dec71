"""Where a snapshot comes from: the live host, a directory, an archive, standard input."""

# Bare os calls: no Path object for each of thousands of files, and names keep every byte.
# ruff: noqa: PTH110, PTH112, PTH208

import os
from collections.abc import Iterable
from typing import IO, Protocol

from vmadvisor.collect.found import Found
from vmadvisor.collect.request import Request
from vmadvisor.collect.tree import reason_of
from vmadvisor.errors import RootError
from vmadvisor.sources import AnySource

LIVE = "/"
STANDARD_INPUT = "-"


class Moments(Protocol):
    """A root that is not live: it has one moment, or two of a recording."""

    def moments(self, sources: Iterable[AnySource], request: Request) -> Found:
        """All that is there; ``RootError`` where there is nothing."""


class LiveRoot:
    """The running system."""


class DirectoryRoot:
    """A directory that holds ``proc`` or ``sys``, or a recording's ticks laid out on disk."""

    def __init__(self, path: str) -> None:
        self._path = path

    def moments(self, sources: Iterable[AnySource], request: Request) -> Found:
        """A tree as it lies there; of a recording the ticks that are asked for."""
        from vmadvisor.collect.directory_tree import DirectoryTree

        try:
            names = os.listdir(self._path)
        except OSError as error:
            raise RootError(f"{self._path}: {reason_of(error)}") from None
        if not {"proc", "sys"}.isdisjoint(names):
            if request.at_s is not None:
                raise RootError(f"{self._path}: it holds one moment without a time")
            return Found(None, DirectoryTree(self._path), [])
        from vmadvisor.collect.directory_recording import read_recording

        return read_recording(self._path, names, sources=sources, request=request)


class ArchiveRoot:
    """A file, or a stream that can be read once."""

    def __init__(self, text: str, stream: IO[bytes] | None) -> None:
        self._text = text
        self._stream = stream

    def moments(self, sources: Iterable[AnySource], request: Request) -> Found:
        """Reads the archive from front to back."""
        from vmadvisor.collect.archive import read_archive

        try:
            if self._stream is not None:
                return read_archive(self._stream, sources=sources, request=request)
            descriptor = os.open(self._text, os.O_RDONLY | os.O_CLOEXEC)
            with os.fdopen(descriptor, "rb") as stream:
                return read_archive(stream, sources=sources, request=request)
        except RootError as error:
            name = "standard input" if self._stream is not None else self._text
            raise RootError(f"{name}: {error}") from None
        except OSError as error:
            raise RootError(f"{self._text}: {reason_of(error)}") from None


Root = LiveRoot | DirectoryRoot | ArchiveRoot


def open_root(text: str, *, stdin: IO[bytes] | None = None) -> Root:
    """The root that ``--root`` names; ``RootError`` where nothing is there.

    ``stdin`` is what ``-`` stands for, in bytes. An archive is told by its first bytes, not its name.
    """
    if text and not os.path.normpath(text).strip(LIVE):  # POSIX keeps two leading slashes
        return LiveRoot()
    if text == STANDARD_INPUT:
        if stdin is None:
            raise RootError("standard input is closed")
        return ArchiveRoot(text, stdin)
    if not os.path.exists(text):
        raise RootError(f"{text or 'the root'}: no such file or directory")
    return DirectoryRoot(text) if os.path.isdir(text) else ArchiveRoot(text, None)
