"""Holds what ``kernel`` computes against what kernels printed, over recordings and trees.

    python tests/bench/exactness.py [--every N] [PATH ...]      default: all of ../shared

A PATH is a recording (.tar.zst with ``<seconds>/<path>`` members), a tree packed likewise, or a directory
that stands for ``/`` (``/`` itself is this host). One line each; a difference that no rule explains is
printed below it and makes the exit status 1. Snapshots are built here, by hand, so that an error of the
program's own reading cannot hide one of its arithmetic.

A process counts as unchanged when what ``oom_badness()`` adds up is the same in the scan before and in the
scan after: its oom_score was then read while nothing moved.
"""

import argparse
import os
import re
import sys
import tarfile
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from time import monotonic

import zstandard

from vmadvisor.errors import ParseError
from vmadvisor.kernel import available, commit, dirty, oom, reserves, watermarks
from vmadvisor.kernel.badness import footprint, host_total_pages
from vmadvisor.kernel.behaviour import behaviour_of, page_size_bytes
from vmadvisor.kernel.boost import pageblock_pages
from vmadvisor.snapshot import CgroupScan, HostFacts, Process, ProcessScan, Snapshot, Timed
from vmadvisor.sources import (
    cgroup,
    lru_gen,
    meminfo,
    pid_cgroup,
    pid_stat,
    pid_statm,
    pid_status,
    sysctl_vm,
    transparent_hugepage,
    version,
    vmstat,
    zoneinfo,
)
from vmadvisor.sources._lines import single
from vmadvisor.sources.meminfo import Meminfo
from vmadvisor.sources.vmstat import Vmstat
from vmadvisor.sources.zoneinfo import Zoneinfo
from vmadvisor.units import pages_from_kib

SHARED = Path(__file__).resolve().parents[2].parent / "shared"
SOURCES = tuple(
    module.SOURCE
    for module in (version, meminfo, vmstat, zoneinfo, sysctl_vm, transparent_hugepage, lru_gen)
)
PID_NAMES = ("stat", "statm", "status", "oom_score", "oom_score_adj", "cgroup")
CGROUP_ROOT = "sys/fs/cgroup"
PID_PATH = re.compile(r"proc/[0-9]+/")
LIVE_ROUNDS = 20

Texts = dict[str, str]


# --- reading ----------------------------------------------------------------------------------


def ticks(path: Path) -> Iterator[tuple[float, Texts]]:
    """(seconds, path -> text) of every tick of an archive; a lone tree is one tick at 0 s."""
    now, texts = 0.0, Texts()
    with (
        path.open("rb") as packed,
        zstandard.ZstdDecompressor().stream_reader(packed) as plain,
        tarfile.open(fileobj=plain, mode="r|") as archive,
    ):
        for member in archive:
            if not member.isfile():
                continue
            # ``12.041147/proc/meminfo`` in a recording, ``any-name/proc/meminfo`` in a packed tree.
            head, _, rest = member.name.removeprefix("./").partition("/")
            when = float(head) if head.replace(".", "", 1).isdigit() else None
            if when is not None and when != now and texts:
                yield now, texts
                texts = Texts()
            now = now if when is None else when
            content = archive.extractfile(member)
            if content is not None:
                name = rest if when is not None or head not in {"proc", "sys"} else f"{head}/{rest}"
                texts[name] = content.read().decode(errors="replace")
    yield now, texts


def tree(root: Path) -> Texts:
    """The files that matter of a directory that stands for ``/``."""
    texts = Texts()
    patterns = ["proc/*", "proc/sys/vm/*", "sys/kernel/mm/*/*"]
    patterns += [f"proc/[1-9]*/{name}" for name in PID_NAMES]
    patterns += [f"{CGROUP_ROOT}/**/{name}" for name in (*cgroup.V2_NAMES, *cgroup.V1_NAMES)]
    for pattern in patterns:
        for path in root.glob(pattern):
            if path.name not in {"kmsg", "kcore", "kpagecount"} and path.is_file():
                try:
                    texts[str(path.relative_to(root))] = path.read_text(errors="replace")
                except OSError:
                    continue
    return texts


