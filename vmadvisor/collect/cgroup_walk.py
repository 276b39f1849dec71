"""Control groups with memory: every group's limit, the files of those that can matter.

    /sys/fs/cgroup/system.slice/cron.service/memory.max           v2
    /sys/fs/cgroup/memory/docker/ab12/memory.limit_in_bytes       v1

These reads may wait for locks that a stuck host never gives back (a forked child does them there,
see ``forked``), and ``memory.stat`` gathers counters from all CPUs. So: one file per group to find
the limits; all files for groups near a limit and for those of the largest processes; current use,
events and pressure for the top of the hierarchy.
"""

import errno
import re
from collections.abc import Iterator
from typing import NamedTuple

from vmadvisor.collect.tree import Tree, reason_of, text_of
from vmadvisor.collect.wanted import CGROUP_MOUNT
from vmadvisor.errors import ParseError
from vmadvisor.sources import pid_cgroup
from vmadvisor.sources.cgroup import V1_NAMES, V1_UNLIMITED_MIN_BYTES, V2_NAMES

GROUPS_MAX_COUNT = 4096
DETAILED_MAX_COUNT = 64
"""Limited groups read in full: those nearest to their limit."""

TOP_MAX_COUNT = 64
PROCESS_GROUPS_MAX_COUNT = 32

VMSTAT, MARK, LOCAL, MOUNTS = "vmstat", "mark", "local", "mounts"
"""Names in the ``files`` of ``kills``."""

_MARK_PRIME = 2**61 - 1
_PROCS = "cgroup.procs"
_NUMBER = re.compile(rb"[0-9]{1,20}")


class Event(NamedTuple):
    """One finding of the walk; ``seen_count`` groups had been seen by then.

    ``group``: files of the group ``path``. ``members``: its ``cgroup.procs`` only. ``process``:
    ``path`` is a pid, its group's path in ``files``. ``error``: the first file that could not be read
    for a ``reason``. ``kills``: what ``top_kills`` needs beside the groups' own files. ``end``: nothing more comes; ``path`` is ``cut`` where the count limit cut the walk.
    """

    kind: str
    path: str
    files: dict[str, bytes]
    time_s: float
    seen_count: int


class WalkPlan(NamedTuple):
    """``pids``: whose group is asked for, the largest first. ``with_members``: pids of limited groups."""

    pids: tuple[int, ...]
    with_members: bool


class _Hierarchy(NamedTuple):
    mount: str
    limit_name: str
    usage_name: str
    names: tuple[str, ...]
    top_names: tuple[str, ...]


_V2 = _Hierarchy(
    mount=CGROUP_MOUNT,
    limit_name="memory.max",
    usage_name="memory.current",
    names=tuple(name for name in V2_NAMES if name != _PROCS),
    top_names=("memory.current", "memory.max", "memory.events", "memory.pressure"),
)
_V1 = _Hierarchy(
    mount=f"{CGROUP_MOUNT}/memory",
    limit_name="memory.limit_in_bytes",
    usage_name="memory.usage_in_bytes",
    names=tuple(name for name in V1_NAMES if name != _PROCS),
    top_names=(
        "memory.usage_in_bytes", "memory.limit_in_bytes", "memory.failcnt", "memory.oom_control",
    ),
)  # fmt: skip


def walk(tree: Tree, plan: WalkPlan) -> Iterator[Event]:
    """Yields what is found, the cheap and certain first; nothing where no group has memory files."""
    hierarchy = _hierarchy(tree)
    if hierarchy is not None:
        yield from _Walk(tree, plan, hierarchy).events()


def walk_top(tree: Tree) -> Iterator[Event]:
    """Only what tells whose the OOM kills were: ``memory.events`` of the groups below the root."""
    hierarchy = _hierarchy(tree)
    if hierarchy is _V2:
        yield from _Walk(tree, WalkPlan(pids=(), with_members=False), hierarchy).top_events()


