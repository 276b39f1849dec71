"""Lab scenarios with the advised value laid in: the same workload once more, and nothing else changed.

    python tests/bench/advice_of_recordings.py --lines ADVICE.jsonl RECORDINGS_DIR
    python tests/bench/advised_scenarios.py --lines ADVICE.jsonl --scenarios DIR_OF_TOML OUT_DIR
    python tests/lab run OUT_DIR/*.toml RECORDINGS_DIR
    python tests/bench/advice_in_lab.py --lines ADVICE.jsonl RECORDINGS_DIR

The recording GROUP-SETTING-rN was made from the scenario of that name; what is written is
GROUP-min_free_kbytes15092-r1 and so on. Advice for a group that is as good as what is there already is not
written again.
"""

import argparse
import json
import sys
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from advice_of_recordings import SUFFIX
from lab.scenario import load
from lab.toml_text import dump
from proofs import KEYS, group_of, is_as_advised

REPEATS_COUNT = 3


def wanted(lines: Sequence[str], keys: Sequence[str]) -> Iterator[tuple[Path, str, int]]:
    """(recording, setting, advised value), a group's every value once."""
    told: dict[tuple[Path, str, str], list[int]] = {}
    for line in map(json.loads, lines):
        path = Path(line["path"])
        for advice in line["recommendations"]:
            key = str(advice["key"]).removeprefix("sysctl:")
            if key not in keys:
                continue
            value = int(advice["recommended"])
            known = told.setdefault((path.parent, group_of(path), key), [])
            if not any(is_as_advised(value, one) for one in known):
                known.append(value)
                yield path, key, value


def laid_in(table: dict[str, object], key: str, value: int) -> dict[str, object]:
    """The scenario under that value.

    >>> laid_in({"seconds": 45.0, "sysctl": {"vm.swappiness": 0}}, "vm.swappiness", 120)
    {'seconds': 45.0, 'sysctl': {'vm.swappiness': 120}}
    """
    sysctl = table.get("sysctl", {})
    assert isinstance(sysctl, dict)
    return {**table, "sysctl": {**sysctl, key: value}}


def main(arguments: Sequence[str] | None = None) -> int:
    """Writes the scenarios, repeat by repeat, and prints their names."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", type=Path, metavar="OUT_DIR")
    parser.add_argument("--lines", type=Path, required=True)
    parser.add_argument("--scenarios", type=Path, required=True)
    parser.add_argument("--key", action="append", choices=KEYS, help="default: all")
    parser.add_argument("--repeats", type=int, default=REPEATS_COUNT)
    options = parser.parse_args(arguments)
    options.out.mkdir(parents=True, exist_ok=True)
    found = list(wanted(options.lines.read_text().splitlines(), options.key or KEYS))
    for repeat in range(1, options.repeats + 1):
        for recording, key, value in found:
            stem = recording.name.removesuffix(SUFFIX)
            table = tomllib.loads((options.scenarios / f"{stem}.toml").read_text())
            name = f"{group_of(recording)}-{key.removeprefix('vm.')}{value}-r{repeat}.toml"
            path = options.out / name
            path.write_text(dump(laid_in(table, key, value)))
            load(path)
            print(path)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
