"""What a fit leaves: figures on standard output, forecasts by line, the module that the model loads."""

import json
from collections import defaultdict
from pathlib import Path

import numpy as np
from fit_data import Data
from forecast_rows import GROUP_OOM, GROUP_STALL, HOST_EVENTS

from vmadvisor.model.backtest.metrics import metrics
from vmadvisor.model.backtest.resampling import Estimate
from vmadvisor.model.events import MEMORY_STALL, OOM, OOM_GLOBAL
from vmadvisor.model.forecast import HOST


def figures(name: str, data: Data, said: np.ndarray, chosen: np.ndarray) -> None:
    """Prints what the rows say, all and onsets."""
    for what, rows in (("all", chosen), ("onsets", chosen & ~data.was)):
        if not data.came[rows].any():
            continue
        m = metrics(
            [bool(x) for x in data.came[rows]], said[rows].tolist(), data.recordings[rows].tolist()
        )
        _auc, _skill, _ece = m.auc_ratio, m.skill_ratio, m.ece_ratio
        print(
            f"{name:34s} {what:6s} n={m.instants_count:6d} rec={m.recordings_count:3d} "
            f"base={m.base_rate_ratio.value:.3f} AUC={_estimate(m.auc_ratio)} "
            f"skill={_estimate(m.skill_ratio)} ECE={_estimate(m.ece_ratio)}",
            flush=True,
        )


def _estimate(found: Estimate) -> str:
    """A value and its 90 % interval; a dash where it cannot be had (one outcome only)."""
    if found.value is None:
        return "-"
    if found.low is None or found.high is None:
        return f"{found.value:.3f}"
    return f"{found.value:.3f} ({found.low:.3f}..{found.high:.3f})"


def _literal(tree: object) -> str:
    if isinstance(tree, tuple):
        return "(" + ",".join(_literal(part) for part in tree) + ")"
    return f"{tree:g}" if isinstance(tree, float) else str(tree)


def write_module(fitted: dict[str, dict[str, object]], provenance: str, path: Path) -> None:
    """The module that the model loads."""
    lines = [
        '"""Fitted by tests/bench/fit_forecast.py, which writes this file anew; not to be edited.',
        "",
        *provenance.splitlines(),
        '"""',
        "",
        "from typing import Final",
        "",
        "from vmadvisor.model.trees import Tree",
        "",
    ]
    for name, hint in (
        ("NAMES", "dict[str, tuple[str, ...]]"),
        ("BASES", "dict[str, tuple[float, ...]]"),
        ("MAPS", "dict[str, dict[str, tuple[float, float, float]]]"),
        ("ONSETS", "dict[str, dict[float, int]]"),
        ("BACKED", "dict[str, tuple[float, ...]]"),
        ("STALL_SHARES", "dict[str, tuple[float, float]]"),
    ):
        table = {event: of[name] for event, of in fitted.items() if name in of}
        lines += [f"{name}: Final[{hint}] = {table!r}", ""]
    lines.append("FORESTS: Final[dict[str, tuple[tuple[Tree, ...], ...]]] = {")
    for event, of in fitted.items():
        if "FORESTS" not in of:
            continue
        lines.append(f"    {event!r}: (")
        for forest in of["FORESTS"]:  # type: ignore[attr-defined]
            lines.append("        (")
            lines += [f"            {_literal(tree)}," for tree in forest.trees]
            lines.append("        ),")
        lines.append("    ),")
    lines += ["}", ""]
    path.write_text("\n".join(lines))


def write_lines(
    path: Path,
    tables: dict[str, tuple[Data, np.ndarray]],
    horizons: tuple[float, ...],
    backed: dict[str, tuple[float, ...]],
) -> None:
    """Cross-validated forecasts as ``backtest --forecasts`` writes them: host, groups, combined OOM."""
    group_p: dict[tuple[str, float, float], float] = defaultdict(float)
    data, said = tables[GROUP_OOM]
    for row, p in zip(data.rows, said, strict=True):
        if row.observer == "whole":
            key = (row.recording, row.time_s, row.horizon_s)
            group_p[key] = 1 - (1 - group_p[key]) * (1 - p)
    with path.open("w") as out:
        for kind, event in ((GROUP_OOM, OOM), (GROUP_STALL, MEMORY_STALL)):
            data, said = tables[kind]
            for row, p in zip(data.rows, said, strict=True):
                if row.observer == "whole" and row.horizon_s in backed[kind]:
                    line = {"recording": row.recording, "time_s": row.time_s, "event": event, "scope": row.scope,
                            "horizon_s": row.horizon_s, "probability": float(p), "low": None, "high": None}  # fmt: skip
                    out.write(json.dumps(line) + "\n")
        for event in HOST_EVENTS:
            data, said = tables[event]
            for row, p in zip(data.rows, said, strict=True):
                if row.observer != "whole" or row.horizon_s not in horizons:
                    continue
                line = {"recording": row.recording, "time_s": row.time_s, "event": event, "scope": HOST,
                        "horizon_s": row.horizon_s, "probability": float(p), "low": None, "high": None}  # fmt: skip
                out.write(json.dumps(line) + "\n")
                if event == OOM_GLOBAL:
                    either = 1 - (1 - p) * (1 - group_p[row.recording, row.time_s, row.horizon_s])
                    out.write(
                        json.dumps({**line, "event": OOM, "probability": float(either)}) + "\n"
                    )


def oom_figures(tables: dict[str, tuple[Data, np.ndarray]], wanted: set[str] | None) -> None:
    """Any OOM of the host: its own and its groups', as the outlook joins them."""
    group_p: dict[tuple[str, float, float, str], float] = defaultdict(float)
    data, said = tables[GROUP_OOM]
    for row, p in zip(data.rows, said, strict=True):
        key = (row.recording, row.time_s, row.horizon_s, row.observer)
        group_p[key] = 1 - (1 - group_p[key]) * (1 - p)
    host, said = tables[OOM_GLOBAL]
    joined = np.array(
        [
            1 - (1 - p) * (1 - group_p[row.recording, row.time_s, row.horizon_s, row.observer])
            for row, p in zip(host.rows, said, strict=True)
        ]
    )
    any_oom = Data.__new__(Data)
    any_oom.__dict__.update(host.__dict__)
    any_oom.came = np.array([float(bool(row.outcomes[OOM])) for row in host.rows])
    any_oom.was = np.array([row.past[OOM] for row in host.rows])
    print_slices(OOM, any_oom, joined, wanted)


def print_slices(event: str, data: Data, said: np.ndarray, wanted: set[str] | None) -> None:
    is_shown = np.array([wanted is None or name in wanted for name in data.recordings])
    for horizon_s in (10.0, 30.0, 60.0):
        chosen = data.is_whole & (data.horizons == horizon_s)
        figures(f"{event} {horizon_s:g}s", data, said, chosen)
        if wanted is not None:
            figures(f"{event} {horizon_s:g}s (reported)", data, said, chosen & is_shown)
    for observer in ("1s", "5s", "pair"):
        chosen = (data.observers == observer) & (data.horizons == 10.0)
        if chosen.any():
            figures(f"{event} 10s seen {observer}", data, said, chosen)