def _hierarchy(tree: Tree) -> _Hierarchy | None:
    """The hierarchy that accounts memory; a recording may lack the root group's own files."""
    try:
        top = set(tree.names(CGROUP_MOUNT))
    except OSError:
        return None
    if "cgroup.controllers" in top or "memory.stat" in top:
        return _V2
    if "memory" in top and _has_file(tree, _V1.mount, _V1.usage_name):
        return _V1
    return _V2 if _has_file(tree, _V2.mount, _V2.usage_name) else None


def _has_file(tree: Tree, directory: str, name: str) -> bool:
    """True if the directory, or one right below it, holds the file."""
    try:
        below = tree.subdirectories(directory)
        return name in tree.names(directory) or any(
            name in tree.names(f"{directory}/{child}") for child in below
        )
    except OSError:
        return False


class _Walk:
    def __init__(self, tree: Tree, plan: WalkPlan, hierarchy: _Hierarchy) -> None:
        self._tree = tree
        self._plan = plan
        self._hierarchy = hierarchy
        self._groups = ["/"]
        self._usage_ratio: dict[str, float] = {}  # of limited groups
        self._errors: dict[str, Event] = {}
        self._is_cut = False

    def events(self) -> Iterator[Event]:
        yield from self._limits()
        nearest = sorted(self._usage_ratio, key=self._usage_ratio.__getitem__, reverse=True)
        detailed = dict.fromkeys(nearest[:DETAILED_MAX_COUNT])
        for group in detailed:
            yield from self._files(group, self._hierarchy.names)
        top = [group for group in self._groups if group.count("/") == 1 and group not in detailed]
        for group in top[:TOP_MAX_COUNT]:
            yield from self._files(group, self._hierarchy.top_names)
        if len(top) <= TOP_MAX_COUNT and self._hierarchy is _V2:
            yield from self._kills()
        if self._plan.with_members:
            yield from self._members()
        yield from self._process_groups(detailed)
        yield from self._errors.values()
        yield self._event("end", "cut" if self._is_cut else "")

    def top_events(self) -> Iterator[Event]:
        """Of few groups; where there are many they are left to whole walks."""
        self._groups += [f"/{name}" for name in self._tree.subdirectories(self._hierarchy.mount)]
        if len(self._groups) <= TOP_MAX_COUNT:
            for group in self._groups:
                yield from self._files(group, ("memory.current", "memory.events"))
            yield from self._kills()
        yield self._event("end", "")

    def _kills(self) -> Iterator[Event]:
        """vmstat's count once the groups' are read; where it is not 0, whether those count what is below them."""
        names = [group for group in self._groups if group.count("/") == 1]
        try:
            files = {VMSTAT: self._tree.read("proc/vmstat")[0], MARK: _mark(names)}
            if kills_total(files[VMSTAT]):
                files[LOCAL] = b"yes" if self._has_local(names) else b"no"
                if self._tree.is_live:
                    files[MOUNTS] = self._tree.read("proc/self/mountinfo")[0]
        except OSError:
            return
        yield self._event("kills", "", files)

    def _has_local(self, groups: list[str]) -> bool:
        return any(
            _has_file(self._tree, self._directory(group), "memory.events.local") for group in groups
        )

    def _event(
        self, kind: str, path: str, files: dict[str, bytes] | None = None, time_s: float = 0.0
    ) -> Event:
        return Event(kind, path, files or {}, time_s, len(self._groups))

    def _directory(self, group: str) -> str:
        return self._hierarchy.mount + (group if group != "/" else "")

    def _read(self, group: str, name: str) -> tuple[bytes, float] | None:
        """A file of a group, which may be removed at any time (ENOENT, ENODEV)."""
        path = f"{self._directory(group)}/{name}"
        try:
            return self._tree.read(path)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            if error.errno != errno.ENODEV:
                reason = reason_of(error)
                event = self._event("error", path, {"reason": reason.encode()})
                self._errors.setdefault(reason, event)
            return None

    def _limits(self) -> Iterator[Event]:
        """Breadth first through all groups."""
        for group in self._groups:  # grows while it is walked
            found = self._read(group, self._hierarchy.limit_name)
            limit_bytes = None if found is None else _limit(found[0])
            if found is not None and limit_bytes is not None:
                yield from self._limited(group, found, limit_bytes)
            try:
                children = self._tree.subdirectories(self._directory(group))
            except OSError:
                continue
            room_count = GROUPS_MAX_COUNT - len(self._groups)
            self._is_cut = self._is_cut or len(children) > room_count
            self._groups += [f"{group.rstrip('/')}/{child}" for child in children[:room_count]]

    def _limited(self, group: str, limit: tuple[bytes, float], limit_bytes: int) -> Iterator[Event]:
        files = {self._hierarchy.limit_name: limit[0]}
        usage = self._read(group, self._hierarchy.usage_name)
        usage_bytes = None
        if usage is not None:
            files[self._hierarchy.usage_name] = usage[0]
            usage_bytes = _number(usage[0])
        self._usage_ratio[group] = (usage_bytes or 0) / max(limit_bytes, 1)
        yield self._event("group", group, files, limit[1])

    def _files(self, group: str, names: tuple[str, ...]) -> Iterator[Event]:
        files: dict[str, bytes] = {}
        time_s = 0.0
        if self._plan.with_members and group in self._usage_ratio:
            names = (*names, _PROCS)
        for name in names:
            found = self._read(group, name)
            if found is not None:
                files[name], time_s = found
        if files:
            yield self._event("group", group, files, time_s)

    def _members(self) -> Iterator[Event]:
        """Whose limit reaches whom: the processes below every limited group."""
        limited = tuple(f"{group.rstrip('/')}/" for group in self._usage_ratio)
        for group in self._groups:
            if f"{group.rstrip('/')}/".startswith(limited):
                found = self._read(group, _PROCS)
                if found is not None:
                    yield self._event("members", group, {_PROCS: found[0]}, found[1])

    def _process_groups(self, detailed: dict[str, None]) -> Iterator[Event]:
        wanted: dict[str, None] = {}
        for index, pid in enumerate(self._plan.pids):
            try:
                data, time_s = self._tree.read(f"proc/{pid}/cgroup")
                path = pid_cgroup.parse(text_of(data)).path
            except (OSError, ParseError):
                continue
            yield self._event("process", str(pid), {"cgroup": data}, time_s)
            if index < PROCESS_GROUPS_MAX_COUNT and path not in detailed and _is_inside(path):
                wanted[path] = None
        for group in wanted:
            yield from self._files(group, self._hierarchy.names)


