"""What ``advise`` says of recordings, one JSON line each: slow, so kept; ``advice_in_lab.py`` reads the lines.

    python tests/bench/advice_of_recordings.py --lines ADVICE.jsonl RECORDING_OR_DIR...

A recording that the file already tells of is passed over. Each is judged as a whole (``--last``), as its
figures are counted.
"""

import argparse
import json
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from vmadvisor.advise.recommendation import Recommendation
from vmadvisor.cli.advise import SECONDS_MAX, report_of

SUFFIX = ".tar.zst"


def told_before(lines: Path) -> set[str]:
    """Recordings that the file tells of, as their paths were given."""
    if not lines.exists():
        return set()
    return {json.loads(line)["path"] for line in lines.read_text().splitlines()}


def recordings(places: Sequence[Path]) -> Iterator[Path]:
    """Every recording of the places, in order."""
    for place in places:
        yield from sorted(place.glob(f"*{SUFFIX}")) if place.is_dir() else [place]


def _as_dict(advice: Recommendation) -> dict[str, object]:
    return {
        "id": advice.id,
        "key": advice.key,
        "current": advice.current,
        "recommended": advice.recommended,
        "confidence": advice.confidence,
        "command": advice.command,
        "predicted": [asdict(effect) for effect in advice.predicted],
    }


def advised(path: Path) -> dict[str, object]:
    """One recording's line."""
    started_s = time.monotonic()
    report = report_of(str(path), seconds_s=1, last_s=SECONDS_MAX)
    return {
        "path": str(path),
        "took_s": round(time.monotonic() - started_s, 1),
        "recommendations": [_as_dict(one) for one in report.recommendations],
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Appends a line for every recording that has none."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("places", nargs="+", type=Path, metavar="RECORDING_OR_DIR")
    parser.add_argument("--lines", type=Path, required=True)
    options = parser.parse_args(arguments)
    known = told_before(options.lines)
    for path in recordings(options.places):
        if str(path) in known:
            continue
        line = advised(path)
        with options.lines.open("a") as stream:
            stream.write(json.dumps(line) + "\n")
        print(path.name, line["took_s"], flush=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
