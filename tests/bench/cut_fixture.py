"""Cuts ticks out of a recording into ``fixtures/<name>/<seconds>/...``, as its origin.toml says.

    python tests/bench/cut_fixture.py fixtures/6.1-oom-kill [...] [--recordings ../shared/recordings]

    kernel_release = "6.1.0-50-cloud-amd64"        recording = "001-leak"
    page_size_bytes = 4096                         seconds = ["60.242674", "61.244941"]
    synthetic = false                              story = "..."

The first tick also gets what the recording holds only once (version, sysctls): the newest version at
or before it. Processes and control groups are those of the tick, all of them; of kernel threads stat
and statm are kept, the rest says nothing of a thread without memory. ``expected.json`` is left alone. With
``anonymous = true`` (a host in use) names that tell of the host are replaced: host and boot id, builder,
cgroup paths, processes other than kernel threads; the command line is left out. With ``packed = true``
the ticks become one ``recording.tar.zst``, a tenth of their size.
"""

import argparse
import io
import re
import shutil
import tarfile
import tomllib
from pathlib import Path

import zstandard

SCANNED = re.compile(r"proc/[0-9]+/|sys/fs/cgroup/")
PROCESS = re.compile(r"proc/([0-9]+)/")
RELEASE = re.compile(rb"^(Linux version [0-9.]+)\S* \([^)]*\)")
KERNEL_THREAD_FILES = {"stat", "statm"}
PACKED = "recording.tar.zst"
KERNEL_THREAD_FLAG = 0x0020_0000  # PF_KTHREAD, field 9 of stat

Ticks = dict[str, dict[str, bytes]]


def read_ticks(archive: Path) -> Ticks:
    """Files by tick and path."""
    ticks: Ticks = {}
    data = archive.read_bytes()
    if archive.suffix == ".zst":
        data = zstandard.ZstdDecompressor().stream_reader(data).read()
    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        for member in tar:
            if member.isfile():
                seconds, _, path = member.name.removeprefix("./").partition("/")
                if not path:
                    continue  # meta.json: of the recording as a whole
                ticks.setdefault(seconds, {})[path] = tar.extractfile(member).read()
    return ticks


def cut(ticks: Ticks, seconds: list[str]) -> Ticks:
    """The ticks named, the first one completed by what came before it."""
    for tick in seconds:
        if "proc/1/stat" not in ticks.get(tick, {}):
            raise SystemExit(f"{tick} is no tick with processes")
    once: dict[str, bytes] = {}
    for tick in sorted(ticks, key=float):
        if float(tick) <= float(seconds[0]):
            once |= {path: data for path, data in ticks[tick].items() if not SCANNED.match(path)}
    return {seconds[0]: once | ticks[seconds[0]]} | {tick: ticks[tick] for tick in seconds[1:]}


def without_idle_files(tick: dict[str, bytes]) -> dict[str, bytes]:
    """The tick with only those files of kernel threads that say something."""
    threads = {
        process[1]
        for path, data in tick.items()
        if (process := PROCESS.match(path)) and path.endswith("/stat") and _is_kernel_thread(data)
    }
    return {
        path: data
        for path, data in tick.items()
        if not ((process := PROCESS.match(path)) and process[1] in threads)
        or path.rpartition("/")[2] in KERNEL_THREAD_FILES
    }


def anonymous(tick: dict[str, bytes]) -> dict[str, bytes]:
    """The tick without names that tell whose host it was."""
    kept: dict[str, bytes] = {}
    for path, data in tick.items():
        if path == "proc/cmdline" or path.startswith("sys/fs/cgroup/"):
            continue
        kept[path] = {
            "proc/sys/kernel/hostname": b"host\n",
            "proc/sys/kernel/random/boot_id": b"00000000-0000-4000-8000-000000000000\n",
        }.get(path, data)
        process = PROCESS.match(path)
        if process and not _is_kernel_thread(tick.get(f"proc/{process[1]}/stat", b"")):
            kept[path] = _renamed(path, data, process[1].encode())
    if "proc/version" in kept:
        kept["proc/version"] = RELEASE.sub(rb"\1 (builder@host)", kept["proc/version"])
    if "proc/sys/kernel/osrelease" in kept:
        release = kept["proc/sys/kernel/osrelease"]
        kept["proc/sys/kernel/osrelease"] = re.split(rb"[^0-9.]", release)[0] + b"\n"
    return kept


def _is_kernel_thread(stat: bytes) -> bool:
    fields = stat.rpartition(b")")[2].split()
    return len(fields) > 6 and bool(int(fields[6]) & KERNEL_THREAD_FLAG)


def _renamed(path: str, data: bytes, pid: bytes) -> bytes:
    name = b"init" if pid == b"1" else b"task-" + pid
    if path.endswith("/stat"):
        return re.sub(rb"\(.*\)", b"(" + name + b")", data, flags=re.DOTALL)
    if path.endswith("/status"):
        return re.sub(rb"^Name:\t.*", b"Name:\t" + name, data)
    if path.endswith("/cgroup"):
        return re.sub(rb":/.*", b":/", data)
    return data


def write(fixture: Path, ticks: Ticks) -> None:
    """Replaces the fixture's ticks."""
    for old in fixture.iterdir():
        if old.is_dir():
            shutil.rmtree(old)
    for tick, files in ticks.items():
        for path, data in files.items():
            target = fixture / tick / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)


def pack(fixture: Path, ticks: Ticks) -> None:
    """Replaces the fixture's recording; the same ticks give the same bytes."""
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for tick, files in ticks.items():
            for path, data in sorted(files.items()):
                info = tarfile.TarInfo(f"{tick}/{path}")
                info.size = len(data)
                tar.addfile(info, io.BytesIO(data))
    packed = zstandard.ZstdCompressor(level=19).compress(plain.getvalue())
    (fixture / PACKED).write_bytes(packed)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("fixtures", nargs="+", type=Path)
    parser.add_argument("--recordings", type=Path, default=Path("../shared/recordings"))
    parser.add_argument("--archive", type=Path, help="this file, not the one that the origin names")
    chosen = parser.parse_args()
    for fixture in chosen.fixtures:
        origin = tomllib.loads((fixture / "origin.toml").read_text())
        if not chosen.archive and "recording" not in origin:
            raise SystemExit(f"{fixture}: its origin names no recording, so --archive must")
        archive = chosen.archive or chosen.recordings / f"{origin['recording']}.tar.zst"
        cut_out = cut(read_ticks(archive), origin["seconds"])
        ticks = {tick: without_idle_files(files) for tick, files in cut_out.items()}
        if origin.get("anonymous"):
            ticks = {tick: anonymous(files) for tick, files in ticks.items()}
        (pack if origin.get("packed") else write)(fixture, ticks)


if __name__ == "__main__":
    main()