def records(texts: Texts) -> dict[type, Timed]:
    found: dict[type, Timed] = {}
    for source in SOURCES:
        try:
            if hasattr(source, "names"):
                paths = {name: f"{source.path}/{name}" for name in source.names}
                files = {name: texts[path] for name, path in paths.items() if path in texts}
                record = source.parse(files) if files else None
            else:
                record = source.parse(texts[source.path]) if source.path in texts else None
        except ParseError as error:
            print(f"  {source.path}: {error}")
            continue
        if record is not None:
            found[source.record] = Timed(time_s=0.0, record=record)
    return found


def processes(texts: Texts) -> ProcessScan | None:
    details = {}
    for path in texts:
        parts = path.split("/")
        if len(parts) == 3 and parts[0] == "proc" and parts[2] == "stat" and parts[1].isdigit():
            process = _process(int(parts[1]), texts)
            if process is not None:
                details[process.pid_id] = process
    if not details:
        return None
    return ProcessScan(
        time_s=0.0,
        age_s=0.0,
        seen_count=len(details),
        vanished_count=0,
        unread_count=0,
        is_complete=True,
        sees_kernel_threads=any(one.stat.is_kernel_thread for one in details.values()),
        rss_pages={pid: one.stat.rss_pages for pid, one in details.items()},
        details=details,
    )


def _process(pid: int, texts: Texts) -> Process | None:
    def read(name, parse):
        text = texts.get(f"proc/{pid}/{name}")
        try:
            return None if text is None else parse(text)
        except ParseError:
            return None

    stat = read("stat", pid_stat.parse)
    if stat is None:
        return None
    group = read("cgroup", pid_cgroup.parse)
    return Process(
        pid_id=pid,
        stat=stat,
        status=read("status", pid_status.parse),
        statm=read("statm", pid_statm.parse),
        oom_score=read("oom_score", single),
        oom_score_adj=read("oom_score_adj", single),
        cgroup_path=None if group is None else group.path,
    )


def cgroups(texts: Texts) -> CgroupScan | None:
    files: dict[str, Texts] = {}
    for path, text in texts.items():
        if path.startswith(CGROUP_ROOT):
            directory, _, name = path.removeprefix(CGROUP_ROOT).rpartition("/")
            files.setdefault(directory or "/", Texts())[name] = text
    groups = {}
    for path, own in files.items():
        try:
            groups[path] = cgroup.parse(own)
        except ParseError:
            continue
    return CgroupScan(time_s=0.0, seen_count=len(groups), is_complete=True, groups=groups)


def snapshot_of(texts: Texts, page_bytes: int | None = None) -> Snapshot:
    return Snapshot(
        time_s=0.0,
        host=HostFacts(
            hostname=None,
            arch=None,
            boot_id=None,
            page_size_bytes=page_bytes,
            clock_hz=None,
            is_live=page_bytes is not None,
        ),
        records=records(texts),
        processes=processes(texts),
        cgroups=cgroups(texts),
    )


def newest(path: Path, every: int) -> Iterator[tuple[float, Snapshot]]:
    """Snapshots at every N-th process scan, each with that tick's processes and the newest rest."""
    host: Texts = Texts()
    scan_count = 0
    for when, texts in ticks(path):
        own = {name: text for name, text in texts.items() if PID_PATH.match(name)}
        host.update({name: text for name, text in texts.items() if name not in own})
        if own or when == 0.0:
            # Three scans in a row of every N: an unchanged process needs both neighbours.
            if scan_count % every < 3:
                yield when, snapshot_of({**host, **own})
            scan_count += 1


# --- comparing --------------------------------------------------------------------------------


@dataclass
class Tally:
    """What one path came to: counts and largest differences by column, and what nothing explains."""

    counts: Counter[str] = field(default_factory=Counter)
    most: dict[str, int] = field(default_factory=dict)
    unexplained: list[str] = field(default_factory=list)

    def off(self, column: str, pages: int) -> None:
        self.most[column] = max(self.most.get(column, 0), abs(pages))

    def add(self, other: "Tally") -> None:
        self.counts += other.counts
        for column, pages in other.most.items():
            self.off(column, pages)
        self.unexplained += other.unexplained


