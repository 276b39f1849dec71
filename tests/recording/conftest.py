"""A small host on disk with a file for every source, and a reader that is none of ours."""

import io
import tarfile
from contextlib import suppress

import pytest
import zstandard

from vmadvisor.collect.live_tree import LiveTree
from vmadvisor.recording.sampler import Plan

PRESSURE = "some avg10=0.11 avg60=0.12 avg300=0.13 total=1401\nfull avg10=0.21 avg60=0.22 avg300=0.23 total=2402\n"
VMSTAT = "nr_free_pages 366632\npgfault 71\nallocstall_normal {stalls}\noom_kill {kills}\n"
STAT = "{pid} ({comm}) S 1 7 7 0 -1 {flags} 9 0 5 0 11 13 0 0 20 0 1 0 {started} 8192 {rss} 1\n"
STATUS = "Name:\t{comm}\nPid:\t{pid}\nPPid:\t1\nUid:\t33\t33\t33\t33\nVmSize:\t 99 kB\nVmRSS:\t {kib} kB\n"
KERNEL_FLAGS, USER_FLAGS = 2129984, 4194560

HOST = {
    "proc/version": "Linux version 6.12.94+deb13 (builder@build7) (gcc 14) #1 SMP\n",
    "proc/cmdline": "BOOT_IMAGE=/vmlinuz-db1 ro psi=1 hostname=db1\n",
    "proc/meminfo": "MemTotal:        8045220 kB\nMemFree:         1466528 kB\nMemAvailable:    5000111 kB\n",
    "proc/vmstat": VMSTAT.format(stalls=501, kills=3),
    "proc/zoneinfo": "Node 0, zone   Normal\n  pages free     366632\n        min      11148\n        low      16732\n        high     22316\n        managed  1972274\n",
    "proc/pressure/memory": PRESSURE,
    "proc/pressure/io": PRESSURE.replace("1401", "1403"),
    "proc/pressure/cpu": PRESSURE.replace("1401", "1405"),
    "proc/stat": "cpu  422209 3 33700 714100 1378 0 416 4188 0 0\nctxt 4706228\nbtime 1795465843\nprocs_running 11\nprocs_blocked 2\n",
    "proc/uptime": "6012.41 11002.17\n",
    "proc/buddyinfo": "Node 0, zone   Normal     12     11     10      9      8      7      6      5      4      3      2\n",
    "proc/swaps": "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n/home/bob/swap                          file\t\t8388604\t\t76\t\t-2\n",
    "proc/spl/kstat/zfs/arcstats": "13 1 0x01 123 33456 7 8\nname type data\nsize 4 1073741824\nc_min 4 268435456\nc_max 4 4294967296\n",
    "proc/sys/kernel/osrelease": "6.12.94+deb13\n",
    "proc/sys/kernel/hostname": "db1\n",
    "proc/sys/kernel/numa_balancing": "1\n",
    "proc/sys/kernel/task_delayacct": "0\n",
    "proc/sys/kernel/random/boot_id": "61ec5f2c-c106-41a8-8362-dd6d974bad2a\n",
    "proc/sys/vm/swappiness": "60\n",
    "proc/sys/vm/min_free_kbytes": "67584\n",
    "proc/sys/vm/lowmem_reserve_ratio": "256\t256\t32\t0\t0\n",
    "sys/kernel/mm/transparent_hugepage/enabled": "always [madvise] never\n",
    "sys/kernel/mm/transparent_hugepage/defrag": "always defer [madvise] never\n",
    "sys/kernel/mm/lru_gen/enabled": "0x0007\n",
    "sys/kernel/mm/lru_gen/min_ttl_ms": "1000\n",
    "sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages": "5\n",
    "sys/kernel/mm/hugepages/hugepages-2048kB/free_hugepages": "4\n",
    "sys/module/zswap/parameters/enabled": "Y\n",
    "sys/module/zswap/parameters/max_pool_percent": "21\n",
    "sys/devices/system/node/node0/meminfo": "Node 0 MemTotal:        8045220 kB\nNode 0 MemFree:         1466528 kB\n",
    "sys/devices/system/node/node0/numastat": "numa_hit 901\nnuma_miss 17\nnuma_foreign 18\ninterleave_hit 19\nlocal_node 882\nother_node 20\n",
    "sys/devices/system/node/node0/distance": "10\n",
    "sys/devices/system/node/node0/cpulist": "0-3\n",
    "sys/block/vda/queue/rotational": "1\n",
    "sys/block/zram0/disksize": "8589934592\n",
    "sys/block/zram0/mm_stat": "77824 23456 131072 0 139264 0 0 0 0\n",
    "sys/block/zram0/backing_dev": "/dev/sda4\n",
    "sys/fs/cgroup/cgroup.controllers": "cpu memory\n",
    "sys/fs/cgroup/memory.stat": "anon 7001\n",
    "sys/fs/cgroup/db.slice/memory.current": "41000\n",
    "sys/fs/cgroup/db.slice/memory.max": "82000\n",
    "sys/fs/cgroup/db.slice/cgroup.procs": "42\n",
}  # fmt: skip


