"""``meta/processes.json`` in a tick of a recording: how many processes its recorder saw, and kept.

    12.041147/meta/processes.json    {"seen_count": 512, "with_memory_count": 230, "top_count": 10}

No kernel file: it stands beside ``proc`` and ``sys``, so that no reader takes it for one. A recording
that holds ``top_count`` processes by the OOM killer's order, and as many by size, must not pass for
one of all.
"""

import json
from dataclasses import replace

from vmadvisor.collect.recording_meta import PROCESSES_MAX_COUNT, RecordingMeta, number_of
from vmadvisor.collect.tree import Tree
from vmadvisor.collect.wanted import PROCESS_COUNTS_PATH
from vmadvisor.records import dataclass
from vmadvisor.snapshot import ProcessScan

_NAMES = ("seen_count", "with_memory_count", "top_count")


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessCounts:
    """``with_memory_count`` leaves kernel threads out; ``top_count`` ``None`` when all were kept."""

    seen_count: int
    with_memory_count: int
    top_count: int | None


def text_of(counts: ProcessCounts) -> bytes:
    r"""As it stands in the recording.

    >>> text_of(ProcessCounts(seen_count=512, with_memory_count=230, top_count=None))
    b'{"seen_count": 512, "with_memory_count": 230, "top_count": null}\n'
    """
    return json.dumps({name: getattr(counts, name) for name in _NAMES}).encode() + b"\n"


def as_recorded(scan: ProcessScan, tree: Tree, meta: RecordingMeta) -> ProcessScan:
    """The scan of a recording's processes: as many were seen as it says, and no more kept than it kept."""
    counts = counts_of(tree)
    top_count = counts.top_count if counts is not None else meta.top_count
    is_shortlist = meta.is_shortlist or top_count is not None
    return replace(
        scan,
        seen_count=counts.seen_count if counts is not None else scan.seen_count,
        is_complete=scan.is_complete and not is_shortlist,
        leading_count=top_count,
    )


def counts_of(tree: Tree) -> ProcessCounts | None:
    """What the tree's recorder saw; ``None`` where it does not say."""
    try:
        return counts_in(tree.read(PROCESS_COUNTS_PATH)[0])
    except OSError:
        return None


def counts_in(data: bytes) -> ProcessCounts | None:
    """The counts in a recording's text; ``None`` where it says what cannot be."""
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict):
        return None
    seen_count, with_memory_count, top_count = (
        number_of(found.get(name), PROCESSES_MAX_COUNT) for name in _NAMES
    )
    if seen_count is None or with_memory_count is None:
        return None
    if top_count is None and found.get("top_count") is not None:
        return None
    return ProcessCounts(
        seen_count=seen_count, with_memory_count=with_memory_count, top_count=top_count
    )
