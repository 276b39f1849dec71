"""The control groups that systemd-oomd may kill: leaves, and groups with memory.oom.group, below one it watches.

As ``oomd-manager.c:recursively_get_cgroup_context``. "avoid" and "omit" are extended attributes, which count
where root owns the group, or the owner of the watched one (``oomd_fetch_cgroup_oom_preference``).
"""

# Bare os calls: no Path object for each of thousands of files, and names keep every byte.
# ruff: noqa: PTH116

import os
from collections.abc import Iterable, Iterator
from contextlib import suppress

from vmadvisor.collect.cgroup_walk import GROUPS_MAX_COUNT, Event
from vmadvisor.collect.live_tree import LiveTree
from vmadvisor.collect.tree import text_of
from vmadvisor.collect.wanted import CGROUP_MOUNT
from vmadvisor.errors import ParseError
from vmadvisor.sources import cgroup
from vmadvisor.userspace_killers import OomdGroup

_FILES = ("memory.current", "memory.stat")
_SWAP_FILE = "memory.swap.current"
_OOM_GROUP = "memory.oom.group"
_MARKS = ("user.oomd_avoid", "user.oomd_omit")
_TRUE = frozenset({b"1", b"y", b"yes", b"t", b"true", b"on"})


def candidates(tree: LiveTree, watched: Iterable[str]) -> Iterator[Event]:
    """An event per group, its files and marks; a group that is gone meanwhile is passed over."""
    seen = 0
    for top in dict.fromkeys(watched):
        todo = [(top.rstrip("/"), False)]
        while todo and seen < GROUPS_MAX_COUNT:
            path, is_whole = todo.pop()
            seen += 1
            try:
                children = [] if is_whole else tree.subdirectories(CGROUP_MOUNT + path)
                if children:
                    todo += [_child(tree, f"{path}/{name}") for name in children]
                else:
                    yield Event("group", path or "/", _files(tree, path, top), 0.0, seen)
            except OSError:
                continue
    yield Event("end", "", {}, 0.0, seen)


def _child(tree: LiveTree, path: str) -> tuple[str, bool]:
    """(path, whether it would be killed as one)."""
    try:
        return path, tree.peek(f"{CGROUP_MOUNT}{path}/{_OOM_GROUP}").strip() == b"1"
    except OSError:
        return path, False


def _files(tree: LiveTree, path: str, top: str) -> dict[str, bytes]:
    files = {name: tree.read(f"{CGROUP_MOUNT}{path}/{name}")[0] for name in _FILES}
    with suppress(FileNotFoundError):  # a kernel without it (swapaccount=0): to the daemon no swap
        files[_SWAP_FILE] = tree.read(f"{CGROUP_MOUNT}{path}/{_SWAP_FILE}")[0]
    directory, above = (f"{tree.root}{CGROUP_MOUNT}{one.rstrip('/')}" for one in (path, top))
    owner = os.stat(directory).st_uid
    if owner in {0, os.stat(above).st_uid}:
        for mark in _MARKS:
            try:
                files[mark] = os.getxattr(directory, mark)
            except OSError:
                continue
    return files


def groups_of(events: Iterable[Event]) -> dict[str, OomdGroup]:
    """What was found, as records; a group whose files make no sense is left out."""
    found = {}
    for event in events:
        if event.kind != "group":
            continue
        files = {
            name: text_of(data)
            for name, data in event.files.items()
            if not name.startswith("user.")
        }
        try:
            one = cgroup.parse(files)
        except ParseError:
            continue
        if one.current_bytes is None or one.pgscan_pages_total is None:
            continue
        found[event.path] = OomdGroup(
            path=event.path,
            current_bytes=one.current_bytes,
            swap_bytes=one.swap_current_bytes or 0,
            pgscan_pages_total=one.pgscan_pages_total,
            is_avoided=_is_set(event, _MARKS[0]),
            is_omitted=_is_set(event, _MARKS[1]),
        )
    return found


def _is_set(event: Event, mark: str) -> bool:
    return event.files.get(mark, b"").strip(b"\0 \n").lower() in _TRUE
