"""Damaged recordings through the command line: what is left is read and the loss named, never a traceback.

    python tests/bench/mutate_recording.py [--runs 2000] [--seed 1] [--only RUN]

A recording of 40 ticks in four frames is made of a fixture's files, whose digits change from tick to tick;
its bytes are flipped, cut, deleted, doubled, swapped, zeroed, made up, compressed or not. Each goes through
``vmadvisor check --root``, one in eight through ``anonymise`` and a walk over all ticks too. The same seed
gives the same runs; ``--only`` repeats one. What fails is saved; then the exit code is 1.
"""

import argparse
import contextlib
import io
import random
import re
import resource
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from types import FrameType

REPOSITORY = Path(__file__).resolve().parents[2]
if str(REPOSITORY) not in sys.path:
    sys.path.insert(0, str(REPOSITORY))

from vmadvisor.__main__ import run as command  # noqa: E402 - found beside this file, installed or not
from vmadvisor.collect.recording_walk import walk  # noqa: E402
from vmadvisor.collect.wanted import Wanted  # noqa: E402
from vmadvisor.errors import RootError  # noqa: E402
from vmadvisor.recording import tar_member  # noqa: E402
from vmadvisor.recording.zstd_frames import Frames  # noqa: E402
from vmadvisor.sources import SOURCES  # noqa: E402

FIXTURE = REPOSITORY / "fixtures/7.2-leak-before-kill/56.015484"
TICKS_COUNT, FRAME_TICKS_COUNT, SCAN_TICKS_COUNT = 40, 10, 5
DIGITS_CHANGED_COUNT = 12
DAMAGES_MAX_COUNT = 4
BLOCK_MAX_BYTES = 4096
RUN_MAX_S = 60
META = (
    b'{"tool": "vmadvisor", "host": "db1", "processes": {"scan": "shortlist", "top_count": 10}}\n'
)

Damage = Callable[[random.Random, bytes], bytes]


def _place(dice: random.Random, data: bytes) -> tuple[int, int]:
    """Beginning and end of some block."""
    start = dice.randrange(len(data) + 1)
    return start, min(len(data), start + dice.randint(1, BLOCK_MAX_BYTES))


def flip(dice: random.Random, data: bytes) -> bytes:
    changed = bytearray(data)
    for _ in range(dice.choice((1, 1, 3, 30)) if changed else 0):
        changed[dice.randrange(len(changed))] ^= 1 << dice.randrange(8)
    return bytes(changed)


def cut(dice: random.Random, data: bytes) -> bytes:
    return data[: dice.randrange(len(data) + 1)]


def delete(dice: random.Random, data: bytes) -> bytes:
    start, end = _place(dice, data)
    return data[:start] + data[end:]


def double(dice: random.Random, data: bytes) -> bytes:
    start, end = _place(dice, data)
    return data[:end] + data[start:]


def swap(dice: random.Random, data: bytes) -> bytes:
    first, second = sorted((_place(dice, data), _place(dice, data)))
    middle = data[first[1] : second[0]]
    return b"".join((
        data[: first[0]], data[slice(*second)], middle, data[slice(*first)], data[second[1] :],
    ))  # fmt: skip


def zero(dice: random.Random, data: bytes) -> bytes:
    start, end = _place(dice, data)
    return data[:start] + bytes(end - start) + data[end:]


def invent(dice: random.Random, data: bytes) -> bytes:
    start, end = _place(dice, data)
    return data[:start] + dice.randbytes(end - start) + data[start:]


DAMAGES: tuple[Damage, ...] = (flip, flip, cut, delete, double, swap, zero, invent)


def fixture_files() -> dict[str, bytes]:
    """Path -> text of one moment, with a few of its processes."""
    wanted, found = Wanted(SOURCES), {}
    for path in sorted(FIXTURE.rglob("*")):
        name = path.relative_to(FIXTURE).as_posix()
        if path.is_file() and wanted.kind(name) is not None:
            found[name] = path.read_bytes()
    return found


def ticks(seed: int) -> list[tuple[float, dict[str, bytes]]]:
    """Everything at the beginning of a frame, else as a recorder would: most files, now and then processes."""
    dice, files = random.Random(seed), fixture_files()
    host = [path for path in files if re.fullmatch(r"proc/[a-z]+(/[a-z]+)?", path)]
    found = []
    for number in range(TICKS_COUNT):
        everything = number % FRAME_TICKS_COUNT == 0
        paths = files if everything or number % SCAN_TICKS_COUNT == 0 else host
        for path in host:
            files[path] = _later(dice, files[path])
        found.append((100 + number, {path: files[path] for path in paths}))
    return found


