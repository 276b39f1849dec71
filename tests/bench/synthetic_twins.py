"""Writes ``fixtures/made/``: pairs of one host, once well and once sick in the one way that a rule is about.

    python tests/bench/synthetic_twins.py

Each is a recording of the lab's (``fixtures/NAME``) with the lines changed that make the story, in both ticks
or in the second; memory that something takes is taken from free pages in meminfo, vmstat, zoneinfo and
buddyinfo alike. What is expected comes from the story, not from what the program says of it.
"""

import io
import json
import re
import tarfile
from pathlib import Path

import zstandard

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
MADE = FIXTURES / "made"
BLOCK_PAGES = 1024
"""The largest block of buddyinfo, order 10: what is taken of free memory is whole blocks."""

WELL, SICK = "well", "sick"
LOUD = ["WARNING", "CRITICAL"]
STAT = (
    "{pid} ({comm}) S {ppid} {pid} {pid} 0 -1 4194560 900 0 3 0 12 7 0 0 20 0 1 0 {start} {size} {rss} "
    "18446744073709551615 1 1 0 0 0 0 0 0 0 0 0 0 17 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n"
)


class Host:
    """The texts of two ticks by path, in the order of time."""

    def __init__(self, base: str) -> None:
        root = FIXTURES / base
        names = sorted((p.name for p in root.iterdir() if p.is_dir()), key=float)
        self.base, self.names = base, names
        self.ticks = [
            {
                path.relative_to(root / name).as_posix(): path.read_text()
                for path in sorted((root / name).rglob("*"))
                if path.is_file()
            }
            for name in names
        ]

    def write(self, path: str, text: str, *, tick: int | None = None) -> None:
        for number, files in enumerate(self.ticks):
            if tick is None or tick == number:
                files[path] = text

    def sub(self, path: str, pattern: str, new, *, tick: int | None = None) -> None:
        """Replaces the first match of a line's pattern; each tick that has the file must hold one."""
        for number, files in enumerate(self.ticks):
            if path in files and tick in {None, number}:
                files[path], count = re.subn(pattern, new, files[path], count=1, flags=re.MULTILINE)
                assert count == 1, (self.base, path, pattern)

    def meminfo(self, **values: int) -> None:
        for name, kib in values.items():
            self.sub("proc/meminfo", rf"^{name}:\s+\d+", f"{name}: {kib:14}")

    def less(self, name: str, kib: int) -> None:
        self.sub(
            "proc/meminfo",
            rf"^{re.escape(name)}:\s+(\d+)",
            lambda m: f"{name}: {int(m[1]) - kib:14}",
        )

    def counts(self, **more: int) -> None:
        """The second reading of vmstat is larger by so much."""
        for name, count in more.items():
            self.sub(
                "proc/vmstat",
                rf"^{name} (\d+)",
                lambda m, n=name, c=count: f"{n} {int(m[1]) + c}",
                tick=1,
            )

    def vmstat(self, **values: int) -> None:
        for name, value in values.items():
            self.sub("proc/vmstat", rf"^{name} \d+", f"{name} {value}")

    def take(self, blocks: int, zone: str = "DMA32") -> int:
        """Free memory that something holds from now on; returns KiB."""
        pages = blocks * BLOCK_PAGES
        for name in ("MemFree", "MemAvailable"):
            self.less(name, pages * 4)
        self.sub(
            "proc/vmstat", r"^nr_free_pages (\d+)", lambda m: f"nr_free_pages {int(m[1]) - pages}"
        )
        head = rf"(Node 0, zone\s+{zone}\n(?:.*\n)*?"
        for words in (r"\s+pages free\s+)(\d+)", r"\s+nr_free_pages\s+)(\d+)"):
            self.sub("proc/zoneinfo", head + words, lambda m: f"{m[1]}{int(m[2]) - pages}")
        self.sub("proc/buddyinfo", rf"(zone\s+{zone} .*\s)(\d+)(\s*)$",
                 lambda m: f"{m[1]}{int(m[2]) - blocks}{m[3]}")  # fmt: skip
        return pages * 4

    def stall(self, full_ratio: float, kind: str = "memory") -> None:
        """Tasks lose this share of the second between the ticks."""
        for word, part in (("some", min(1.0, full_ratio * 1.2)), ("full", full_ratio)):
            self.sub(f"proc/pressure/{kind}", rf"^{word} avg10=\S+ (.*total=)(\d+)",
                     lambda m, w=word, p=part: f"{w} avg10={100 * p:.2f} {m[1]}{int(m[2]) + round(p * 1e6)}",
                     tick=1)  # fmt: skip

    def swap(self, device: str, total_kib: int, free_kib: int) -> None:
        self.meminfo(SwapTotal=total_kib, SwapFree=free_kib)
        head = "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n"
        kind = "file" if device.startswith("/swap") else "partition"
        line = f"{device}\t\t\t\t{kind}\t{total_kib}\t\t{total_kib - free_kib}\t\t-2\n"
        for files in self.ticks:
            if "proc/swaps" in files:
                files["proc/swaps"] = head + line

    def process(
        self, pid: int, comm: str, rss: int, *, adj: int = 0, ppid: int = 1, group: str
    ) -> None:
        """One process of ``rss`` pages, all of them anonymous."""
        info = self.ticks[0]["proc/meminfo"]
        total = int(re.search(r"MemTotal:\s+(\d+)", info)[1]) // 4
        points = rss + 40 + adj * total // 1000
        score = 0 if adj == -1000 else max(0, (1000 + points * 1000 // total) * 2 // 3)
        texts = {
            "stat": STAT.format(
                pid=pid, comm=comm, ppid=ppid, start=100 + pid, size=rss * 8192, rss=rss
            ),
            "status": f"Name:\t{comm}\nState:\tS (sleeping)\nTgid:\t{pid}\nPid:\t{pid}\nPPid:\t{ppid}\n"
            f"Uid:\t0\t0\t0\t0\nVmSize:\t{rss * 8} kB\nVmRSS:\t{rss * 4} kB\nRssAnon:\t{rss * 4} kB\n"
            "RssFile:\t0 kB\nRssShmem:\t0 kB\nVmPTE:\t160 kB\nVmSwap:\t0 kB\nThreads:\t1\n",
            "statm": f"{rss * 2} {rss} 0 0 0 0 0\n",
            "oom_score": f"{score}\n",
            "oom_score_adj": f"{adj}\n",
            "cgroup": f"0::{group}\n",
        }
        for name, text in texts.items():
            self.write(f"proc/{pid}/{name}", text)

    def group(self, path: str, **files: str) -> None:
        """A cgroup (v2); ``memory_max`` is its ``memory.max``."""
        usual = {"memory.high": "max", "memory.low": "0", "memory.min": "0", "memory.oom.group": "0",
                 "memory.swap.max": "0", "memory.swap.current": "0"}  # fmt: skip
        given = {name.replace("_", ".", 2 if "swap" in name or "oom" in name else 1): text
                 for name, text in files.items()}  # fmt: skip
        for name, text in (usual | given).items():
            self.write(f"sys/fs/cgroup{path}/{name}", f"{text}\n")


def zfs(host: Host, state: str) -> None:
    blocks = 75 if state == SICK else 15
    size = host.take(blocks) * 1024
    host.write("proc/spl/kstat/zfs/arcstats", "9 1 0x01 147 39984 5111444001 70999111222\n"
               "name                            type data\n"
               f"size                            4    {size}\nc                               4    {size}\n"
               "c_min                           4    33554432\nc_max                           4    377483648\n")  # fmt: skip


def _moving(host: Host) -> None:
    host.stall(0.3)
    host.counts(pswpin=3_000, pswpout=3_100, workingset_refault_anon=2_950, allocstall_movable=90,
                pgscan_direct=11_000, pgsteal_direct=6_000, pgmajfault=2_400)  # fmt: skip


def zram(host: Host, state: str) -> None:
    host.swap("/dev/zram0", 262_140, 1_900)
    if state == SICK:
        _moving(host)


def small_swap(host: Host, state: str) -> None:
    host.swap("/dev/vdb", 65_532, 420)
    if state == SICK:
        _moving(host)


def cache(host: Host, state: str) -> None:
    host.counts(workingset_refault_file=30 if state == WELL else 14_000, pgpgin=67_000)
    if state == SICK:
        host.stall(0.6, "io")
        host.counts(pgmajfault=3_300, pgscan_kswapd=21_000, pgsteal_kswapd=15_000)


def huge(host: Host, state: str) -> None:
    host.take(50)
    free = 13 if state == WELL else 87
    for name, count in (("Total", 100), ("Free", free)):
        host.sub("proc/meminfo", rf"^HugePages_{name}:\s+\d+", f"HugePages_{name}: {count:7}")
    host.meminfo(Hugetlb=204_800)


def two_nodes(host: Host, state: str) -> None:
    for node, line in ((0, "10 20"), (1, "20 10")):
        host.write(f"sys/devices/system/node/node{node}/distance", f"{line}\n")
    if state == WELL:
        host.write("proc/sys/vm/zone_reclaim_mode", "0\n")
        for path in ("proc/vmstat", "proc/pressure/memory"):
            host.write(path, host.ticks[0][path], tick=1)


def psi_90(host: Host, state: str) -> None:
    """Host PSI of 90 %: a job asleep at its own limit, or everybody."""
    host.stall(0.9)
    _crowd(host)
    host.process(500, "worker", 2_000, group="/batch.slice")
    limit = 64 << 20
    is_capped = state == WELL
    for number in (0, 1):
        hits = 7_000 + (900 * number if is_capped else 0)
        full = 80_000_000 + (890_000 * number if is_capped else 0)
        host.write("sys/fs/cgroup/batch.slice/memory.events",
                   f"low 0\nhigh 0\nmax {hits}\noom 0\noom_kill 0\n", tick=number)  # fmt: skip
        avg = "88.90" if is_capped else "0.00"
        host.write("sys/fs/cgroup/batch.slice/memory.pressure",
                   f"some avg10={avg} avg60=80.00 avg300=40.00 total={full + 9_000_000}\n"
                   f"full avg10={avg} avg60=80.00 avg300=40.00 total={full}\n", tick=number)  # fmt: skip
    held = limit - 40_960 if is_capped else limit // 4
    host.group("/batch.slice", memory_max=str(limit), memory_current=str(held),
               memory_stat=f"anon 9000000\nfile {held - 11_000_000}\n", cgroup_procs="500")  # fmt: skip
    if not is_capped:
        host.counts(allocstall_movable=700, pgscan_direct=60_000, pgsteal_direct=21_000)


def lxcfs(host: Host, state: str) -> None:
    host.write("proc/sys/vm/min_free_kbytes", "45056\n")
    if state == SICK:
        more = 1_001_340 + 410_000
        host.meminfo(MemFree=2_100, MemAvailable=1_900)
        for name in ("AnonPages", "Active(anon)", "Active"):
            host.less(name, -more)


def vfs(host: Host, state: str) -> None:
    held = host.take(50)
    host.sub(
        "proc/meminfo", r"^SReclaimable:\s+(\d+)", lambda m: f"SReclaimable: {int(m[1]) + held:9}"
    )
    host.sub(
        "proc/meminfo", r"^KReclaimable:\s+(\d+)", lambda m: f"KReclaimable: {int(m[1]) + held:9}"
    )
    host.sub("proc/meminfo", r"^Slab:\s+(\d+)", lambda m: f"Slab: {int(m[1]) + held:17}")
    host.sub(
        "proc/vmstat",
        r"^nr_slab_reclaimable (\d+)",
        lambda m: f"nr_slab_reclaimable {int(m[1]) + held // 4}",
    )
    host.write("proc/sys/vm/vfs_cache_pressure", "100\n" if state == WELL else "0\n")


def slab(host: Host, state: str) -> None:
    held = host.take(60 if state == SICK else 5)
    for name in ("SUnreclaim", "Slab"):
        host.sub(
            "proc/meminfo", rf"^{name}:\s+(\d+)", lambda m, n=name: f"{n}: {int(m[1]) + held:12}"
        )
    host.sub("proc/vmstat", r"^nr_slab_unreclaimable (\d+)",
             lambda m: f"nr_slab_unreclaimable {int(m[1]) + held // 4}")  # fmt: skip


def strict(host: Host, state: str) -> None:
    host.write("proc/sys/vm/overcommit_memory", "2\n")
    host.meminfo(Committed_AS=190_000 if state == WELL else 362_000)


def dropped(host: Host, state: str) -> None:
    host.vmstat(drop_pagecache=2 if state == WELL else 168, drop_slab=0 if state == WELL else 165)
    host.write("proc/uptime", "604800.52 1100000.00\n")


def panics(host: Host, state: str) -> None:
    host.write("proc/sys/vm/panic_on_oom", "0\n" if state == WELL else "1\n")
    host.write("proc/sys/vm/oom_kill_allocating_task", "0\n")
    host.write("proc/sys/kernel/panic", "10\n" if state == WELL else "0\n")


def _crowd(host: Host) -> None:
    for pid, comm, rss in (
        (300, "sh", 700),
        (301, "cron", 650),
        (302, "tail", 600),
        (303, "sort", 9_000),
    ):
        host.process(pid, comm, rss, group="/user.slice")


def critical(host: Host, state: str) -> None:
    _crowd(host)
    host.process(
        400,
        "mysqld",
        30_000,
        adj=-600 if state == WELL else 0,
        group="/system.slice/mysqld.service",
    )


def exempt(host: Host, state: str) -> None:
    _crowd(host)
    host.process(
        400, "java", 31_000, adj=0 if state == WELL else -1000, group="/user.slice/java.scope"
    )


def raised(host: Host, state: str) -> None:
    _crowd(host)
    host.process(400, "java", 31_000, group="/user.slice/java.scope")
    host.process(
        410,
        "exporter",
        1_500,
        adj=0 if state == WELL else 300,
        group="/system.slice/exporter.service",
    )


def inherited(host: Host, state: str) -> None:
    _crowd(host)
    host.process(400, "agentd", 900, adj=-900, group="/system.slice/agentd.service")
    host.process(401, "cc1plus", 12_000, adj=0 if state == WELL else -900, ppid=400,
                 group="/user.slice/session-2.scope")  # fmt: skip


def _limited(host: Host, **files: str) -> None:
    host.write("sys/fs/cgroup/app.slice/memory.events", "low 0\nhigh 0\nmax 0\noom 0\noom_kill 0\n")
    host.write("sys/fs/cgroup/app.slice/memory.pressure", "some avg10=0.00 avg60=0.00 avg300=0.00 total=7\n"
               "full avg10=0.00 avg60=0.00 avg300=0.00 total=5\n")  # fmt: skip
    host.group("/app.slice", **files)


def protected(host: Host, state: str) -> None:
    _crowd(host)
    host.process(500, "worker", 7_000, group="/app.slice")
    least = 32 << 20 if state == WELL else 128 << 20
    _limited(host, memory_max=str(128 << 20), memory_current=str(70 << 20), memory_min=str(least),
             memory_stat="anon 30000000\nfile 40000000\n", cgroup_procs="500")  # fmt: skip


def whole_group(host: Host, state: str) -> None:
    _crowd(host)
    for pid, comm in ((500, "worker"), (501, "helper")):
        host.process(pid, comm, 2_000, group="/app.slice")
    events = "low 0\nhigh 0\nmax {}\noom {}\noom_kill 0\n"
    _limited(host, memory_max=str(40 << 20), memory_current=str(17 << 20), memory_oom_group="1",
             memory_stat="anon 16400000\nfile 900000\n", cgroup_procs="500\n501")  # fmt: skip
    if state == SICK:
        host.write("sys/fs/cgroup/app.slice/memory.current", f"{(40 << 20) - 4096}\n")
        host.write("sys/fs/cgroup/app.slice/memory.events", events.format(41, 0), tick=0)
        host.write("sys/fs/cgroup/app.slice/memory.events", events.format(55, 0), tick=1)


def dirty(host: Host, state: str) -> None:
    """The devices have work throughout; they take 2 or 60 MB of it in the second."""
    vmstat = host.ticks[0]["proc/vmstat"]
    threshold = int(re.search(r"^nr_dirty_threshold (\d+)", vmstat, re.MULTILINE)[1])
    host.vmstat(nr_dirty=threshold * 3 // 4, nr_writeback=1_900)
    host.meminfo(Dirty=threshold * 3, Writeback=7_600)
    host.counts(pgpgout=2_050 if state == SICK else 61_000)


def scattered(host: Host, state: str) -> None:
    """The same free pages in single pages and pairs; blocks are asked for in vain, or by nobody."""

    def split(match: re.Match[str]) -> str:
        counts = [int(word) for word in match[2].split()]
        pages = sum(count << order for order, count in enumerate(counts))
        pairs = pages // 4
        left = [pages - 2 * pairs, pairs, *(0 for _ in counts[2:])]
        return match[1] + "".join(f"{count:7}" for count in left)

    for zone in ("DMA", "DMA32"):
        host.sub("proc/buddyinfo", rf"(zone\s+{zone} )((?: *\d+)+) *$", split)
    if state == SICK:
        host.counts(compact_stall=31, compact_fail=28)


def boosted(host: Host, state: str) -> None:
    """A raised mark keeps kswapd at work; what it takes comes back, or nothing does."""
    boost, head = 40_000, r"(Node 0, zone\s+DMA32\n(?:.*\n)*?"
    host.sub("proc/zoneinfo", head + r"\s+boost\s+)\d+", lambda m: f"{m[1]}{boost}")
    for word in ("min", "low", "high"):
        host.sub(
            "proc/zoneinfo", head + rf"\s+{word}\s+)(\d+)", lambda m: f"{m[1]}{int(m[2]) + boost}"
        )
    host.write("proc/sys/vm/watermark_boost_factor", "15000\n")
    host.counts(pgscan_kswapd=6_100, pgsteal_kswapd=5_900,
                workingset_refault_file=2_300 if state == SICK else 9)  # fmt: skip


def boot_value(host: Host, state: str) -> None:
    host.write("proc/sys/vm/swappiness", "60\n")
    value = 60 if state == WELL else 10
    host.write("etc/sysctl.d/60-db.conf", f"# for the database\nvm.swappiness = {value}\n")


def cron(host: Host, state: str) -> None:
    does = (
        "/usr/sbin/logrotate /etc/logrotate.conf"
        if state == WELL
        else "echo 3 > /proc/sys/vm/drop_caches"
    )
    host.write("etc/cron.d/hourly", f"SHELL=/bin/sh\n5 * * * * root {does}\n")


def _service(host: Host, unit: str, pid: int, current: int) -> None:
    for path, procs in (("/system.slice", ""), (f"/system.slice/{unit}", str(pid))):
        host.group(path, memory_max="max", memory_current=str(current),
                   memory_stat=f"anon {current - 70_000}\nfile 61000\n", cgroup_procs=procs)  # fmt: skip


def unit_adj(host: Host, state: str) -> None:
    _crowd(host)
    host.process(400, "worker", 9_500, adj=-600 if state == WELL else 0,
                 group="/system.slice/worker.service")  # fmt: skip
    _service(host, "worker.service", 400, 39_000_000)
    host.write(
        "etc/systemd/system/worker.service",
        "[Service]\nExecStart=/usr/bin/worker\nOOMScoreAdjust=-600\n",
    )


def oomd(host: Host, state: str) -> None:
    _crowd(host)
    host.process(390, "systemd-oomd", 1_100, adj=-900, group="/system.slice/systemd-oomd.service")
    host.process(400, "postgres", 9_000, adj=-900, group="/system.slice/db.service")
    host.write(
        "etc/systemd/system/system.slice.d/10-oomd.conf", "[Slice]\nManagedOOMMemoryPressure=kill\n"
    )
    _service(host, "db.service", 400, 37_000_000)
    spared = "ManagedOOMPreference=omit\n" if state == WELL else ""
    host.write("etc/systemd/system/db.service", f"[Service]\nExecStart=/usr/bin/postgres\n{spared}")


OK_FEW = ["VMA-OOM-001", "VMA-RECLAIM-001", "VMA-AVAIL-001"]
STORIES = (
    ("zfs-arc", "6.1-healthy", zfs, "VMA-ARC-001", "INFO", "OK",
     "An ARC of 60 MiB, or one larger than what MemAvailable tells of."),
    ("zram-full", "6.12-zram", zram, "VMA-SWAP-001", "WARNING", LOUD,
     "zram is full and nothing moves, or 3,000 pages a second move in and out of it and tasks wait."),
    ("small-swap-full", "6.1-healthy", small_swap, "VMA-SWAP-001", "WARNING", LOUD,
     "64 MiB of swap are full beside half a gigabyte of free memory, or pages move both ways and tasks wait."),
    ("cache-full", "6.12-cache-full", cache, "VMA-REFAULT-001", "WARNING", LOUD,
     "Page cache fills memory: hardly a page comes back, or 14,000 a second do and tasks wait for them."),
    ("huge-pool", "6.1-healthy", huge, "VMA-HUGE-001", "INFO", "OK",
     "A pool of 100 huge pages: 87 in use, or 87 unused."),
    ("two-nodes", "6.1-zone-reclaim", two_nodes, "VMA-NUMA-001", "WARNING", LOUD,
     "One node is full and the other free: with zone_reclaim_mode 0 nobody minds, with 1 the full one is reclaimed."),
    ("psi-90", "6.1-healthy", psi_90, "VMA-RECLAIM-001", None, LOUD,
     "Host PSI says 90 %: one job waits at its own limit, or everybody reclaims."),
    ("lxcfs", "6.12-lxcfs-container", lxcfs, "VMA-AVAIL-001", "WARNING", LOUD,
     "A container behind lxcfs with half of its memory free, or with 2 MB."),
    ("vfs", "6.1-healthy", vfs, "VMA-VFS-001", "WARNING", LOUD,
     "Names fill 200 MB of slab: reclaimable, or with vfs_cache_pressure 0 never reclaimed."),
    ("slab", "6.1-healthy", slab, "VMA-KMEM-001", "INFO", "OK",
     "Unreclaimable slab of 30 MB, or of a third of memory."),
    ("strict-commit", "6.1-healthy", strict, "VMA-COMMIT-001", "WARNING", LOUD,
     "Strict overcommit with half of the limit promised, or nearly all of it."),
    ("dropped-caches", "6.1-healthy", dropped, "VMA-DROP-001", "INFO", "OK",
     "Caches dropped twice in a week, or every hour."),
    ("panic", "6.1-healthy", panics, "VMA-POLICY-001", "INFO", "OK",
     "The OOM killer kills a process, or panics the host for good."),
    ("critical-first", "6.1-healthy", critical, "VMA-VICTIM-001", "INFO", "OK",
     "A database that is protected, or stands first in the OOM killer's order."),
    ("exempt", "6.1-healthy", exempt, "VMA-PROTECT-001", "INFO", "OK",
     "The largest process, killable or with oom_score_adj -1000."),
    ("inherited-adj", "6.1-healthy", inherited, "VMA-PROTECT-002", "INFO", "OK",
     "A build started by a daemon at -900: at 0, or with the daemon's value."),
    ("raised-adj", "6.1-healthy", raised, "VMA-PROTECT-003", "INFO", "OK",
     "A small service beside a large process: at 0, or raised so that it dies first."),
    ("memory-min", "6.1-healthy", protected, "VMA-MEMCG-001", "INFO", "OK",
     "A cgroup's memory.min is a quarter of its memory.max, or the whole of it."),
    ("whole-group", "6.1-healthy", whole_group, "VMA-GROUP-001", "INFO", None,
     "memory.oom.group 1 in a cgroup with room, or at its limit."),
    ("dirty-limit", "6.1-healthy", dirty, "VMA-DIRTY-001", "INFO", "OK",
     "Three quarters of what may be dirty are: disks take 60 MB of it a second, or 2."),
    ("scattered", "6.1-healthy", scattered, "VMA-FRAG-001", "INFO", None,
     "Free memory in single pages and pairs: nobody asks for blocks, or 28 requests a second fail."),
    ("boosted", "6.1-healthy", boosted, "VMA-BOOST-001", "INFO", None,
     "Marks raised by fragmentation: what kswapd takes for them stays away, or 2,300 pages a second come back."),
    ("boot-value", "6.1-healthy", boot_value, "VMA-SYSCTL-001", "INFO", "OK",
     "swappiness runs at 60; a file in sysctl.d says 60, or 10."),
    ("cron-drop", "6.1-healthy", cron, "VMA-CRON-001", "INFO", "OK",
     "An hourly job rotates logs, or drops the caches."),
    ("unit-adj", "6.1-healthy", unit_adj, "VMA-UNIT-001", "INFO", "OK",
     "A unit asks for OOMScoreAdjust=-600: its process runs with it, or with 0."),
    ("oomd", "6.1-healthy", oomd, "VMA-OOMD-001", "INFO", "OK",
     "systemd-oomd may kill below system.slice: a database is left out, or is not."),
)  # fmt: skip
"""(story, the recording it is made of, what is changed, the rule, its severity (``None``: any), the sick one's
status (``None``: whatever the limit makes of it), what it is about)."""

SCOPES = {"VMA-MEMCG-001": "/app.slice", "VMA-GROUP-001": "/app.slice",
          "VMA-UNIT-001": "/system.slice/worker.service", "VMA-OOMD-001": "/system.slice/db.service"}  # fmt: skip


def expected(
    state: str, rule: str, severity: str | None, status: object, base: str
) -> dict[str, object]:
    """What the story calls for."""
    if state == WELL:
        is_masked, is_softer = "lxcfs" in base, severity is None or rule == "VMA-SWAP-001"
        quiet = [each for each in (*OK_FEW, rule) if each != rule or not is_softer]
        return {
            "status": "UNKNOWN" if is_masked else "OK",
            "findings": [],
            "quiet": list(dict.fromkeys(quiet)),
        }
    found = {"id": rule, "scope": SCOPES.get(rule, "host")}
    wanted = [] if severity is None else [found | {"severity": severity}]
    return {
        "status": status or ["OK", *LOUD],
        "findings": wanted,
        "quiet": ["VMA-OOM-001"],
        "fires": rule,
    }


def pack(host: Host) -> bytes:
    """The ticks as a recording; with files of settings, which recordings lack, the last as a captured tree."""
    has_settings = any(path.startswith("etc/") for path in host.ticks[-1])
    first, last = host.ticks
    whole = {path: text for path, text in first.items() if not re.match(r"proc/\d", path)} | last
    moments = [("host", whole)] if has_settings else list(zip(host.names, host.ticks, strict=True))
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for name, files in moments:
            for path, text in sorted(files.items()):
                member = tarfile.TarInfo(f"{name}/{path}")
                member.size, member.mtime = len(text.encode()), 1_700_000_000
                tar.addfile(member, io.BytesIO(text.encode()))
    return zstandard.ZstdCompressor(level=19).compress(plain.getvalue())


def main() -> None:
    import tomllib

    for story, base, change, rule, severity, status, about in STORIES:
        origin = tomllib.loads((FIXTURES / base / "origin.toml").read_text())
        for state in (WELL, SICK):
            host = Host(base)
            change(host, state)
            directory = MADE / f"{story}-{state}"
            directory.mkdir(parents=True, exist_ok=True)
            (directory / "recording.tar.zst").write_bytes(pack(host))
            (directory / "origin.toml").write_text(
                f'kernel_release = "{origin["kernel_release"]}"\npage_size_bytes = {origin["page_size_bytes"]}\n'
                "synthetic = true\n"
                f'made = "by tests/bench/synthetic_twins.py from fixtures/{base}: lines of its files changed"\n'
                f'story = "{state.capitalize()}: {about}"\n'
            )
            told = expected(state, rule, severity, status, base)
            (directory / "expected.json").write_text(json.dumps(told, indent=1) + "\n")


if __name__ == "__main__":
    main()
