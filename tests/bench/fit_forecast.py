"""Fits the forecast on recordings, judges it by cross-validation over whole ones, and writes the model's data.

    python tests/bench/fit_forecast.py RECORDING... --write --lines CV.jsonl
    python tests/bench/fit_forecast.py RECORDING... --onto 0 --lines CV.jsonl

Five forests an event, each fitted without a fifth of the recordings; repeats of one story stay together.
What a forest says of the fifth it has not seen is what is reported, and what the maps from said to seen
frequency are fitted on. The model in use is the mean of the five.

``--onto N`` boosts on from the forests in use, where their recordings are no longer all at hand: each adds
N trees fitted to what it got wrong, and goes on knowing nothing of the fifth it was fitted without
(``shipped``). With 0 the forests in use are judged as they are, also on recordings newer than they.
"""

import argparse
import sys
from dataclasses import replace
from functools import partial
from math import exp, isnan, log
from pathlib import Path

import numpy as np
from fit_data import Data
from fit_output import oom_figures, print_slices, write_lines, write_module
from forecast_rows import GROUP_EVENTS, GROUP_OOM, GROUP_STALL, HOST_EVENTS, Row, cached_rows
from shipped import Shipped, folds_of, provenance

from vmadvisor.model.backtest.metrics import metrics
from vmadvisor.model.boosting import Forest, Settings
from vmadvisor.model.calibrated import LEAST_ONSETS_COUNT
from vmadvisor.model.calibration.recalibration import deviation, recalibrated
from vmadvisor.model.events import DIRECT_RECLAIM, MEMORY_STALL, OOM, OOM_GLOBAL
from vmadvisor.model.stock_bound import most_odds
from vmadvisor.model.trees import total

FOLDS_COUNT = 5
FITTED = Path(__file__).parents[2] / "vmadvisor" / "model" / "fitted.py"
YOUNG_S = 3.0
FURTHEST_S = 60.0
"""Beyond it even the long recordings hold hardly more than one window."""

DIRECTIONS = {
    OOM_GLOBAL: {**{f"stock_demand_{w}s": 1 for w in (1, 3, 10, 30)}, "stock": -1},
    MEMORY_STALL: {
        **{f"full_{w}s": 1 for w in (1, 5, 30)},
        **{f"easy_demand_{w}s": 1 for w in (1, 3, 10, 30)},
        **dict.fromkeys(("full_mean", "full_last", "full_peak", "full_least"), 1),
    },
    DIRECT_RECLAIM: {
        **{f"allocstall_{w}s": 1 for w in (1, 5, 30)},
        **{f"slack_demand_{w}s": 1 for w in (3, 10)},
        "allocstall_expected": 1,
        "allocstall_ago": -1,
    },
    GROUP_OOM: {
        **{f"group_demand_{w}s": 1 for w in (2, 8, 30)},
        "group_room": -1,
    },
    GROUP_STALL: {
        **{f"group_full_{w}s": 1 for w in (2, 8, 30)},
        **dict.fromkeys(("group_full_peak", "group_full_mean", "group_use"), 1),
        **{f"group_growth_{w}s": 1 for w in (2, 8, 30)},
    },
}
"""Where physics knows the sign."""

SETTINGS = {
    GROUP_OOM: Settings(trees_count=40, signals_ratio=0.6, least_weight=12.0, penalty=6.0),
    GROUP_STALL: Settings(trees_count=40, signals_ratio=0.6, least_weight=12.0, penalty=6.0),
}
HOST_SETTINGS = Settings(
    trees_count=80, rate_ratio=0.085, rows_ratio=0.5, least_weight=20.0, penalty=8.0
)


def odds_of(forest: Forest, values: np.ndarray) -> np.ndarray:
    """The forest's log-odds of every row, by the code that the tool runs."""
    return np.array(
        [
            forest.base + total(forest.trees, [None if isnan(x) else x for x in row])
            for row in values.tolist()
        ]
    )


def fit_one(
    data: Data, chosen: np.ndarray, seed: int, onto: Forest | None = None, more_count: int = 0
) -> Forest:
    """A forest of the chosen rows; ``onto`` is one that it goes on from."""
    settings = SETTINGS.get(data.event, HOST_SETTINGS)
    if onto is not None:
        settings = replace(settings, trees_count=more_count)
    forest = Forest(data.names, directions=DIRECTIONS[data.event], settings=settings, seed=seed)
    start = None if onto is None else odds_of(onto, data.values[chosen])
    if settings.trees_count:
        forest.fit(data.values[chosen], data.targets[chosen], data.weights[chosen], start)
    if onto is not None:
        forest.base, forest.trees = onto.base, [*onto.trees, *forest.trees]
    return forest


