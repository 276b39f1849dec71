"""Pictures of runs, by matplotlib (the extra ``plots``), which is loaded only for them."""

from collections.abc import Sequence
from importlib import import_module
from typing import Any

from vmadvisor.errors import VmadvisorError
from vmadvisor.model.simulate.outcome import Instant
from vmadvisor.model.simulate.whatif import WhatIf
from vmadvisor.render.whatif import name_of

ENDINGS = ("svg", "png")
_MIB_BYTES = 2**20
_BARS = (
    ("stalls_per_s", "direct reclaims per s"),
    ("refaults_file_per_s", "file refaults per s"),
    ("full_stall_ratio", "share of time all stalled"),
)


class PlotError(VmadvisorError):
    """There is no matplotlib, or no such kind of picture, or the file cannot be written."""


def _figure(
    path: str, columns: int
) -> tuple[Any, Sequence[Any]]:  # matplotlib has no complete types
    ending = path.rpartition(".")[2].lower()
    if ending not in ENDINGS:
        raise PlotError(f"{path}: a picture ends in .svg or .png")
    try:
        figures = import_module("matplotlib.figure")
    except ImportError:
        raise PlotError("matplotlib is missing: install vmadvisor[plots]") from None
    figure = figures.Figure(figsize=(4.2 * columns, 3.6), layout="constrained")
    axes = figure.subplots(1, columns, squeeze=False)[0]
    return figure, list(axes)


def _save(figure: Any, path: str) -> None:  # noqa: ANN401 - a matplotlib figure
    try:
        figure.savefig(path, metadata={"Date": None} if path.lower().endswith("svg") else None)
    except OSError as error:
        raise PlotError(f"{path}: {error.strerror or error}") from None


def draw_whatif(found: WhatIf, path: str) -> None:
    """Figures with their intervals by setting, and free memory over time under each."""
    figure, axes = _figure(path, len(_BARS) + 1)
    names = [name_of(setting.change) for setting in found.settings]
    for axis, (name, label) in zip(axes, _BARS, strict=False):
        told = [getattr(setting.figures, name) for setting in found.settings]
        for place, one in enumerate(told):
            if one is None:
                continue
            reach = [[max(0.0, one.value - one.low)], [max(0.0, one.high - one.value)]]
            axis.errorbar([one.value], [place], xerr=reach, fmt="o", capsize=3, color="C0")
        axis.set_yticks(range(len(names)), names if axis is axes[0] else [""] * len(names))
        axis.invert_yaxis()
        axis.set_xlim(left=0)
        axis.set_title(label)
    page_mib = found.settings[0].machine.page_size_bytes / _MIB_BYTES
    for setting, name in zip(found.settings, names, strict=True):
        _line(axes[-1], setting.trajectory, "free_pages", page_mib, name)
    axes[-1].set_title("free memory, simulated")
    axes[-1].set_xlabel("s")
    axes[-1].set_ylabel("MiB")
    axes[-1].legend(fontsize="small")
    _save(figure, path)


def draw_run(trajectory: Sequence[Instant], page_size_bytes: int, path: str) -> None:
    """Where memory is over time, and stalls as they add up."""
    figure, axes = _figure(path, 2)
    page_mib = page_size_bytes / _MIB_BYTES
    for name, label in (
        ("free_pages", "free"),
        ("file_pages", "page cache"),
        ("anon_pages", "anonymous"),
        ("swapped_pages", "swapped"),
    ):
        _line(axes[0], trajectory, name, page_mib, label)
    axes[0].set_title("memory")
    axes[0].set_ylabel("MiB")
    _line(axes[1], trajectory, "stalls_count", 1.0, "direct reclaims")
    _line(axes[1], trajectory, "kills_count", 1.0, "OOM kills")
    axes[1].set_title("stalls and kills so far")
    for axis in axes:
        axis.set_xlabel("s")
        axis.legend(fontsize="small")
    _save(figure, path)


def _line(axis: Any, trajectory: Sequence[Instant], name: str, factor: float, label: str) -> None:  # noqa: ANN401 - matplotlib's axes
    times = [instant.time_s for instant in trajectory]
    axis.plot(times, [getattr(one, name) * factor for one in trajectory], label=label, linewidth=1)
