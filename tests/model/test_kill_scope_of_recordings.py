"""Whose the kills of real recordings were, told from two readings before and after, held against the truth."""

import json

import pytest

from vmadvisor.collect.cgroup_walk import LOCAL, MARK, VMSTAT, kills_total
from vmadvisor.collect.recording_ticks import ticks_of
from vmadvisor.collect.top_kills import top_kills_of
from vmadvisor.collect.wanted import CGROUP_MOUNT, Wanted
from vmadvisor.model.kill_scope import was_host_short
from vmadvisor.sources import SOURCES

NAMES = ("memory.current", "memory.events")


def groups_in(files):
    groups = {}
    for path, (_, data) in files.items():
        directory, _, name = path.rpartition("/")
        if directory.startswith(f"{CGROUP_MOUNT}/") and name in NAMES:
            groups.setdefault(directory.removeprefix(CGROUP_MOUNT), {})[name] = data
    return groups


def readings(path):
    """What the groups tell: at each tick with all files, if the next vmstat counts no further kill."""
    held = None
    for tick in ticks_of(path, Wanted(SOURCES), lambda _kind: True):
        vmstat = tick.files["proc/vmstat"][1]
        if held is not None and kills_total(held[0]) == kills_total(vmstat):
            old, groups = held
            beside = {VMSTAT: old, MARK: " ".join(sorted(groups)).encode(), LOCAL: b"yes"}
            yield top_kills_of(groups, beside)
        is_whole = any(path.startswith("proc/1/") for path in tick.files)
        held = (vmstat, groups_in(tick.files)) if is_whole else None


@pytest.mark.shared
def test_every_kill_of_the_recordings_is_known_for_what_it_was(shared):
    """Kills of the host's in guests without any group, and a group's own beside nothing else."""
    told = {"global": [], "memcg": []}
    for one in json.loads((shared / "recordings" / "index.json").read_text()):
        kills = one["truth"].get("kills", [])
        found = list(readings(shared / "recordings" / f"{one['name']}.tar.zst")) if kills else []
        for number, kill in enumerate(kills):
            before = [top for top in found if top.kills_total <= number][-1]
            after = next(top for top in found if top.kills_total > number)
            told[kill["scope"]].append(was_host_short(before, after))

    assert told["memcg"] == [False] * 3
    assert told["global"] == [True] * len(told["global"])
    assert len(told["global"]) == 17
