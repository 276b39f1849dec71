"""Damaged kernel texts through the whole program: a report or a named gap, never a traceback.

    python tests/bench/mutate.py [--runs 100000] [--seed 1] [--jobs 2] [--only RUN]

Takes the trees of ``fixtures/`` and, where it is there, ``../shared/proc``; damages one to four files
of a random tree and runs everything in this process: collect, judge, all renderers, watermarks,
victims. One run in sixteen goes through an archive with damaged bytes. Text costs ten times the rest,
so it is rendered once in sixteen times, JSON and nagios always. The same seed gives the same runs,
whatever the number of jobs; ``--only`` repeats one. What fails is saved as a tar; then the exit code
is 1.
"""

import argparse
import io
import json
import os
import random
import re
import resource
import signal
import sys
import tarfile
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from multiprocessing import get_context
from pathlib import Path
from types import FrameType

REPOSITORY = Path(__file__).resolve().parents[2]
if str(REPOSITORY) not in sys.path:
    sys.path.insert(0, str(REPOSITORY))

from vmadvisor.advise.report import make_report  # noqa: E402 - found beside this file, installed or not
from vmadvisor.collect import Request, take  # noqa: E402
from vmadvisor.collect.archive import read_archive  # noqa: E402
from vmadvisor.collect.found import Found  # noqa: E402
from vmadvisor.collect.memory_tree import MemoryTree  # noqa: E402
from vmadvisor.collect.wanted import Wanted  # noqa: E402
from vmadvisor.errors import RootError  # noqa: E402
from vmadvisor.kernel import watermarks  # noqa: E402
from vmadvisor.kernel.oom import victims  # noqa: E402
from vmadvisor.render import renderer  # noqa: E402
from vmadvisor.render import victims as victims_output  # noqa: E402
from vmadvisor.render import watermarks as watermarks_output  # noqa: E402
from vmadvisor.render.style import Style  # noqa: E402
from vmadvisor.sources import DEEP_SOURCES, SOURCES  # noqa: E402

ARCHIVE_SHARE = 1 / 16
TEXT_SHARE = 1 / 16
PROCESSES_MAX_COUNT = 10  # of a tree; more of them only cost time
DAMAGES_MAX_COUNT = 4
RUN_MAX_S = 20
SHARE_COUNT = 250  # runs that a worker gets at a time
SHOW_EVERY_COUNT = 20  # shares between two lines of progress
MEMORY_MAX_BYTES = 3 << 30
HUGE = (b"0", b"-1", b"18446744073709551615", b"18446744073709551616", b"9" * 400, b"9" * 5000,
        b"1e309", b"nan", b"inf", b"0x10", b"+1", b"1_000", b"1.5", b"-0", b"\xd9\xa1", b"4096")  # fmt: skip
CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff]")

Files = dict[str, bytes]


@dataclass(frozen=True)
class Sample:
    """A tree of one moment, or of two."""

    name: str
    before: Files | None
    after: Files


# -- where the texts come from -----------------------------------------------------------------


def few_processes(files: Files) -> Files:
    """The files without most of the processes; the first and the last by number stay."""
    pids = sorted({int(found[1]) for path in files if (found := re.match(r"proc/(\d+)/", path))})
    half = PROCESSES_MAX_COUNT // 2
    kept = {*pids[:half], *pids[-half:]}
    wanted = Wanted(SOURCES + DEEP_SOURCES)
    return {
        path: data
        for path, data in files.items()
        if wanted.kind(path)
        and (not (found := re.match(r"proc/(\d+)/", path)) or int(found[1]) in kept)
    }


