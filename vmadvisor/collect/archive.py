"""An archive as a root: read once from front to back, nothing written to disk, links not followed."""

from collections.abc import Iterable
from typing import IO

from vmadvisor.collect import recording_meta
from vmadvisor.collect.decompress import DamageError, Output
from vmadvisor.collect.layout import Layout
from vmadvisor.collect.request import Request
from vmadvisor.collect.tar_stream import TarStream
from vmadvisor.collect.tree import READ_LIMIT_BYTES, Tree
from vmadvisor.collect.wanted import Wanted
from vmadvisor.errors import RootError
from vmadvisor.snapshot import Gap
from vmadvisor.sources import AnySource

_GAPS_MAX_COUNT = 10


def read_archive(
    stream: IO[bytes], *, sources: Iterable[AnySource], request: Request
) -> tuple[Tree | None, Tree, list[Gap]]:
    """(before, after, gaps of the archive itself); ``RootError`` where nothing can be made of it."""
    wanted = Wanted(sources)
    layout = Layout(request)
    tar = TarStream(Output(stream))
    gaps: list[Gap] = []
    damage = _walk(tar, wanted, layout, gaps)
    if not tar.members_count:
        raise RootError("it is no tar archive, plain or compressed with gzip, xz or zstd")
    if damage is None and not tar.is_ended:
        damage = "it breaks off between two files"
    before, after = layout.moments(is_torn=damage is not None)
    gaps += layout.gaps()
    if damage is not None:
        cost = "what came later in it is not known"
        gaps.append(Gap(path="/", reason=f"the archive ends early: {damage}", cost=cost))
    return before, after, gaps


def _walk(tar: TarStream, wanted: Wanted, layout: Layout, gaps: list[Gap]) -> str | None:
    """Feeds the layout; returns what broke the archive off, if anything did."""
    try:
        for member in tar:
            if member.name == recording_meta.NAME and member.is_file:
                if member.size_bytes <= recording_meta.SIZE_MAX_BYTES:
                    gaps += recording_meta.gaps_of(tar.data())
                continue
            place = wanted.place(member.name) if member.is_file else None
            if place is None:
                continue
            prefix, path, kind = place
            if member.size_bytes > READ_LIMIT_BYTES:
                if len(gaps) < _GAPS_MAX_COUNT:
                    gaps.append(_too_large(path))
            elif layout.wants(prefix, path):
                layout.add(prefix, path, kind, tar.data())
    except DamageError as damage:
        return str(damage)
    return None


def _too_large(path: str) -> Gap:
    reason = f"larger than {READ_LIMIT_BYTES // 2**20} MiB in the archive"
    return Gap(path=f"/{path}", reason=reason, cost="no kernel writes such a file: it is left out")