def cross_validate(
    data: Data, folds: np.ndarray, shipped: Shipped | None
) -> tuple[list[Forest], np.ndarray]:
    """One forest per fold left out, and what each says of it."""
    odds = np.zeros(len(data.came))
    forests = []
    for fold in range(FOLDS_COUNT):
        knows = shipped is not None and shipped.knows(data.event)
        onto = shipped.forest(data.event, fold, data.names) if shipped and knows else None
        forest = fit_one(
            data,
            folds != fold,
            seed=fold + 1,
            onto=onto,
            more_count=shipped.more_count(data.event) if shipped else 0,
        )
        left_out = folds == fold
        odds[left_out] = odds_of(forest, data.values[left_out])
        forests.append(forest)
    return forests, odds


def platt(odds: np.ndarray, came: np.ndarray, weights: np.ndarray) -> tuple[float, float]:
    """(shift, scale) of the log-odds by which said frequencies meet seen ones; drawn towards (0, 1)."""
    found = recalibrated(odds, came, weights)
    return found.shift, found.scale_ratio


def stall_shares(data: Data) -> tuple[float, float]:
    """(typical, persistence): share stalled in a horizon with a stall = typical + persistence · share before."""
    chosen = [
        (row.stalled_ratio, 0.05 * exp(row.signals["full_mean"]))
        for row, came in zip(data.rows, data.came, strict=True)
        if came and row.stalled_ratio is not None and row.signals.get("full_mean") is not None
    ]
    shares, before = np.array(chosen).T
    persistence, typical = np.polyfit(before, shares, 1)
    return round(float(typical), 4), round(float(persistence), 4)


def _onsets(data: Data, horizon_s: float, shipped: Shipped | None) -> int:
    """Distinct onsets among the instants of the horizon: a run of instants that see one coming is one.

    Those of the recordings that the forests in use were fitted on are counted already.
    """
    found = 0 if shipped is None else shipped.onsets_count(data.event, horizon_s)
    chosen = data.is_whole & (data.horizons == horizon_s)
    if shipped is not None and shipped.knows(data.event):
        chosen &= ~np.isin(data.recordings, list(shipped.recordings))
    for name in np.unique(data.recordings[chosen]):
        of_recording = chosen & (data.recordings == name)
        for scope in np.unique(data.scopes[of_recording]):
            own = of_recording & (data.scopes == scope)
            coming = (data.came[own] > 0) & ~data.was[own]
            found += int((coming & ~np.concatenate([[False], coming[:-1]])).sum())
    return found


def _gather(paths: list[str], cache: Path | None, jobs: int) -> list[Row]:
    from vmadvisor.replay.workers import each

    rows: list[Row] = []
    for path, found in zip(
        paths, each(partial(cached_rows, cache=cache), paths, jobs), strict=True
    ):
        if isinstance(found, str):
            print(f"{path}: {found}", file=sys.stderr)
            continue
        rows += found
    return rows


def _maps(
    data: Data, folds: np.ndarray, odds: np.ndarray
) -> tuple[dict[str, tuple[float, float, float]], np.ndarray]:
    """The maps by the track's age, and the log-odds that maps fitted without their fold make of these."""
    is_young = _is_young(data)
    maps: dict[str, tuple[float, float, float]] = {}
    said = odds.copy()
    for age, chosen in (("young", is_young), ("grown", ~is_young)):
        if not chosen.any():
            continue
        # Crosswise, so that what is reported of a recording knows nothing of it.
        for fold in range(FOLDS_COUNT):
            shift, scale = platt(
                *(x[chosen & (folds != fold)] for x in (odds, data.came, data.weights))
            )
            own = chosen & (folds == fold)
            said[own] = shift + scale * odds[own]
        shift, scale = platt(*(x[chosen] for x in (odds, data.came, data.weights)))
        ten = chosen & (data.horizons == 10.0)
        # Instants 1 s apart (2 s for the slower observers) share most of their ten seconds.
        parts = np.where(data.is_whole[ten], 0.1, 0.2 / 3)
        tau = deviation(shift + scale * odds[ten], data.came[ten], data.recordings[ten], parts)
        if age == "grown" and "young" in maps:
            # Who knows less cannot be surer of the host's own level.
            maps["young"] = (*maps["young"][:2], max(tau, maps["young"][2]))
        maps[age] = (round(shift, 4), round(scale, 4), tau)
    maps.setdefault("young", maps["grown"])
    return maps, said


def _is_young(data: Data) -> np.ndarray:
    spans = [row.signals.get("span") for row in data.rows]
    return np.array([s is not None and s < log(1 + YOUNG_S) for s in spans])


def _mapped(
    data: Data, odds: np.ndarray, maps: dict[str, tuple[float, float, float]]
) -> np.ndarray:
    """What maps in use make of the log-odds."""
    young, grown = (maps[age][0] + maps[age][1] * odds for age in ("young", "grown"))
    return np.where(_is_young(data), young, grown)