def compare_marks(when: float, snapshot: Snapshot, tally: Tally) -> None:
    for zone in watermarks.table(snapshot):
        tally.counts[f"zones {zone.agreement}"] += 1
        tally.counts["zones boosted"] += bool(zone.boost_pages)
        if zone.agreement == "different":
            tally.unexplained.append(f"{when} marks {zone}")
    for reserve in reserves.reserves(snapshot):
        tally.counts[f"arrays {reserve.agreement}"] += 1
        if reserve.agreement == "different":
            tally.unexplained.append(f"{when} protection {reserve}")


def compare_dirty(when: float, snapshot: Snapshot, tally: Tally) -> None:
    """vmstat's thresholds are ours, or a real-time reader's: a quarter and dirty_limit / 32 more.

    The recorder is such a reader. ``dirty_limit`` is smoothed and printed nowhere; it is the same in both
    thresholds, so their distance is exact, unless the background one was halved for reaching the other.
    """
    stats, limits = snapshot.get(Vmstat), dirty.dirty_limits(snapshot)
    hard, soft = limits.threshold_pages, limits.background_pages
    if stats is None or hard is None or soft is None or stats.nr_dirty_threshold_pages is None:
        return
    seen_hard, seen_soft = stats.nr_dirty_threshold_pages, stats.nr_dirty_background_threshold_pages
    tally.counts["dirty n"] += 1
    real_time_pages = hard + hard // 4 - soft - soft // 4
    is_halved = seen_soft == seen_hard // 2 > soft
    off_pages = 0 if is_halved else seen_hard - seen_soft - real_time_pages
    if (seen_hard, seen_soft) == (hard, soft) or off_pages == 0:
        tally.counts["dirty exact"] += 1
    else:
        tally.off("dirty max", off_pages)
        if abs(off_pages) > drift_pages(snapshot):
            tally.unexplained.append(f"{when} dirty thresholds off by {off_pages} pages")


def compare_commit(when: float, snapshot: Snapshot, tally: Tally) -> None:
    found = commit.commit(snapshot)
    if found.limit_pages is not None and found.kernel_limit_pages is not None:
        tally.counts["commit n"] += 1
        tally.counts["commit exact"] += found.limit_pages == found.kernel_limit_pages
        if found.limit_pages != found.kernel_limit_pages:
            tally.unexplained.append(f"{when} {found}")


def drift_pages(snapshot: Snapshot) -> int:
    """How far vmstat counters may lag: every CPU of every zone by its threshold."""
    zones = snapshot.get(Zoneinfo)
    return sum(len(z.pagesets) * (z.stat_threshold_pages or 0) for z in zones.zones) if zones else 0


def compare_available(when: float, snapshot: Snapshot, tally: Tally) -> None:
    info, page_bytes = snapshot.get(Meminfo), page_size_bytes(snapshot)
    computed = available.mem_available_pages(snapshot)
    if info is None or info.mem_available_kib is None or page_bytes is None or computed is None:
        return
    printed_pages = pages_from_kib(info.mem_available_kib, page_bytes)
    off_pages = computed - printed_pages
    if abs(off_pages) > drift_pages(snapshot):
        # Marks are read after meminfo: a boost of whole pageblocks can come or go in between.
        marks = watermarks.table(snapshot)
        block_pages = pageblock_pages(snapshot, page_bytes) or 0
        for blocks in (-3, -2, -1, 1, 2, 3):
            boost = (marks[0].boost_pages or 0) + blocks * block_pages
            boosted = (replace(marks[0], boost_pages=boost), *marks[1:])
            other_pages = available.mem_available_pages(snapshot, boosted)
            if other_pages is not None and abs(other_pages - printed_pages) <= abs(off_pages):
                off_pages = other_pages - printed_pages
                tally.counts["avail boosted"] += 1
                break
    tally.counts["avail n"] += 1
    tally.counts["avail exact"] += off_pages == 0
    if abs(off_pages) > drift_pages(snapshot):
        tally.unexplained.append(f"{when} MemAvailable off by {off_pages} pages")
    tally.off("avail max", off_pages)