def fixture_samples() -> list[Sample]:
    samples = []
    for fixture in sorted(path.parent for path in (REPOSITORY / "fixtures").glob("*/origin.toml")):
        ticks = sorted(
            (path for path in fixture.iterdir() if re.fullmatch(r"[0-9.]+", path.name)),
            key=lambda path: float(path.name),
        ) or [fixture]
        trees = [
            {
                path.relative_to(tick).as_posix(): path.read_bytes()
                for path in tick.rglob("*")
                if path.is_file() and path.relative_to(tick).parts[0] in {"proc", "sys"}
            }
            for tick in ticks
        ]
        for earlier, later in pairwise(trees):
            later.update({path: data for path, data in earlier.items() if _is_once(path, later)})
        trees = [few_processes(tree) for tree in trees]
        samples.append(Sample(fixture.name, trees[0] if len(trees) > 1 else None, trees[-1]))
    return samples


def _is_once(path: str, later: Files) -> bool:
    return path not in later and not re.match(r"proc/\d+/|sys/fs/cgroup/", path)


def shared_samples() -> list[Sample]:
    directory = REPOSITORY.parent / "shared" / "proc"
    if not directory.is_dir():
        return []
    import zstandard

    samples = []
    for archive in sorted(directory.glob("*.tar.zst")):
        files: Files = {}
        with archive.open("rb") as stream:
            plain = zstandard.ZstdDecompressor().stream_reader(stream)
            with tarfile.open(fileobj=plain, mode="r|") as tar:
                for member in tar:
                    path = member.name.partition("/")[2]
                    if member.isfile() and path.startswith(("proc/", "sys/")):
                        files[path] = tar.extractfile(member).read()
        kept = few_processes(files)
        if kept:
            samples.append(Sample(archive.name.removesuffix(".tar.zst"), None, kept))
    return samples


# -- damage --------------------------------------------------------------------------------------


def _span(dice: random.Random, data: bytes) -> tuple[int, int]:
    start = dice.randrange(len(data) + 1)
    return start, min(len(data), start + dice.choice((1, 1, 2, 8, 64, 512)))


def flip(dice: random.Random, data: bytes) -> bytes:
    damaged = bytearray(data)
    for _ in range(dice.randint(1, 4) if data else 0):
        damaged[dice.randrange(len(data))] = dice.randrange(256)
    return bytes(damaged)


def delete(dice: random.Random, data: bytes) -> bytes:
    start, end = _span(dice, data)
    return data[:start] + data[end:]


def double(dice: random.Random, data: bytes) -> bytes:
    start, end = _span(dice, data)
    return data[:start] + data[start:end] * dice.randint(2, 5) + data[end:]


def insert(dice: random.Random, data: bytes) -> bytes:
    start = dice.randrange(len(data) + 1)
    choices = (
        dice.randbytes(3),
        b"\n",
        b" ",
        b"\0",
        b"\x1b[2J",
        b"\xff",
        b":",
        b"-",
        b")",
        b"\r\n",
    )
    return data[:start] + dice.choice(choices) + data[start:]


def cut(dice: random.Random, data: bytes) -> bytes:
    return data[: dice.randrange(len(data) + 1)]


def empty(dice: random.Random, data: bytes) -> bytes:
    del data
    return dice.choice((b"", b"\n", b" ", b"\0" * 64))


def drop_line(dice: random.Random, data: bytes) -> bytes:
    lines = data.splitlines(keepends=True)
    if lines:
        del lines[dice.randrange(len(lines))]
    return b"".join(lines)


def move_line(dice: random.Random, data: bytes) -> bytes:
    lines = data.splitlines(keepends=True)
    if lines:
        lines.insert(dice.randrange(len(lines) + 1), dice.choice(lines))
    return b"".join(lines)


def join_lines(dice: random.Random, data: bytes) -> bytes:
    ends = [found.start() for found in re.finditer(rb"\n", data)]
    if not ends:
        return data
    end = dice.choice(ends)
    return data[:end] + dice.choice((b"", b" ")) + data[end + 1 :]


def swap_columns(dice: random.Random, data: bytes) -> bytes:
    lines = data.split(b"\n")
    index = dice.randrange(len(lines))
    words = lines[index].split(b" ")
    first, second = dice.randrange(len(words)), dice.randrange(len(words))
    words[first], words[second] = words[second], words[first]
    lines[index] = b" ".join(words)
    return b"\n".join(lines)


