"""How the forecast carries over: fitted without a kernel, a size of guest or a family, judged on it.

By ``sampling``: fitted on samples 0.2 s apart alone, judged on what observers see every 1 s and every 5 s.

    python tests/bench/transfer.py RECORDING... --index INDEX.json [--cache DIR] [--by kernel]

Forests of the same settings as the model's, fitted from nothing on the recordings given: fewer than the
model's, so the column beside it is theirs too, cross-validated over whole recordings. What a recording is of
is read from the truth beside it (``NAME.truth.json``) or from ``--index`` (a list with ``name``,
``scenario``); a drop of more than 0.03 AUC is a finding to explain.
"""

import argparse
import json
import sys
from pathlib import Path

import numpy as np
from fit_data import Data
from fit_forecast import FOLDS_COUNT, fit_one, odds_of
from fit_output import figures
from forecast_rows import HOST_EVENTS, Row, cached_rows
from shipped import folds_of

SMALL_MAX_MIB = 512
HORIZONS_S = (10.0, 30.0)
SAMPLING = "sampling"
TRAITS = ("kernel", "size", "family", SAMPLING)


def traits_of(scenario: dict[str, object]) -> dict[str, str]:
    """Kernel series, size class and family of a scenario, the lab's or an index's."""
    machine = scenario.get("machine")
    size = scenario.get("mem_mb")
    if size is None and isinstance(machine, dict):
        size = machine.get("memory_mib") or sum(machine.get("nodes_mib", ()))
    kernel = str(scenario.get("kernel", "?"))
    return {
        "kernel": "7.2" if kernel == "newest" else kernel,
        "size": "small" if int(str(size or 0)) <= SMALL_MAX_MIB else "large",
        "family": str(scenario.get("family", "?")).removesuffix("-sick").removesuffix("-well"),
    }


def traits(paths: list[Path], indexes: list[Path]) -> dict[str, dict[str, str]]:
    """By recording; those that nothing tells of are left out."""
    found = {}
    for index in indexes:
        for one in json.loads(index.read_text()):
            found[one["name"]] = traits_of(one["scenario"])
    for path in paths:
        name = path.name.removesuffix(".tar.zst")
        told = path.with_name(f"{name}.truth.json")
        if told.exists():
            found[name] = traits_of(json.loads(told.read_text())["scenario"])
    return found


def judge(data: Data, by: dict[str, dict[str, str]], trait: str) -> None:
    """Prints, for each value of the trait: fitted without it, and cross-validated, on the same instants."""
    values = np.array([by[name][trait] for name in data.recordings])
    folds = folds_of(data.recordings, FOLDS_COUNT)
    within = np.zeros(len(values))
    for fold in range(FOLDS_COUNT):
        forest = fit_one(data, folds != fold, seed=fold + 1)
        within[folds == fold] = odds_of(forest, data.values[folds == fold])
    without = np.zeros(len(values))
    ten = data.is_whole & (data.horizons == HORIZONS_S[0])
    for value in sorted(set(values)):
        left_out = values == value
        without[left_out] = odds_of(fit_one(data, ~left_out, seed=1), data.values[left_out])
        for what, odds in (("without it", without), ("with it", within)):
            said = 1 / (1 + np.exp(-odds))
            figures(f"{data.event} {trait}={value} {what}", data, said, ten & left_out)


def judge_sampling(data: Data) -> None:
    """Prints, for each slower observer: fitted on the fast one's rows alone, and on everybody's."""
    folds = folds_of(data.recordings, FOLDS_COUNT)
    slow = ~data.is_whole
    for what, fitted_on in (("without it", data.is_whole), ("with it", np.full(len(folds), True))):
        odds = np.zeros(len(folds))
        for fold in range(FOLDS_COUNT):
            own = slow & (folds == fold)
            forest = fit_one(data, fitted_on & (folds != fold), seed=fold + 1)
            odds[own] = odds_of(forest, data.values[own])
        for observer in ("1s", "5s"):
            chosen = (data.observers == observer) & (data.horizons == HORIZONS_S[0])
            said = 1 / (1 + np.exp(-odds))
            figures(f"{data.event} sampling={observer} {what}", data, said, chosen)


def main() -> int:
    """Fits and prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("recordings", nargs="+", type=Path)
    parser.add_argument("--index", type=Path, action="append", default=[])
    parser.add_argument("--cache", type=Path)
    parser.add_argument("--by", action="append", choices=TRAITS)
    parser.add_argument("--event", action="append", choices=HOST_EVENTS)
    options = parser.parse_args()
    by = traits(options.recordings, options.index)
    rows: list[Row] = []
    for path in options.recordings:
        found = cached_rows(str(path), options.cache)
        rows += [row for row in found if row.recording in by and row.horizon_s in HORIZONS_S]
    print(f"{len({row.recording for row in rows})} recordings", file=sys.stderr)
    for trait in options.by or TRAITS:
        for event in options.event or HOST_EVENTS:
            data = Data(event, rows)
            if trait == SAMPLING:
                judge_sampling(data)
            else:
                judge(data, by, trait)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