def compare_scores(
    when: float, scans: Mapping[int, object], snapshot: Snapshot, tally: Tally
) -> None:
    """``scans``: by pid, whether neither scan beside this one found another footprint."""
    for victim in oom.victims(snapshot).get(oom.HOST_SCOPE, ()):
        if victim.kernel_oom_score is None:
            continue
        is_equal = victim.oom_score == victim.kernel_oom_score
        tally.counts["scores n"] += 1
        tally.counts["scores equal"] += is_equal
        if scans.get(victim.pid_id):
            tally.counts["unchanged n"] += 1
            tally.counts["unchanged equal"] += is_equal
            if not is_equal:
                tally.unexplained.append(f"{when} score {victim}")


def weights(snapshot: Snapshot) -> dict[int, object]:
    """By pid, all that the score is made of."""
    page_bytes, scan = page_size_bytes(snapshot), snapshot.processes
    if scan is None or page_bytes is None:
        return {}
    rules, total_pages = behaviour_of(snapshot), host_total_pages(snapshot)
    return {
        pid: (footprint(one, page_bytes, rules), one.statm, one.stat.rss_pages, one.oom_score_adj, total_pages)
        for pid, one in scan.details.items()
    }  # fmt: skip


def judge(path: Path, every: int) -> Tally:
    tally = Tally()
    source = live(path) if path.is_dir() else newest(path, every)
    before: dict[int, object] | None = None
    held: tuple[float, Snapshot, dict[int, object]] | None = None
    for when, snapshot in source:
        tally.counts["snapshots"] += 1
        compare_marks(when, snapshot, tally)
        compare_available(when, snapshot, tally)
        compare_dirty(when, snapshot, tally)
        compare_commit(when, snapshot, tally)
        now = weights(snapshot)
        if held is not None:
            still = {
                pid: before is not None and before.get(pid) == size == now.get(pid)
                for pid, size in held[2].items()
            }
            compare_scores(held[0], still, held[1], tally)
            before = held[2]
        held = (when, snapshot, now)
    if held is not None:
        compare_scores(held[0], {}, held[1], tally)
    return tally


def live(root: Path) -> Iterator[tuple[float, Snapshot]]:
    is_host = root.resolve() == Path("/")
    page_bytes = os.sysconf("SC_PAGE_SIZE") if is_host else None
    start = monotonic()
    for _ in range(LIVE_ROUNDS if is_host else 1):
        yield round(monotonic() - start, 3), snapshot_of(tree(root), page_bytes)


# --- printing ---------------------------------------------------------------------------------

COLUMNS = (
    "snapshots", "zones equal", "zones stale", "zones different", "zones unknown", "zones boosted",
    "arrays equal", "arrays stale", "arrays different", "arrays unknown",
    "avail n", "avail exact", "avail boosted", "avail max", "dirty n", "dirty exact", "dirty max",
    "commit n", "commit exact", "scores n", "scores equal", "unchanged n", "unchanged equal",
)  # fmt: skip
NAME_WIDTH, WIDTH = 36, 7


def header() -> str:
    """Two lines: group and column."""
    words = [column.split() for column in COLUMNS]
    lines = (
        [pair[0][:WIDTH] if len(pair) > 1 else "" for pair in words],
        [pair[-1][:WIDTH] for pair in words],
    )
    return "\n".join(
        " " * NAME_WIDTH + " ".join(f"{word:>{WIDTH}}" for word in line) for line in lines
    )


def row(name: str, tally: Tally) -> str:
    numbers = (tally.most.get(column, tally.counts[column]) for column in COLUMNS)
    return f"{name:{NAME_WIDTH}}" + " ".join(f"{number:{WIDTH}}" for number in numbers)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("paths", nargs="*", type=Path)
    parser.add_argument("--every", type=int, default=5, help="three process scans of every N (5)")
    parser.add_argument("--shown", type=int, default=6, help="differences printed per path (6)")
    given = parser.parse_args()
    paths = given.paths or [
        *sorted((SHARED / "recordings").rglob("*.tar.zst")),
        *sorted((SHARED / "proc").glob("*.tar.zst")),
        Path("/"),
    ]
    print(header())
    total = Tally()
    for path in paths:
        tally = judge(path, given.every)
        total.add(tally)
        print(row(path.name.removesuffix(".tar.zst") or "this host", tally), flush=True)
        for line in tally.unexplained[: given.shown]:
            print("    " + line)
    print(row("total", total))
    return 1 if total.unexplained else 0


if __name__ == "__main__":
    sys.exit(main())
