"""A recording's ticks in the order in which they are stored: an archive's, or a directory's.

    meta.json   12.041147/proc/vmstat   12.041147/proc/7/statm   12.243005/proc/vmstat   end.json

A tick is whole once a file of another one comes, or the end: one tick is held in memory, never more.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from vmadvisor.collect import recording_meta
from vmadvisor.collect.budget import Budget
from vmadvisor.collect.damage import DamageError, end_gap, sums_gap
from vmadvisor.collect.decompress import Output
from vmadvisor.collect.directory_tree import DirectoryTree
from vmadvisor.collect.layout import seconds_of
from vmadvisor.collect.recording_files import files_below, read_meta
from vmadvisor.collect.tar_stream import TarStream
from vmadvisor.collect.tree import READ_LIMIT_BYTES, reason_of
from vmadvisor.collect.wanted import Kind, Wanted
from vmadvisor.errors import RootError
from vmadvisor.snapshot import Gap

Files = dict[str, tuple[Kind, bytes]]
Wants = Callable[[Kind], bool]

TICK_MAX_BYTES = 128 * 2**20

_NO_TICKS = "it is no recording: it holds no tick of one"


class Tick(NamedTuple):
    """Files by path, in stored order.

    ``gaps`` tell what was lost up to its end; ``meta`` is the recording's text about itself.

    ``is_cut``: the stream broke off within it or right behind it, so its scans may be incomplete.
    ``is_last``: nothing follows.
    """

    time_s: float
    files: Files
    gaps: tuple[Gap, ...]
    meta: bytes | None
    is_cut: bool
    is_last: bool


def ticks_of(path: Path, wanted: Wanted, wants: Wants) -> Iterator[Tick]:
    """Ticks as stored, with the files of the kinds that are wanted.

    Raises ``RootError`` where nothing is there, where it is no recording, or beyond a limit.
    """
    try:
        if path.is_dir():
            yield from _of_directory(path, wanted, wants)
        else:
            yield from _Archive(path, wanted, wants).ticks()
    except RootError as error:
        raise RootError(f"{path}: {error}") from None
    except OSError as error:
        raise RootError(f"{path}: {reason_of(error)}") from None


def _of_directory(path: Path, wanted: Wanted, wants: Wants) -> Iterator[Tick]:
    found = ((seconds_of(entry.name), entry) for entry in path.iterdir())
    ticks = sorted((time_s, entry.name) for time_s, entry in found if time_s is not None)
    if not ticks:
        raise RootError(_NO_TICKS)
    last = ticks[-1]
    meta = read_meta(str(path))
    for time_s, name in ticks:
        tree = DirectoryTree(f"{path}/{name}")
        files: Files = {}
        budget = Budget(TICK_MAX_BYTES)
        for below in files_below(f"{path}/{name}"):
            kind = wanted.kind(below)
            if kind is None or not wants(kind):
                continue
            try:
                data = tree.read(below)[0]
            except OSError:  # no regular file: the tick does not have it
                continue
            budget.take(below, data)
            files[below] = (kind, data)
        yield Tick(time_s, files, (), meta, is_cut=False, is_last=(time_s, name) == last)


class _Archive:
    """One archive while it is read; ticks of the first recording that is met, others' are counted."""

    def __init__(self, path: Path, wanted: Wanted, wants: Wants) -> None:
        self._path = path
        self._wanted = wanted
        self._wants = wants
        self._prefix: str | None = None
        self._time_s: float | None = None
        self._files: Files = {}
        self._budget = Budget(TICK_MAX_BYTES)
        self._gaps: list[Gap] = []
        self._meta: bytes | None = None
        self._is_cut = False
        self._wrong_sums_count = 0

    def ticks(self) -> Iterator[Tick]:
        with self._path.open("rb") as stream:
            tar = TarStream(Output(stream))
            damage: str | None = None
            try:
                yield from self._whole_ticks(tar)
            except DamageError as error:
                damage = str(error)
        if not tar.members_count:
            raise RootError("it is no tar archive, plain or compressed with gzip, xz or zstd")
        if damage is None and not tar.is_ended:
            damage = "it breaks off between two files"
        if self._time_s is None:
            raise RootError(_NO_TICKS if damage is None else f"{_NO_TICKS} ({damage})")
        self._note_loss(tar, None)
        if damage is not None:
            self._is_cut = True
            self._gaps.append(end_gap(damage))
        yield self._tick(is_last=True)

    def _whole_ticks(self, tar: TarStream) -> Iterator[Tick]:
        prefix: str | None = None
        time_s: float | None = None
        for member in tar:
            if not member.is_file:
                continue
            if member.name == recording_meta.NAME:
                if member.size_bytes <= recording_meta.SIZE_MAX_BYTES:
                    self._meta = tar.data()
                continue
            place = self._wanted.place(member.name)
            if place is None:
                continue
            if place[0] != prefix:
                prefix = place[0]
                time_s = self._seconds(prefix)
                if time_s is not None and time_s != self._time_s:
                    yield from self._turn(tar, time_s)
            self._note_loss(tar, self._time_s)
            if time_s is not None:
                self._take(tar, place[1], place[2], member.size_bytes)

    def _turn(self, tar: TarStream, time_s: float) -> Iterator[Tick]:
        """The tick that is whole now, and the next one begun; a loss in between belongs to both."""
        loss = tar.take_loss()
        before_s = self._time_s
        if before_s is not None:
            self._is_cut = self._is_cut or loss is not None
            yield self._tick()
        self._time_s = time_s
        if loss is not None:
            self._is_cut = True
            self._gaps.append(loss.gap(before_s, time_s))

    def _note_loss(self, tar: TarStream, after_s: float | None) -> None:
        """What was lost within the tick, as far as it is known."""
        loss = tar.take_loss()
        if loss is not None:
            self._is_cut = True
            self._gaps.append(loss.gap(self._time_s, after_s))
        if tar.wrong_sums_count > self._wrong_sums_count:
            self._gaps.append(sums_gap(tar.wrong_sums_count - self._wrong_sums_count))
            self._wrong_sums_count = tar.wrong_sums_count

    def _seconds(self, prefix: str) -> float | None:
        """The tick that the prefix names, ``None`` where it is another tree's."""
        before, _, name = prefix.rpartition("/")
        time_s = seconds_of(name)
        if time_s is None or (self._prefix is not None and before != self._prefix):
            return None
        self._prefix = before
        return time_s

    def _take(self, tar: TarStream, path: str, kind: Kind, size_bytes: int) -> None:
        if not self._wants(kind):
            return
        if size_bytes > READ_LIMIT_BYTES:
            reason = f"larger than {READ_LIMIT_BYTES // 2**20} MiB in the archive"
            self._gaps.append(Gap(path=f"/{path}", reason=reason, cost="it is left out"))
            return
        data = tar.data()
        if data is not None:
            self._budget.take(path, data)
            self._files[path] = (kind, data)

    def _tick(self, *, is_last: bool = False) -> Tick:
        time_s = self._time_s if self._time_s is not None else 0.0
        gaps, is_cut = tuple(self._gaps), self._is_cut
        tick = Tick(time_s, self._files, gaps, self._meta, is_cut=is_cut, is_last=is_last)
        self._files, self._gaps = {}, []
        self._budget = Budget(TICK_MAX_BYTES)
        self._is_cut = False
        return tick