def other_number(dice: random.Random, data: bytes) -> bytes:
    numbers = list(re.finditer(rb"[0-9]+", data))
    if not numbers:
        return data
    found = dice.choice(numbers)
    return data[: found.start()] + dice.choice(HUGE) + data[found.end() :]


DAMAGES: tuple[Callable[[random.Random, bytes], bytes], ...] = (
    flip, delete, double, insert, cut, empty, drop_line, move_line, join_lines, swap_columns,
    other_number, other_number, other_number,
)  # fmt: skip


def pick(dice: random.Random, files: Files) -> str:
    """A path; host-wide files twice as often as the many of processes and groups."""
    paths = list(files)
    host_wide = [path for path in paths if not re.match(r"proc/\d+/|sys/fs/cgroup/", path)]
    return dice.choice(host_wide if host_wide and dice.random() < 2 / 3 else paths)


def damage(dice: random.Random, files: Files, samples: list[Sample]) -> Files:
    """Some files changed, gone, or another kernel's."""
    damaged = dict(files)
    for _ in range(dice.randint(1, DAMAGES_MAX_COUNT)):
        if not damaged:
            break
        path = pick(dice, damaged)
        chance = dice.random()
        if chance < 0.05:
            del damaged[path]
        elif chance < 0.15:
            damaged |= dice.choice(samples).after  # a host of two kernels
        elif chance < 0.2:
            damaged[path] = damaged[pick(dice, damaged)]
        else:
            damaged[path] = dice.choice(DAMAGES)(dice, damaged[path])
    return damaged


# -- one run -------------------------------------------------------------------------------------


class TreesRoot:
    """Two trees in memory in the place of a directory."""

    def __init__(self, before: Files | None, after: Files) -> None:
        self._before, self._after = before, after

    def moments(self, sources: object, request: Request) -> Found:
        del sources, request
        before = None if self._before is None else _tree(self._before, 10.25)
        return Found(before, _tree(self._after, 11.5), [])


def _tree(files: Files, time_s: float) -> MemoryTree:
    timed = {path: (data, time_s) for path, data in files.items()}
    return MemoryTree(timed, time_s=time_s, processes_time_s=time_s)


class ArchiveRoot:
    """An archive's bytes."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def moments(self, sources: object, request: Request) -> object:
        return read_archive(io.BytesIO(self._data), sources=sources, request=request)


def archive(before: Files | None, after: Files) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        for time_s, files in (("10.25", before), ("11.5", after)):
            for path, data in (files or {}).items():
                info = tarfile.TarInfo(f"{time_s}/{path}")
                info.size = len(data)
                tar.addfile(info, io.BytesIO(data))
    return packed.getvalue()


def judge(root: object, dice: random.Random) -> Counter[str]:
    """Everything that reads a root; raises ``RootError``, or what must not be."""
    request = Request(processes=dice.choice(("all", "shortlist")), deep=dice.random() < 1 / 3)
    before, after = take(root, request)
    report = make_report(before, after, time_utc="2026-01-02T03:04:05Z", tool_version="0")
    style = Style(is_unicode=dice.random() < 1 / 2, width_columns=dice.choice((80, 100, 40)))
    texts = [renderer("nagios")(report, style), renderer("json")(report, style)]
    if json.loads(texts[1])["status"] != report.status.name:
        raise AssertionError("the JSON has another status")
    marks = watermarks.table(after), watermarks.table(after, min_free_kib=70_001)
    orders = victims(after), victims(after, adjust={"base": -500, "7": 300})
    kind = "text" if dice.random() < TEXT_SHARE else "json"
    if kind == "text":
        texts.append(renderer("text")(report, style))
    texts += [watermarks_output.FORMATS[kind](table, after, style) for table in marks]
    texts += [victims_output.FORMATS[kind](order, after, style) for order in orders if order]
    for text in texts:
        if found := CONTROL.search(text):
            raise AssertionError(f"{found[0]!r} in the output")
    if not all(gap.path and gap.reason and gap.cost for gap in report.gaps):
        raise AssertionError("a gap without words")
    return Counter(reports=1, gaps=len(report.gaps), texts=len(texts), **{report.status.name: 1})


def run(seed: int, number: int, samples: list[Sample]) -> tuple[Counter[str], bytes | None, str]:
    """(what came of it, the input if it failed, how it failed)."""
    dice = random.Random(f"{seed}:{number}")
    sample = dice.choice(samples)
    whole = sample.after
    if sample.before is None and dice.random() < 0.5:  # most trees of others are only a part
        whole = dice.choice([one for one in samples if one.before]).after | whole
    after = damage(dice, whole, samples)
    before = sample.before if sample.before or dice.random() < 0.5 else whole
    if before is not None and dice.random() < 0.3:
        before = damage(dice, before, samples)
    root: object = TreesRoot(before, after)
    packed = None
    if dice.random() < ARCHIVE_SHARE:
        packed = archive(before, after)
        for _ in range(dice.randint(0, 3)):
            packed = dice.choice((flip, flip, delete, double, insert, cut))(dice, packed)
        root = ArchiveRoot(packed)
    signal.alarm(RUN_MAX_S)
    try:
        return judge(root, dice), None, ""
    except RootError:
        return Counter(root_errors=1), None, ""
    except Exception:  # noqa: BLE001 - every other one is what is looked for
        failed = f"run {number} of seed {seed}, {sample.name}:\n{traceback.format_exc()}"
        return Counter(FAILED=1), packed or archive(before, after), failed
    finally:
        signal.alarm(0)


def _too_long(_signal: int, _frame: FrameType | None) -> None:
    raise TimeoutError(f"longer than {RUN_MAX_S} s")


SAMPLES: list[Sample] = []
"""A worker's own; read once."""