def kills_total(vmstat: bytes) -> int | None:
    r"""OOM kills since boot, counted from 4.13 on.

    >>> kills_total(b"pgfault 7\noom_kill 3\n"), kills_total(b"pgfault 7\n")
    (3, None)
    """
    _, name, rest = vmstat.partition(b"\noom_kill ")
    return _number(rest.partition(b"\n")[0]) if name else None


def _mark(names: list[str]) -> bytes:
    """Another for another set of names, all but surely; no name can be told from it."""
    numbers = (int.from_bytes(name.encode("utf-8", "surrogateescape"), "big") for name in names)
    return f"{len(names)}-{sum(number * number % _MARK_PRIME for number in numbers) % _MARK_PRIME:x}".encode()


def _is_inside(path: str) -> bool:
    """False for a group outside of what this mount shows (``/../..`` in a namespace)."""
    return path.startswith("/") and ".." not in path.split("/")


def _number(data: bytes) -> int | None:
    word = data.strip()
    return int(word) if _NUMBER.fullmatch(word) else None


def _limit(data: bytes) -> int | None:
    """``None`` for no limit: ``max`` in v2, a number beyond all memory in v1."""
    limit_bytes = _number(data)
    return None if limit_bytes is None or limit_bytes >= V1_UNLIMITED_MIN_BYTES else limit_bytes
