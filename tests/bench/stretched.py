"""A fixture's two moments made into a recording of many, on the straight line through both.

    python tests/bench/stretched.py FIXTURE OUT_DIR [--seconds 40]

Every number that differs between the two is drawn on backwards in time, never below 0; all else stays. So it
shows a story that no host had, with files that a kernel wrote: fit for screens, not for judging a forecast.
"""

import argparse
import re
from pathlib import Path

_NUMBER = re.compile(rb"\d+(?:\.\d+)?")


def _moved(before: bytes, after: bytes, share: float) -> bytes:
    """``share`` 0.0 is before, 1.0 is after, less than 0 is earlier still."""
    start, end = _NUMBER.findall(before), _NUMBER.findall(after)
    if _NUMBER.sub(b"#", before) != _NUMBER.sub(b"#", after):
        return after
    numbers = iter(zip(start, end, strict=True))

    def number(match: re.Match[bytes]) -> bytes:
        old, new = next(numbers)
        if old == new:
            return match[0]
        value = max(0.0, float(old) + (float(new) - float(old)) * share)
        return b"%.2f" % value if b"." in new else b"%d" % round(value)

    return _NUMBER.sub(number, after)


def stretch(fixture: Path, out: Path, *, seconds: int) -> tuple[float, float]:
    """Writes a directory recording of ``seconds`` + 1 moments; returns its first and last second."""
    first, last = sorted((p for p in fixture.iterdir() if p.is_dir()), key=lambda p: float(p.name))
    first_s, last_s = float(first.name), float(last.name)
    for back in range(seconds, -1, -1):
        time_s = last_s - back
        share = 1 - back / (last_s - first_s)
        for path in (path for path in last.rglob("*") if path.is_file()):
            name = path.relative_to(last)
            old, new = first / name, path.read_bytes()
            target = out / f"{time_s:.6f}" / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(_moved(old.read_bytes(), new, share) if old.is_file() else new)
    return last_s - seconds, last_s


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("fixture", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--seconds", type=int, default=40)
    chosen = parser.parse_args()
    print(*stretch(chosen.fixture, chosen.out, seconds=chosen.seconds))


if __name__ == "__main__":
    main()