def prepare() -> None:
    """Makes a process a worker: bounded in time and memory, so that a loop or a list without end shows."""
    signal.signal(signal.SIGALRM, _too_long)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_MAX_BYTES, MEMORY_MAX_BYTES))
    SAMPLES.extend(fixture_samples() + shared_samples())


def work(seed: int, numbers: range) -> tuple[Counter[str], list[tuple[int, str, bytes]]]:
    """A share of the runs."""
    counts: Counter[str] = Counter()
    failures = []
    for number in numbers:
        outcome, data, how = run(seed, number, SAMPLES)
        counts += outcome
        if data is not None:
            failures.append((number, how, data))
    return counts, failures


def save(seed: int, failures: list[tuple[int, str, bytes]]) -> None:
    """Keeps every input, shows one of each kind."""
    kept = Path(tempfile.mkdtemp(prefix="vmadvisor-mutants-"))
    seen: Counter[str] = Counter()
    for number, how, data in sorted(failures):
        (kept / f"{seed}-{number}.tar").write_bytes(data)
        place = "\n".join(how.splitlines()[-4:])
        seen[place] += 1
        if seen[place] == 1:
            print(how)
    print(f"{len(failures)} failures of {len(seen)} kinds; inputs in {kept}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--only", type=int, metavar="RUN", help="this run of the seed alone")
    chosen = parser.parse_args()
    started_s = time.monotonic()
    first, end = 0, chosen.runs
    if chosen.only is not None:
        first, end = chosen.only, chosen.only + 1
    shares = [range(n, min(n + SHARE_COUNT, end)) for n in range(first, end, SHARE_COUNT)]
    counts: Counter[str] = Counter()
    failures: list[tuple[int, str, bytes]] = []
    with get_context("spawn").Pool(min(chosen.jobs, len(shares)), prepare) as pool:
        for done, (some, failed) in enumerate(pool.imap(partial(work, chosen.seed), shares), 1):
            counts += some
            failures += failed
            if done % SHOW_EVERY_COUNT == 0:
                print(f"{done * SHARE_COUNT}: {dict(counts)}", file=sys.stderr)
    took_s = time.monotonic() - started_s
    print(f"{end - first} runs in {took_s:.0f} s, {(end - first) / took_s:.0f}/s: {dict(counts)}")
    if failures:
        save(chosen.seed, failures)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