def _is_worth(data: Data, said: np.ndarray, horizon_s: float) -> bool:
    """Whether the forecast beats the base rate there, by the 90 % interval over recordings."""
    chosen = data.is_whole & (data.horizons == horizon_s)
    ratios = (1 / (1 + np.exp(-said[chosen]))).tolist()
    came = [bool(one) for one in data.came[chosen]]
    skill = metrics(came, ratios, data.recordings[chosen].tolist()).skill_ratio
    return skill.low is not None and skill.low > 0


def _bounded(data: Data, odds: np.ndarray) -> np.ndarray:
    """As the outlook bounds them; the maps know nothing of it."""
    most = [most_odds(data.event, row.horizon_s, row.signals) for row in data.rows]
    return np.array(
        [one if limit is None else min(one, limit) for one, limit in zip(odds, most, strict=True)]
    )


def _fit_event(
    event: str, rows: list[Row], shipped: Shipped | None
) -> tuple[Data, np.ndarray, dict[str, object]]:
    known = shipped is not None and shipped.knows(event)
    data = Data(event, rows, shipped.names(event) if shipped and known else ())
    folds = (
        folds_of(data.recordings, FOLDS_COUNT)
        if shipped is None
        else shipped.folds_of(data.recordings, FOLDS_COUNT)
    )
    forests, odds = cross_validate(data, folds, shipped)
    if shipped is not None and known and not shipped.more_count(event):
        maps = shipped.maps(event)  # of more recordings than are at hand
        said = _mapped(data, odds, maps)
    else:
        maps, said = _maps(data, folds, odds)
    said = _bounded(data, said)
    horizons = sorted(set(data.horizons[data.is_whole]))
    onsets = {float(h): _onsets(data, h, shipped) for h in horizons}
    backed = tuple(
        h
        for h, count in onsets.items()
        if count >= LEAST_ONSETS_COUNT and h <= FURTHEST_S and _is_worth(data, said, h)
    )
    fitted: dict[str, object] = {
        "NAMES": tuple(data.names),
        "BASES": tuple(round(forest.base, 4) for forest in forests),
        "MAPS": maps,
        "ONSETS": onsets,
        "BACKED": backed,
        "FORESTS": forests,
    }
    if event == MEMORY_STALL:
        fitted["STALL_SHARES"] = stall_shares(data)
    return data, 1 / (1 + np.exp(-said)), fitted


def main() -> int:
    """Fits, prints, writes what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("recordings", nargs="+")
    parser.add_argument("--cache", type=Path, help="directory that keeps the rows")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--report", help="only those whose path has this in it are reported apart")
    parser.add_argument("--lines", type=Path, help="write the cross-validated forecasts here")
    parser.add_argument(
        "--onto",
        type=int,
        metavar="N",
        help="go on from the forests in use, with N trees more each",
    )
    parser.add_argument(
        "--event", action="append", help="only this one gets the trees more; may be repeated"
    )
    parser.add_argument("--write", action="store_true", help=f"write {FITTED.name}")
    options = parser.parse_args()
    rows = _gather(options.recordings, options.cache, options.jobs)
    shipped = None if options.onto is None else Shipped(options.onto, options.event)
    wanted = None
    if options.report:
        wanted = {
            Path(p).name.removesuffix(".tar.zst") for p in options.recordings if options.report in p
        }
    tables: dict[str, tuple[Data, np.ndarray]] = {}
    fitted: dict[str, dict[str, object]] = {}
    for event in (*HOST_EVENTS, *GROUP_EVENTS):
        data, said, fitted[event] = _fit_event(event, rows, shipped)
        tables[event] = (data, said)
        print(
            f"{event}: maps {fitted[event]['MAPS']}, onsets {fitted[event]['ONSETS']}, backed {fitted[event]['BACKED']}"
        )
        print_slices(event, data, said, wanted)
    own, of_groups = (fitted[event]["ONSETS"] for event in (OOM_GLOBAL, GROUP_OOM))
    fitted[OOM] = {
        "ONSETS": {h: own[h] + of_groups.get(h, 0) for h in own},  # type: ignore[attr-defined,index]
        "BACKED": fitted[OOM_GLOBAL]["BACKED"],
    }
    oom_figures(tables, wanted)
    if options.lines:
        backed = {event: fitted[event]["BACKED"] for event in GROUP_EVENTS}
        write_lines(options.lines, tables, (10.0, 30.0, 60.0), backed)  # type: ignore[arg-type]
    if options.write:
        names = sorted({row.recording for row in rows})
        write_module(fitted, provenance(names, shipped), FITTED)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
