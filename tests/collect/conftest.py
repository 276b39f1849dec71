"""Small hosts to collect from: as files, as a directory, as archives, as a tree that misbehaves."""

import errno
import io
import os
import tarfile

import pytest

MEMINFO = "MemTotal:        8045220 kB\nMemFree:         1466528 kB\nMemAvailable:    5000111 kB\n"
VMSTAT = "nr_free_pages {}\npgfault 71\npgscan_kswapd 73\n"
ZONEINFO = "Node 0, zone   Normal\n  pages free     366632\n        min      11148\n        low      16732\n        high     22316\n        managed  1972274\n"
STAT = "{pid} ({comm}) S {ppid} 7 7 0 -1 {flags} 9 0 5 0 {utime} 13 0 0 20 0 1 0 99 8192 {rss} 1\n"
STATUS = "Name:\tx\nUid:\t33\t33\t33\t33\nVmRSS:\t {kib} kB\nVmSwap:\t 8 kB\n"


def process(
    pid, *, rss=0, score=0, comm="job", flags=4194560, utime=11, swap=None, adj=None, ppid=1
):
    """Path -> text of one process; ``rss`` in pages, 0 for a kernel thread."""
    del swap
    return {
        f"proc/{pid}/stat": STAT.format(
            pid=pid, comm=comm, ppid=ppid, flags=flags, utime=utime, rss=rss
        ),
        f"proc/{pid}/status": STATUS.format(kib=rss * 4),
        f"proc/{pid}/statm": f"{rss * 2} {rss} 5 1 0 9 0\n",
        f"proc/{pid}/oom_score": f"{score}\n",
        f"proc/{pid}/oom_score_adj": f"{score - 600 if adj is None else adj}\n",
    }


@pytest.fixture(scope="session")
def processes():
    return process


@pytest.fixture(scope="session")
def kernel_thread():
    return lambda pid, comm: process(pid, comm=comm, flags=0x00200040)


@pytest.fixture
def host():
    """Path -> text of a small host."""
    return {
        "proc/meminfo": MEMINFO,
        "proc/vmstat": VMSTAT.format(366632),
        "proc/zoneinfo": ZONEINFO,
        "proc/version": "Linux version 6.12.94 (builder@host) #1\n",
        "proc/sys/kernel/hostname": "db1\n",
        "proc/sys/vm/swappiness": "60\n",
        **process(1, rss=300, score=0, comm="init"),
        **process(42, rss=90000, score=777, comm="postgres"),
    }


@pytest.fixture(scope="session")
def write_tree():
    """Writes path -> text below a directory."""

    def write(root, files):
        for path, text in files.items():
            target = root / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text)
        return root

    return write


@pytest.fixture(scope="session")
def tar_of():
    """(name, bytes or text) pairs as the bytes of a tar, written by the standard library."""

    def build(members, *, form=tarfile.PAX_FORMAT):
        buffer = io.BytesIO()
        with tarfile.open(fileobj=buffer, mode="w", format=form) as archive:
            for name, content in members.items() if isinstance(members, dict) else members:
                data = content.encode() if isinstance(content, str) else content
                info = tarfile.TarInfo(name)
                info.size = len(data)
                archive.addfile(info, io.BytesIO(data))
        return buffer.getvalue()

    return build


class FakeTree:
    """Files in a dict; an exception as content is raised. Counts what is read."""

    def __init__(self, files, *, is_live=True):
        self.files = {
            path: content.encode() if isinstance(content, str) else content
            for path, content in files.items()
        }
        self.is_live = is_live
        self.reads = []

    def now_s(self):
        return 50.0

    def processes_time_s(self):
        return 49.5

    def read(self, path):
        self.reads.append(path)
        content = self.files.get(path)
        if content is None:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), path)
        if isinstance(content, BaseException):
            raise content
        return content, 50.0

    def peek(self, path):
        return self.read(path)[0]

    def _below(self, directory):
        start = f"{directory}/"
        names = {p[len(start) :].split("/")[0] for p in self.files if p.startswith(start)}
        if not names:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), directory)
        return sorted(names)

    def names(self, directory):
        return self._below(directory)

    def subdirectories(self, directory):
        return [
            name
            for name in self._below(directory)
            if any(path.startswith(f"{directory}/{name}/") for path in self.files)
        ]


@pytest.fixture(scope="session")
def fake_tree():
    return FakeTree


@pytest.fixture
def fake_program(tmp_path, monkeypatch):
    """``fake_program(name, script)``: first on the path; it writes its arguments to ``asked``."""
    place = tmp_path / "bin"
    place.mkdir()

    def put(name, script):
        program = place / name
        program.write_text(
            f'#!/bin/sh\nfile="$2"; echo "$@" >> {tmp_path}/asked; env > {tmp_path}/env\n{script}\n'
        )
        program.chmod(0o755)
        monkeypatch.setenv("PATH", f"{place}:/usr/bin:/bin")

    return put


@pytest.fixture
def sadf(fake_program):
    return lambda script: fake_program("sadf", script)