def process(pid, *, comm="job", rss=0, score=0, flags=USER_FLAGS, started=99):
    """Path -> text of one process; ``rss`` in pages, 0 for a kernel thread."""
    return {
        f"proc/{pid}/stat": STAT.format(pid=pid, comm=comm, flags=flags, started=started, rss=rss),
        f"proc/{pid}/status": STATUS.format(pid=pid, comm=comm, kib=rss * 4),
        f"proc/{pid}/statm": f"{rss * 2} {rss} 5 1 0 9 0\n",
        f"proc/{pid}/oom_score": f"{score}\n",
        f"proc/{pid}/oom_score_adj": f"{score - 600}\n",
        f"proc/{pid}/cgroup": f"0::/{comm}.slice\n",
    }


PROCESSES = {
    **process(1, comm="init", rss=300, score=601),
    **process(42, comm="db", rss=90000, score=777),
    **process(57, comm="kswapd0", flags=KERNEL_FLAGS),
    **process(58, comm="kworker/0:1", flags=KERNEL_FLAGS),
}


def write(root, files):
    for path, text in files.items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8", errors="surrogateescape")


@pytest.fixture(scope="session")
def make_process():
    return process


@pytest.fixture(scope="session")
def put():
    """Writes path -> text below a directory."""
    return write


@pytest.fixture
def host(tmp_path):
    """The directory that stands for /."""
    root = tmp_path / "host"
    write(root, HOST | PROCESSES)
    return root


@pytest.fixture(scope="session")
def host_files():
    return HOST


@pytest.fixture
def tree(host):
    return LiveTree(str(host))


@pytest.fixture(scope="session")
def plan():
    """Fast, so that a test need not wait."""
    return Plan(interval_s=0.02, processes_every_s=0.05, top_count=16, cgroups=True)


def plain(data):
    """All frames decompressed, by the library itself; what a torn one had flushed included."""
    reader = zstandard.ZstdDecompressor().stream_reader(io.BytesIO(data), read_across_frames=True)
    return reader.read()


def members(data):
    """(name, bytes) in order; stops where the archive breaks off."""
    found = []
    with tarfile.open(fileobj=io.BytesIO(data), mode="r|") as archive, suppress(tarfile.ReadError):
        found.extend((info.name, archive.extractfile(info).read()) for info in archive)
    return found


@pytest.fixture(scope="session")
def unpack():
    """Bytes of a recording -> its members."""
    return lambda data: members(plain(data))


@pytest.fixture(scope="session")
def ticks_of():
    """Bytes of a recording -> seconds -> path -> bytes."""

    def ticks(data):
        found = {}
        for name, content in members(plain(data)):
            seconds, slash, path = name.partition("/")
            if slash:
                found.setdefault(seconds, {})[path] = content
        return found

    return ticks
