"""A calibration's file, JSON as ``vmadvisor calibrate`` writes it: text in, record out.

{"format": "vmadvisor calibration", "format_version": 1, "fitted_utc": "2026-11-27T04:05:06Z",
 "model_id": "8f14e45f", "host": {...}, "events": [...], "physics": {...}, ...}

A file can be damaged, or be made to harm: whatever is not as expected is one ``ParseError``.
"""

import json
from collections.abc import Callable, Mapping
from math import isfinite
from typing import Final, TypeVar

from vmadvisor.errors import ParseError
from vmadvisor.model.calibration.calibration import (
    CALIBRATED,
    Calibration,
    EventFit,
    Interval,
    OwnFigure,
)
from vmadvisor.model.calibration.host_identity import HostIdentity
from vmadvisor.records import names

FORMAT: Final = "vmadvisor calibration"
FORMAT_VERSION: Final = 1
SIZE_MAX_BYTES: Final = 256 * 1024
RECORDINGS_MAX_COUNT: Final = 1000
TEXT_MAX_COUNT: Final = 255
_KIB_MAX: Final = 2**53
_COUNT_MAX: Final = 2**53
_SHIFT_MAX: Final = 10.0
_SCALE_MIN, _SCALE_MAX = 0.05, 20.0
_PHYSICS: Final = {
    "kswapd_pages_per_s": (1.0, 1e9),
    "burst_pages_per_s": (1.0, 1e9),
    "stall_batch_pages": (1.0, 1e6),
}

T = TypeVar("T")


class _Table:
    """A JSON object whose values are taken by name, each with the form that it must have."""

    def __init__(self, value: object, where: str) -> None:
        if not isinstance(value, dict):
            raise ParseError(f"{where} is no object")
        self._table = value
        self._where = where

    def number(self, name: str, least: float, most: float) -> float:
        value = self._table.get(name)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise ParseError(f"{self._where}: {name} is no number")
        if not (least <= value <= most):
            raise ParseError(f"{self._where}: {name} is not within {least:g} and {most:g}")
        return float(value)

    def maybe(self, name: str, least: float, most: float) -> float | None:
        return None if self._table.get(name) is None else self.number(name, least, most)

    def count(self, name: str, most: int = _COUNT_MAX) -> int:
        value = self.number(name, 0, most)
        if value != int(value):
            raise ParseError(f"{self._where}: {name} is no whole number")
        return int(value)

    def text(self, name: str) -> str:
        return _text(self._table.get(name), f"{self._where}: {name}")

    def maybe_text(self, name: str) -> str | None:
        return None if self._table.get(name) is None else self.text(name)

    def interval(self, name: str) -> Interval:
        inner = _Table(self._table.get(name), f"{self._where}: {name}")
        value, low, high = (inner.maybe(each, -1e6, 1e6) for each in ("value", "low", "high"))
        return Interval(value=value, low=low, high=high)

    def each(self, name: str, of: "Callable[[object], T]", most_count: int) -> tuple[T, ...]:
        value = self._table.get(name)
        if not isinstance(value, list) or len(value) > most_count:
            raise ParseError(f"{self._where}: {name} is no list of at most {most_count}")
        return tuple(of(item) for item in value)

    def table(self, name: str) -> "_Table":
        return _Table(self._table.get(name), f"{self._where}: {name}")

    def __contains__(self, name: str) -> bool:
        return name in self._table


def _text(value: object, where: str) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= TEXT_MAX_COUNT:
        raise ParseError(f"{where} is no text of 1 to {TEXT_MAX_COUNT} letters")
    return value


def _loaded(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise ParseError("it is no JSON, or damaged") from None


def is_ours(text: str) -> bool:
    """Whether it is a calibration of any version, whole or not understood."""
    try:
        found = _loaded(text)
    except ParseError:
        return False
    return isinstance(found, dict) and found.get("format") == FORMAT


def calibration_of(text: str) -> Calibration:
    """The calibration; ``ParseError`` with the first thing that is wrong."""
    if len(text) > SIZE_MAX_BYTES:
        raise ParseError(f"it is larger than {SIZE_MAX_BYTES} bytes: no calibration is")
    table = _Table(_loaded(text), "the file")
    if table.maybe_text("format") != FORMAT:
        raise ParseError("it is no calibration")
    version = table.count("format_version")
    if version != FORMAT_VERSION:
        raise ParseError(f"its format is version {version}, this program knows {FORMAT_VERSION}")
    events = table.each("events", _event, len(CALIBRATED))
    if len({one.event for one in events}) < len(events):
        raise ParseError("the file: an event stands twice in events")
    return Calibration(
        fitted_utc=table.text("fitted_utc"),
        model_id=table.text("model_id"),
        host=_host(table.table("host")),
        horizons_s=table.each("horizons_s", _horizon_s, 20),
        recordings=table.each(
            "recordings", lambda item: _text(item, "the file: a recording"), RECORDINGS_MAX_COUNT
        ),
        events=events,
        physics=_physics(table.table("physics")),
    )


def _horizon_s(item: object) -> float:
    return _Table({"horizon_s": item}, "the file").number("horizon_s", 1e-6, 1e9)


def _host(table: _Table) -> HostIdentity:
    kib = table.maybe("mem_total_kib", 1, _KIB_MAX)
    return HostIdentity(
        hostname=table.maybe_text("hostname"),
        arch=table.maybe_text("arch"),
        kernel_release=table.maybe_text("kernel_release"),
        mem_total_kib=None if kib is None else int(kib),
    )


def _event(item: object) -> EventFit:
    table = _Table(item, "an event")
    event = table.text("event")
    if event not in CALIBRATED:
        raise ParseError("an event: it is none that is calibrated")
    return EventFit(
        event=event,
        instants_count=table.count("instants_count"),
        onsets_count=table.count("onsets_count"),
        groups_count=table.count("groups_count"),
        shift=table.number("shift", -_SHIFT_MAX, _SHIFT_MAX),
        shift_spread=table.number("shift_spread", 0, _SHIFT_MAX),
        scale_ratio=table.number("scale_ratio", _SCALE_MIN, _SCALE_MAX),
        scale_spread=table.number("scale_spread", 0, _SCALE_MAX),
        spread=table.number("spread", 0, _SHIFT_MAX),
        brier_before=table.interval("brier_before"),
        brier_after=table.interval("brier_after"),
        skill_before_ratio=table.interval("skill_before_ratio"),
        skill_after_ratio=table.interval("skill_after_ratio"),
        gain_ratio=table.interval("gain_ratio"),
        reason=table.maybe_text("reason"),
    )


def _physics(table: _Table) -> Mapping[str, OwnFigure]:
    found = {}
    for name, (least, most) in _PHYSICS.items():
        if name not in table:
            continue
        figure = table.table(name)
        found[name] = OwnFigure(
            value=figure.number("value", least, most),
            spread_ratio=figure.maybe("spread_ratio", 0, 1e3),
            recordings_count=figure.count("recordings_count"),
        )
    return found


def file_text(calibration: Calibration) -> str:
    """The file's text, ASCII, with a final newline."""
    table = {"format": FORMAT, "format_version": FORMAT_VERSION, **_plain_fields(calibration)}
    return json.dumps(table, indent=1, allow_nan=False) + "\n"


def _plain_fields(record: object) -> dict[str, object]:
    return {name: _plain(getattr(record, name)) for name in names(record) or ()}


def _plain(value: object) -> object:
    if names(value) is not None:
        return _plain_fields(value)
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, float) and not isfinite(value):
        return None
    return value
