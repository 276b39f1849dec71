"""Which paths of an archive are worth keeping: what the registry, the process and group scans read."""

import re
from collections.abc import Iterable
from typing import Literal

from vmadvisor.sources import AnySource, FileSource
from vmadvisor.sources.cgroup import V1_NAMES, V2_NAMES

Kind = Literal["record", "process", "cgroup"]

CGROUP_MOUNT = "sys/fs/cgroup"
PROCESS_NAMES = ("stat", "status", "statm", "oom_score", "oom_score_adj", "cgroup")

PROCESS_COUNTS_PATH = "meta/processes.json"
"""What a recorder says of its scan of processes; see ``process_counts``."""

_TOPS = frozenset(("proc", "sys", PROCESS_COUNTS_PATH.partition("/")[0]))
_PROCESS = re.compile(rf"proc/[1-9][0-9]{{0,9}}/(?:{'|'.join(PROCESS_NAMES)})")
_CGROUP_PREFIX = f"{CGROUP_MOUNT}/"
_CGROUP_NAMES = frozenset(V1_NAMES + V2_NAMES)
_DEPTH_MAX_COUNT = 64  # components of a path; the kernel's own groups rarely pass ten


class Wanted:
    """Tells kept paths from the rest, by the same registry that is read later."""

    __slots__ = ("_paths", "_pattern")

    def __init__(self, sources: Iterable[AnySource]) -> None:
        self._paths: set[str] = set()
        patterns: list[str] = []
        for source in sources:
            if isinstance(source, FileSource):
                self._paths.add(source.path)
            elif "*" in source.path:
                before, after = map(re.escape, source.path.split("*", 1))
                names = "|".join(map(re.escape, source.names))
                patterns.append(f"{before}[^/]+{after}/(?:{names})")
            else:
                self._paths.update(f"{source.path}/{name}" for name in source.names)
        self._pattern = re.compile("|".join(patterns) or r"(?!)")

    def kind(self, path: str) -> Kind | None:
        """What the path is for, ``None`` for nothing.

        >>> from vmadvisor.sources import SOURCES
        >>> wanted = Wanted(SOURCES)
        >>> [wanted.kind(p) for p in ("proc/vmstat", "proc/7/statm", "proc/7/environ")]
        ['record', 'process', None]
        """
        if path in self._paths:
            return "record"
        if path == PROCESS_COUNTS_PATH:
            return "process"
        if _PROCESS.fullmatch(path):
            return "process"
        if path.startswith(_CGROUP_PREFIX) and path.rpartition("/")[2] in _CGROUP_NAMES:
            return "cgroup"
        return "record" if self._pattern.fullmatch(path) else None

    def place(self, name: str) -> tuple[str, str, Kind] | None:
        """A member's name as (prefix, path, kind): where its tree begins, and what it is there.

        The first ``proc``, ``sys`` or ``meta`` below which the rest is wanted ends the prefix. Names that
        climb or hold a NUL have no place; a leading slash means nothing.

        >>> from vmadvisor.sources import SOURCES
        >>> Wanted(SOURCES).place("./sosreport-db1/proc/meminfo")
        ('sosreport-db1', 'proc/meminfo', 'record')
        >>> Wanted(SOURCES).place("../proc/meminfo") is None
        True
        """
        if "\0" in name:
            return None
        parts = [part for part in name.split("/") if part not in {"", "."}]
        if ".." in parts or len(parts) > _DEPTH_MAX_COUNT:
            return None
        for index, part in enumerate(parts):
            if part in _TOPS:
                path = "/".join(parts[index:])
                kind = self.kind(path)
                if kind is not None:
                    return "/".join(parts[:index]), path, kind
        return None
