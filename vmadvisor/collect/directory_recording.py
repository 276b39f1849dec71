"""A recording laid out on disk: directories named ``<seconds>``, each with ``proc`` and ``sys``."""

from collections.abc import Iterable

from vmadvisor.collect import recording_meta
from vmadvisor.collect.budget import Budget
from vmadvisor.collect.directory_tree import DirectoryTree
from vmadvisor.collect.found import Found
from vmadvisor.collect.layout import seconds_of
from vmadvisor.collect.recording_files import files_below, read_meta
from vmadvisor.collect.recording_window import RecordingWindow
from vmadvisor.collect.request import Request
from vmadvisor.collect.wanted import Wanted
from vmadvisor.errors import RootError
from vmadvisor.sources import AnySource


def read_recording(
    root: str, names: Iterable[str], *, sources: Iterable[AnySource], request: Request
) -> Found:
    """The moments, nothing missing of the whole; as an archive's ticks, in order of time."""
    ticks = sorted((time_s, name) for name in names if (time_s := seconds_of(name)) is not None)
    if not ticks:
        raise RootError(f"{root}: neither proc nor sys is there, nor a recording's ticks")
    wanted = Wanted(sources)
    window = RecordingWindow(
        at_s=request.at_s,
        interval_s=request.interval_s,
        budget=Budget(),
        past_s=request.past_s,
    )
    for time_s, name in ticks:
        tree = DirectoryTree(f"{root}/{name}")
        for path in files_below(f"{root}/{name}"):
            kind = wanted.kind(path)
            if kind is None or not window.wants(time_s, path):
                continue
            try:
                window.add(time_s, path, kind, tree.read(path)[0])
            except OSError:  # no regular file: the tick does not have it
                continue
    before, after = window.moments(is_torn=False)
    if after is None:
        raise RootError(f"{root}: the recording begins at {window.first_s} s, or is empty")
    meta = read_meta(root)
    for moment in (before, after):
        if moment is not None and meta is not None:
            moment.put(recording_meta.NAME, meta, moment.now_s())
    return Found(before, after, [], window.past(meta, is_torn=False))
