"""An archive as a root: read once from front to back, nothing written to disk, links not followed."""

from collections.abc import Iterable
from typing import IO

from vmadvisor.collect import configuration_names, recording_meta
from vmadvisor.collect.damage import DamageError, end_gap, sums_gap
from vmadvisor.collect.decompress import Output
from vmadvisor.collect.found import Found
from vmadvisor.collect.layout import Layout
from vmadvisor.collect.request import Request
from vmadvisor.collect.tar_stream import TarStream
from vmadvisor.collect.tree import READ_LIMIT_BYTES
from vmadvisor.collect.wanted import Wanted
from vmadvisor.errors import RootError
from vmadvisor.snapshot import Gap
from vmadvisor.sources import AnySource

_GAPS_MAX_COUNT = 10


def read_archive(stream: IO[bytes], *, sources: Iterable[AnySource], request: Request) -> Found:
    """The moments, with gaps of the archive itself; ``RootError`` where nothing can be made of it."""
    wanted = Wanted(sources)
    layout = Layout(request)
    tar = TarStream(Output(stream))
    gaps: list[Gap] = []
    damage = _walk(tar, wanted, layout, gaps)
    if not tar.members_count:
        raise RootError("it is no tar archive, plain or compressed with gzip, xz or zstd")
    if damage is None and not tar.is_ended:
        damage = "it breaks off between two files"
    if (loss := tar.take_loss()) is not None:
        gaps.append(layout.note_loss(loss, None))
    gaps = _first_of(gaps)
    if damage is not None and layout.is_empty:
        raise RootError(f"nothing of use is in it, and it ends early: {damage}")
    is_torn = damage is not None
    before, after = layout.moments(is_torn=is_torn)
    gaps += layout.gaps()
    if tar.wrong_sums_count:
        gaps.append(sums_gap(tar.wrong_sums_count))
    if damage is not None:
        gaps.append(end_gap(damage))
    return Found(before, after, gaps, layout.past(is_torn=is_torn))


def _walk(tar: TarStream, wanted: Wanted, layout: Layout, gaps: list[Gap]) -> str | None:
    """Feeds the layout; returns what broke the archive off, if anything did."""
    try:
        for member in tar:
            if member.name == recording_meta.NAME and member.is_file:
                if member.size_bytes <= recording_meta.SIZE_MAX_BYTES:
                    layout.meta = tar.data()
                continue
            place = wanted.place(member.name) if member.is_file else None
            if place is None:
                _set_aside(tar, member.name, member.size_bytes if member.is_file else None, layout)
                continue
            prefix, path, kind = place
            if (loss := tar.take_loss()) is not None:
                gaps.append(layout.note_loss(loss, prefix))
            if member.size_bytes > READ_LIMIT_BYTES:
                gaps.append(_too_large(path))
            elif layout.wants(prefix, path) and (data := tar.data()) is not None:
                layout.add(prefix, path, kind, data)
    except DamageError as damage:
        return str(damage)
    return None


def _set_aside(tar: TarStream, name: str, size_bytes: int | None, layout: Layout) -> None:
    """A file of settings, for the tree that it turns out to belong to."""
    if size_bytes is None or size_bytes > configuration_names.FILE_MAX_BYTES:
        return
    found = configuration_names.place(name)
    if found is not None and layout.has_room_aside and (data := tar.data()) is not None:
        layout.set_aside(*found, data)


def _first_of(gaps: list[Gap]) -> list[Gap]:
    """Some of very many, and how many more there are."""
    more_count = len(gaps) - _GAPS_MAX_COUNT
    if more_count <= 0:
        return gaps
    cost = "each is a part of the archive that cannot be told of"
    return [*gaps[:-more_count], Gap(path="/", reason=f"{more_count} more of these", cost=cost)]


def _too_large(path: str) -> Gap:
    reason = f"larger than {READ_LIMIT_BYTES // 2**20} MiB in the archive"
    return Gap(path=f"/{path}", reason=reason, cost="no kernel writes such a file: it is left out")
