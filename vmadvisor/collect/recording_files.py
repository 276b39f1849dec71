"""The files of a recording that lies on disk as directories, one for each tick."""

import os
from collections.abc import Iterator

from vmadvisor.collect import recording_meta
from vmadvisor.collect.directory_tree import DirectoryTree


def read_meta(root: str) -> bytes | None:
    """What the recording says of itself, if it does."""
    try:
        return DirectoryTree(root).read(recording_meta.NAME)[0]
    except OSError:
        return None


def files_below(tick: str) -> Iterator[str]:
    """Paths below the tick, links to directories not followed, in a fixed order."""
    for top in ("proc", "sys", "meta"):
        for directory, below, names in os.walk(f"{tick}/{top}"):
            below.sort()
            inside = directory[len(tick) + 1 :]
            for name in sorted(names):
                yield f"{inside}/{name}"
