"""Whom userspace killers would take now, by their own rules, whether or not their marks are near.

earlyoom (1.8, ``kill.c:is_larger``) takes the process with the highest oom_score (or rss), moved by 300 (3 GiB) for a name that a regular
expression prefers or avoids; of equals that with more rss, then the first in /proc. Never pid 1 and 2, kernel
threads, oom_score_adj -1000. systemd-oomd
(``oomd-util.c:oomd_select_by_*``) kills a control group: a leaf or one with memory.oom.group, below
a group that it watches; "avoid" groups last, "omit" never. For swap the one with most of it, if that is more
than 5 % of all swap; for pressure the one whose pgscan grew most, then the largest.
"""

import re
from collections.abc import Iterable, Mapping

from vmadvisor.records import dataclass
from vmadvisor.snapshot import Process, Snapshot
from vmadvisor.sources.earlyoom_default import EarlyoomArgs
from vmadvisor.sources.meminfo import Meminfo
from vmadvisor.units import KIB_BYTES
from vmadvisor.userspace_killers import OomdGroup, UserspaceKillers

SCORE_SHIFT = 300
RSS_SHIFT_KIB = 3 * 2**20
SWAP_MIN_PCT = 5
_NEVER_MAX_PID = 2
_KTHREADD = 2
_NEVER_ADJ = -1000


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlyoomChoice:
    """``score`` is what it goes by, shifted: an oom_score, or KiB where it sorts by rss."""

    pid_id: int
    comm: str
    score: int
    is_rss: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OomdChoice:
    """``watched_path`` is the group whose pressure (or the host's swap) would make it act."""

    kind: str
    watched_path: str
    path: str
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DaemonChoices:
    """Empty where no such daemon runs, or none would take anybody."""

    earlyoom: EarlyoomChoice | None
    oomd: tuple[OomdChoice, ...]


def daemon_choices(
    killers: UserspaceKillers, snapshot: Snapshot, page_size: int | None
) -> DaemonChoices:
    """Of those that run here."""
    scan, meminfo, oomd = snapshot.processes, snapshot.get(Meminfo), killers.oomd
    earlyoom = None
    if killers.earlyoom is not None and scan is not None and page_size is not None:
        earlyoom = earlyoom_choice(scan.details.values(), killers.earlyoom, page_size)
    found: list[OomdChoice | None] = []
    if oomd is not None and meminfo is not None and meminfo.swap_total_kib:
        inside = [one for one in oomd.after.values() if is_below(one.path, oomd.swap_paths)]
        found.append(oomd_by_swap(inside, meminfo.swap_total_kib * KIB_BYTES))
    if oomd is not None:
        found += [oomd_by_pgscan(oomd.before, oomd.after, path) for path in oomd.pressure_paths]
    return DaemonChoices(earlyoom=earlyoom, oomd=tuple(one for one in found if one is not None))


def is_below(path: str, watched_paths: Iterable[str]) -> bool:
    """Whether a group is one of these or below one.

    >>> is_below("/a/b", ["/a"]), is_below("/ab", ["/a"]), is_below("/ab", ["/"])
    (True, False, True)
    """
    return any(f"{path}/".startswith(f"{watched.rstrip('/')}/") for watched in watched_paths)


def earlyoom_choice(
    processes: Iterable[Process], args: EarlyoomArgs, page_size: int
) -> EarlyoomChoice | None:
    """The process it would send SIGTERM first; ``None`` where it finds none, or spares by owner.

    Owners are not read: with ``--ignore-root-user`` its choice is not known.
    """
    if args.ignores_root:
        return None
    best: tuple[int, int] | None = None
    chosen: Process | None = None
    patterns = {name: getattr(args, name) for name in ("prefer", "avoid", "ignore")}
    compiled = {name: re.compile(text) for name, text in patterns.items() if text is not None}
    for one in sorted(processes, key=lambda process: process.pid_id):
        key = _key(one, args, compiled, page_size)
        if key is not None and (best is None or key > best):
            best, chosen = key, one
    if best is None or chosen is None:
        return None
    return EarlyoomChoice(
        pid_id=chosen.pid_id, comm=chosen.stat.comm, score=best[0], is_rss=args.sorts_by_rss
    )


def _key(
    one: Process, args: EarlyoomArgs, patterns: Mapping[str, re.Pattern[str]], page_size: int
) -> tuple[int, int] | None:
    """(what it sorts by, what decides among equals); ``None`` for one that it never takes."""
    if one.pid_id <= _NEVER_MAX_PID or one.stat.ppid_id == _KTHREADD:
        return None
    if one.oom_score is None or one.oom_score_adj in {None, _NEVER_ADJ}:
        return None
    matched = {name for name, pattern in patterns.items() if pattern.search(one.stat.comm)}
    if "ignore" in matched:
        return None
    shift = ("prefer" in matched) - ("avoid" in matched)
    score, rss_kib = one.oom_score, one.stat.rss_pages * page_size // KIB_BYTES
    if args.sorts_by_rss:
        return rss_kib + shift * RSS_SHIFT_KIB, score
    return score + shift * SCORE_SHIFT, rss_kib


def oomd_by_swap(groups: Iterable[OomdGroup], swap_total_bytes: int) -> OomdChoice | None:
    """The group it would kill when memory and swap are nearly used up; ``None``: none has enough swap."""
    threshold_bytes = swap_total_bytes * SWAP_MIN_PCT // 100
    found = [
        (one.is_avoided, -one.swap_bytes, one.path)
        for one in groups
        if not one.is_omitted and one.swap_bytes > threshold_bytes
    ]
    if not found:
        return None
    _, negative, path = min(found)
    return OomdChoice(kind="swap", watched_path="/", path=path, number=-negative)


def oomd_by_pgscan(
    before: Mapping[str, OomdGroup], after: Mapping[str, OomdGroup], watched_path: str
) -> OomdChoice | None:
    """The group below ``watched_path`` it would kill for pressure there; ``None``: none would help."""
    found = []
    for path, one in after.items():
        if one.is_omitted or not is_below(path, (watched_path,)):
            continue
        if not one.pgscan_pages_total and not one.current_bytes:
            continue
        earlier = before.get(path)
        scanned = 0 if earlier is None else earlier.pgscan_pages_total
        grew = one.pgscan_pages_total - (0 if scanned > one.pgscan_pages_total else scanned)
        found.append((one.is_avoided, -grew, -one.current_bytes, path))
    if not found:
        return None
    _, negative, _, path = min(found)
    return OomdChoice(kind="pressure", watched_path=watched_path, path=path, number=-negative)
