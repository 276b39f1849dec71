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
import sys
import tarfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic

import zstandard

from vmadvisor.errors import ParseError
from vmadvisor.kernel import available, oom, reserves, watermarks
from vmadvisor.kernel.badness import footprint
from vmadvisor.kernel.behaviour import behaviour_of
from vmadvisor.kernel.page_size import page_size_bytes
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
from vmadvisor.sources.zoneinfo import Zoneinfo
from vmadvisor.units import KIB_BYTES, pages_from_kib

SHARED = Path(__file__).resolve().parents[2].parent / "shared"
FILES = (version, meminfo, vmstat, zoneinfo)
DIRECTORIES = (sysctl_vm, transparent_hugepage, lru_gen)
PID_FILES = ("stat", "statm", "status", "oom_score", "oom_score_adj", "cgroup")
SCANS_EVERY = 3
LIVE_ROUNDS = 40

Texts = Mapping[str, str]


# --- reading ------------------------------------------------------------------------------------------


def ticks(path: Path) -> Iterator[tuple[float, dict[str, str]]]:
    """(seconds, path -> text) of each tick of an archive; one tick of 0 s for a lone tree."""
    now, texts = None, {}
    with path.open("rb") as packed, zstandard.ZstdDecompressor().stream_reader(packed) as plain:
        for member in tarfile.open(fileobj=plain, mode="r|"):
            if not member.isfile():
                continue
            head, _, rest = member.name.removeprefix("./").partition("/")
            try:
                when, name = float(head), rest
            except ValueError:
                when, name = 0.0, member.name.removeprefix("./")
            if now is not None and when != now:
                yield now, texts
                texts = {}
            now = when
            reader = plain_file(path, member)
            texts[name] = reader
    if now is not None:
        yield now, texts


def plain_file(path: Path, member: tarfile.TarInfo) -> str:
    raise NotImplementedError
