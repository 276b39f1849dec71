"""Writes the accuracy table of the README: how good the forecasts were on recordings.

    python tests/bench/accuracy.py [--forecasts SAID.jsonl] [--jobs N] [RECORDING ...]

A RECORDING is a file; the default is every recording directly in ../shared/recordings. With ``--forecasts``
those are judged instead of what the program says now: lines as ``vmadvisor backtest --forecasts`` writes
them, of forecasts that were cross-validated, say.

The table stands between ``<!-- accuracy ... -->`` and ``<!-- /accuracy -->``. The first says which model
and which recordings it was made of, and what it read like: ``stale`` tells when that is no longer so.
"""

import argparse
import ast
import hashlib
import json
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from vmadvisor.model.backtest.trial import Trial, Trials
from vmadvisor.render.style import Style
from vmadvisor.replay.replay import replay
from vmadvisor.replay.workers import each

ROOT = Path(__file__).resolve().parents[2]
README = ROOT / "README.md"
RECORDINGS = ROOT.parent / "shared" / "recordings"
HORIZONS_S = (10.0, 30.0)
BLOCK = re.compile(
    r"<!-- accuracy(?: model=(\w+) table=(\w+) recordings=(\w+))? -->\n(.*?)<!-- /accuracy -->",
    re.DOTALL,
)
MODEL = "vmadvisor/model"
STARTS = ("outlook.py", "backtest/evaluation.py", "backtest/course.py", "backtest/instants.py")
DIGITS_COUNT = 12

Key = tuple[str, float, str, str, float]


# --- is the table that of the present model? ----------------------------------------------------


def digest(*texts: str | bytes) -> str:
    found = hashlib.sha256()
    for text in texts:
        found.update(hashlib.sha256(text if isinstance(text, bytes) else text.encode()).digest())
    return found.hexdigest()[:DIGITS_COUNT]


def code_lines(text: str) -> str:
    """What can change a figure: neither docstrings nor lines of comment."""
    lines = text.splitlines()
    for node in ast.walk(ast.parse(text)):
        is_text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        if is_text and isinstance(node.value.value, str):
            for number in range(node.lineno - 1, node.end_lineno):
                lines[number] = ""
    kept = (line.rstrip() for line in lines)
    return "\n".join(line for line in kept if line and not line.lstrip().startswith("#"))


def _imported(path: Path, root: Path) -> Iterator[Path]:
    """Modules of the model that the module imports, at its top or later."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = []
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        for place in (root / name.replace(".", "/") for name in names):
            if place.is_relative_to(root / MODEL):
                both = (place.with_suffix(".py"), place / "__init__.py")
                yield from (path for path in both if path.is_file())


def model_files(root: Path = ROOT) -> list[Path]:
    """All that a forecast and its figures come of: modules by their imports, data files all."""
    waiting = [root / MODEL / start for start in STARTS]
    found: set[Path] = set()
    while waiting:
        path = waiting.pop()
        if path not in found:
            found.add(path)
            waiting += _imported(path, root)
    data = (path for path in (root / MODEL).rglob("*") if path.suffix not in {".py", ".pyc"})
    return sorted(found | {path for path in data if path.is_file()})


def model_digest(root: Path = ROOT) -> str:
    texts: list[str | bytes] = []
    for path in model_files(root):
        is_code = path.suffix == ".py"
        texts.append(str(path.relative_to(root)))
        texts.append(code_lines(path.read_text(encoding="utf-8")) if is_code else path.read_bytes())
    return digest(*texts)


def stale(readme: str, root: Path = ROOT) -> str | None:
    """Why the table cannot be trusted; ``None`` where it can, ``KeyError`` where there is none."""
    block = BLOCK.search(readme)
    if block is None or block[1] is None:
        raise KeyError("accuracy")
    if block[2] != digest(block[4]):
        return "the table was edited by hand"
    if block[1] != model_digest(root):
        return "the model is another than the table's: run python tests/bench/accuracy.py"
    return None


# --- making it ----------------------------------------------------------------------------------


def said_in(path: Path) -> dict[Key, Mapping[str, float | None]]:
    found: dict[Key, Mapping[str, float | None]] = {}
    with path.open(encoding="ascii") as lines:
        for text in lines:
            one = json.loads(text)
            where = (one["recording"], one["time_s"], one["event"], one["scope"], one["horizon_s"])
            found[where] = {name: one[name] for name in ("probability", "low", "high")}
    return found


def with_forecasts(recording: Trials, said: Mapping[Key, Mapping[str, float | None]]) -> Trials:
    """The same instants with other probabilities; none where nothing was said."""

    def other(trial: Trial) -> Trial:
        one = said.get(
            (recording.name, trial.time_s, trial.event, trial.scope, trial.horizon_s), {}
        )
        return replace(
            trial,
            probability_ratio=one.get("probability"),
            low_ratio=one.get("low"),
            high_ratio=one.get("high"),
        )

    return replace(recording, trials=tuple(map(other, recording.trials)))


def replayed(paths: Sequence[Path], jobs: int) -> list[Trials]:
    results = each(partial(replay, horizons_s=HORIZONS_S), [str(path) for path in paths], jobs)
    recordings = []
    for result in results:
        if isinstance(result, str):
            sys.exit(result)
        recordings.append(Trials(name=result.name, trials=result.trials))
    return recordings


def block(table: str, paths: Sequence[Path]) -> str:
    """The table between its marks, with a blank line on either side."""
    table = f"\n{table}\n"
    made_of = digest(*(part for path in paths for part in (path.name, path.read_bytes())))
    head = f"accuracy model={model_digest()} table={digest(table)} recordings={made_of}"
    return f"<!-- {head} -->\n{table}<!-- /accuracy -->"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("recordings", nargs="*", type=Path)
    parser.add_argument("--forecasts", type=Path, help="judge these lines instead")
    parser.add_argument("--jobs", type=int, default=2)
    arguments = parser.parse_args()
    readme = README.read_text(encoding="utf-8")
    if BLOCK.search(readme) is None:
        sys.exit("README.md has no <!-- accuracy --> and <!-- /accuracy --> to write between")
    paths = arguments.recordings or sorted(RECORDINGS.glob("*.tar.zst"))
    if not paths:
        sys.exit(f"no recordings in {RECORDINGS}")
    recordings = replayed(paths, arguments.jobs)
    if arguments.forecasts is not None:
        said = said_in(arguments.forecasts)
        recordings = [with_forecasts(recording, said) for recording in recordings]
    # numpy is loaded here, after the workers were forked.
    from vmadvisor.model.backtest.evaluation import evaluation
    from vmadvisor.render.backtest import as_markdown

    table = as_markdown(evaluation(recordings), Style())
    made = block(table, paths)
    README.write_text(BLOCK.sub(lambda _: made, readme), encoding="utf-8")


if __name__ == "__main__":
    main()
