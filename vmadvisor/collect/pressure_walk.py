"""``memory.pressure`` of every control group, and which group a process is in; both in a forked child.

PSI needs no privilege and is there for groups where it is there for the host (v2, 4.20+). The walk is cut
after as many groups as ``cgroup_walk`` looks at.
"""

from collections.abc import Iterable, Iterator

from vmadvisor.collect.cgroup_walk import GROUPS_MAX_COUNT, Event
from vmadvisor.collect.tree import Tree, reason_of
from vmadvisor.collect.wanted import CGROUP_MOUNT

_FILE = "memory.pressure"
_BESIDE_V1 = "unified"


def pressures(tree: Tree) -> Iterator[Event]:
    """Breadth first; a group that is removed meanwhile, or has no pressure file, is passed over."""
    groups, is_cut, refused, mount = ["/"], False, "", _mount(tree)
    for group in groups:  # grows while it is walked
        directory = mount + group.rstrip("/")
        try:
            data, time_s = tree.read(f"{directory}/{_FILE}")
            yield Event("group", group, {_FILE: data}, time_s, len(groups))
        except FileNotFoundError:
            pass
        except OSError as error:
            refused = refused or reason_of(error)
        try:
            children = tree.subdirectories(directory)
        except OSError:
            continue
        room_count = GROUPS_MAX_COUNT - len(groups)
        is_cut = is_cut or len(children) > room_count
        groups += [f"{group.rstrip('/')}/{child}" for child in children[:room_count]]
    if refused:
        yield Event("error", mount, {"reason": refused.encode()}, 0.0, len(groups))
    yield Event("end", "cut" if is_cut else "", {}, 0.0, len(groups))


def _mount(tree: Tree) -> str:
    """The v2 hierarchy; beside v1's it stands below their common mount, without a memory controller."""
    try:
        has_own_place = _BESIDE_V1 in tree.names(CGROUP_MOUNT)
    except OSError:
        has_own_place = False
    return f"{CGROUP_MOUNT}/{_BESIDE_V1}" if has_own_place else CGROUP_MOUNT


def memberships(tree: Tree, pids: Iterable[int]) -> Iterator[Event]:
    """The group of each process, as ``proc/PID/cgroup`` has it; of those that are still there."""
    for pid in pids:
        try:
            data, time_s = tree.read(f"proc/{pid}/cgroup")
        except OSError:
            continue
        yield Event("process", str(pid), {"cgroup": data}, time_s, 0)
    yield Event("end", "", {}, 0.0, 0)
