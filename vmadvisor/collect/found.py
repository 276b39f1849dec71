"""What a root that is not live holds: its moments, not read yet."""

from collections.abc import Iterable
from typing import NamedTuple

from vmadvisor.collect.tree import Tree
from vmadvisor.snapshot import Gap, Snapshot


class Found(NamedTuple):
    """Two moments of a recording, or one; ``gaps`` are of the root itself.

    ``past`` is what a forecast at the newer moment may look back at, as snapshots of few files, oldest first and
    that moment among them; they are read as they are asked for, once. Empty where ``past_s`` was not asked for.
    """

    before: Tree | None
    after: Tree
    gaps: list[Gap]
    past: Iterable[Snapshot] = ()