def _later(dice: random.Random, text: bytes) -> bytes:
    """Other digits in some places."""
    digits = [match.start() for match in re.finditer(rb"[0-9]", text)]
    changed = bytearray(text)
    for at in dice.sample(digits, min(len(digits), DIGITS_CHANGED_COUNT)):
        changed[at] = dice.choice(b"0123456789")
    return bytes(changed)


def recordings(seed: int) -> tuple[bytes, bytes]:
    """(compressed as the recorder does it, plain)."""
    frames, packed, plain = Frames(), [], [tar_member.member("meta.json", META, mtime_s=7)]
    packed.append(frames.add(plain[0]))
    for number, (time_s, files) in enumerate(ticks(seed)):
        if number % FRAME_TICKS_COUNT == 0:
            packed.append(frames.end())
        tick = b"".join(
            tar_member.member(f"{time_s:.6f}/{path}", data, mtime_s=7)
            for path, data in files.items()
        )
        plain.append(tick)
        packed += [frames.add(tick), frames.flush()]
    packed += [frames.add(tar_member.END), frames.end()]
    return b"".join(packed), b"".join((*plain, tar_member.END))


def damaged(dice: random.Random, whole: tuple[bytes, ...]) -> bytes:
    """A recording with some damage done to it."""
    data = dice.choice(whole)
    for _ in range(dice.randint(1, DAMAGES_MAX_COUNT)):
        data = dice.choice(DAMAGES)(dice, data)
    return data


def judge(path: Path, dice: random.Random) -> Counter[str]:
    """What came of it; raises ``AssertionError`` for what must not be."""
    with contextlib.redirect_stdout(io.StringIO()) as said, contextlib.redirect_stderr(said):
        code = command(["check", "--root", str(path), "--format", "json"])
    text = said.getvalue()
    assert "internal error" not in text, text
    assert "out of memory" not in text, text
    is_refused = not text.startswith("{")
    assert not is_refused or (code == 3 and text.startswith(f"vmadvisor: {path}: ")), text
    counts = Counter({"refused" if is_refused else "reports": 1})
    if not is_refused:
        counts["damage told"] += '"path": "/"' in text
        if dice.random() < 1 / 8:
            counts += _walked(path)
    return counts


def _walked(path: Path) -> Counter[str]:
    try:
        times_s = [snapshot.time_s for snapshot in walk(path)]
    except RootError:
        return Counter({"not walked": 1})
    assert all(a < b for a, b in pairwise(times_s)), times_s
    copy = path.with_suffix(".copy")
    with contextlib.redirect_stderr(io.StringIO()) as said:
        code = command(["anonymise", str(path), str(copy)])
    assert "internal error" not in said.getvalue(), said.getvalue()
    if code == 0:
        assert [snapshot.time_s for snapshot in walk(copy)] == times_s
        copy.unlink()
    return Counter({"walked": 1, "ticks walked": len(times_s)})


def run(seed: int, number: int, whole: tuple[bytes, ...], directory: Path) -> Counter[str]:
    """One run; what failed stays in the directory."""
    dice = random.Random(f"{seed}:{number}")
    path = directory / f"{seed}-{number}"
    path.write_bytes(damaged(dice, whole))
    signal.alarm(RUN_MAX_S)
    try:
        counts = judge(path, dice)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is what is looked for
        print(f"run {number} of seed {seed}: {type(error).__name__}: {error}\n{path}")
        return Counter(FAILED=1)
    finally:
        signal.alarm(0)
    path.unlink()
    return counts


def too_long(_signal: int, _frame: FrameType | None) -> None:
    raise TimeoutError(f"longer than {RUN_MAX_S} s")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", type=int, metavar="RUN", help="this run of the seed alone")
    chosen = parser.parse_args()
    signal.signal(signal.SIGALRM, too_long)
    whole = recordings(chosen.seed)
    directory = Path(tempfile.mkdtemp(prefix="vmadvisor-recordings-"))
    numbers = range(chosen.runs) if chosen.only is None else [chosen.only]
    counts: Counter[str] = Counter()
    started_s = time.process_time()
    for number in numbers:
        counts += run(chosen.seed, number, whole, directory)
    took_s = time.process_time() - started_s
    peak_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(f"{len(numbers)} runs on {len(whole[0])} and {len(whole[1])} bytes: {dict(counts)}")
    print(
        f"{took_s:.0f} s of CPU, {took_s / len(numbers):.3f} s each; peak {peak_kib / 1024:.0f} MiB"
    )
    if not counts["FAILED"]:
        directory.rmdir()
    return 1 if counts["FAILED"] else 0


if __name__ == "__main__":
    sys.exit(main())
