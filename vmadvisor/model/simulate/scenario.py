"""A scenario: who wants how much memory when, on a host as it stands or on a machine made up.

    seconds = 60
    [machine]                        # left out: the host, capture or recording that --root names
    memory = "4G"
    swap = "1G"
    [settings]
    "vm.watermark_scale_factor" = 100
    [[workload]]
    name = "batch"
    start_s = 5
    anon = "3G"
    anon_per_s = "200M"

Sizes are bytes, or have K, M, G or T behind them (powers of 1024); an unknown key is an error, since a
misspelt one would answer another question.
"""

from collections.abc import Mapping

from vmadvisor.model.simulate.settings import SettingError, size_bytes
from vmadvisor.records import dataclass

TICK_S = 0.2
TICKS_MAX_COUNT = 20_000
"""As many as a run has steps (``engine.STEPS_MAX_COUNT``): a day takes no longer than an hour."""

SECONDS_MAX = 86_400.0
SECONDS_USUAL = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeUp:
    """A machine that stands nowhere: one node with one zone. ``used_bytes`` is the kernel's own."""

    memory_bytes: int
    swap_bytes: int
    zram_bytes: int
    used_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Workload:
    """One user of memory, from ``start_s`` to ``end_s``; rates of 0 mean at once.

    ``anon`` is taken and kept (``is_idle``: and never touched again), ``burst`` taken and given back every
    ``burst_every_s``, ``read`` read through the page cache, again and again if ``reads_again``.
    """

    name: str
    start_s: float
    end_s: float
    anon_bytes: int
    anon_bytes_per_s: int
    is_idle: bool
    burst_bytes: int
    burst_every_s: float
    read_bytes: int
    read_bytes_per_s: int
    reads_again: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """``settings`` are keys and values as ``whatif --set`` takes them; ``machine`` is ``None`` for the root's."""

    seconds_s: float
    machine: MadeUp | None
    settings: tuple[tuple[str, str], ...]
    workloads: tuple[Workload, ...]


class _Table:
    """A TOML table that is taken apart key by key; what is left over is unknown."""

    def __init__(self, table: object, where: str) -> None:
        if not isinstance(table, dict):
            raise SettingError(f"{where}: expected a table")
        self._left: dict[str, object] = dict(table)
        self._where = where

    def size(self, key: str, otherwise: int | None = 0) -> int:
        value = self._left.pop(key, otherwise)
        found = size_bytes(str(value)) if isinstance(value, int | str) else None
        if found is None or isinstance(value, bool):
            raise SettingError(f"{self._where}: {key} must be a size like 512M")
        return found

    def number(self, key: str, otherwise: float) -> float:
        value = self._left.pop(key, otherwise)
        if (
            isinstance(value, bool)
            or not isinstance(value, int | float)
            or not 0 <= value <= SECONDS_MAX
        ):
            raise SettingError(f"{self._where}: {key} must be a number from 0 to {SECONDS_MAX:g}")
        return float(value)

    def flag(self, key: str, *, otherwise: bool) -> bool:
        value = self._left.pop(key, otherwise)
        if not isinstance(value, bool):
            raise SettingError(f"{self._where}: {key} must be true or false")
        return value

    def text(self, key: str) -> str:
        value = self._left.pop(key, "")
        if not isinstance(value, str):
            raise SettingError(f"{self._where}: {key} must be a text")
        return value

    def wrong(self, what: str) -> SettingError:
        return SettingError(f"{self._where}: {what}")

    def other(self, key: str) -> object:
        return self._left.pop(key, None)

    def end(self) -> None:
        if self._left:
            raise SettingError(
                f"{self._where}: unknown key {', '.join(sorted(map(str, self._left)))}"
            )


def scenario_of(table: Mapping[str, object]) -> Scenario:
    """A scenario from TOML's tables; ``SettingError`` names what is wrong.

    >>> told = scenario_of({"seconds": 9, "workload": [{"name": "job", "anon": "1G"}]})
    >>> told.workloads[0].anon_bytes, told.workloads[0].end_s, told.machine
    (1073741824, 9.0, None)
    """
    whole = _Table(dict(table), "scenario")
    seconds = whole.number("seconds", SECONDS_USUAL)
    made_up, settings, workloads = (
        whole.other("machine"),
        whole.other("settings"),
        whole.other("workload"),
    )
    whole.end()
    if not seconds:
        raise SettingError("scenario: seconds must not be 0")
    if not isinstance(workloads, list) or not workloads:
        raise SettingError("scenario: there must be at least one [[workload]]")
    if settings is not None and not isinstance(settings, dict):
        raise SettingError("settings: expected a table")
    return Scenario(
        seconds_s=seconds,
        machine=None if made_up is None else _made_up(_Table(made_up, "machine")),
        settings=tuple((str(key), str(value)) for key, value in (settings or {}).items()),
        workloads=tuple(
            _workload(_Table(one, f"workload {place}"), seconds)
            for place, one in enumerate(workloads, 1)
        ),
    )


def _made_up(table: _Table) -> MadeUp:
    memory = table.size("memory", None)
    found = MadeUp(
        memory_bytes=memory,
        swap_bytes=table.size("swap"),
        zram_bytes=table.size("zram"),
        used_bytes=table.size("used", memory // 50),
    )
    table.end()
    if found.swap_bytes and found.zram_bytes:
        raise SettingError("machine: swap and zram at once: the model has one kind of swap")
    if found.used_bytes >= memory:
        raise SettingError("machine: used must be less than memory")
    return found


def _workload(table: _Table, seconds: float) -> Workload:
    found = Workload(
        name=table.text("name"),
        start_s=table.number("start_s", 0),
        end_s=min(table.number("end_s", seconds), seconds),
        anon_bytes=table.size("anon"),
        anon_bytes_per_s=table.size("anon_per_s"),
        is_idle=table.flag("idle", otherwise=False),
        burst_bytes=table.size("burst"),
        burst_every_s=table.number("burst_every_s", 1.0),
        read_bytes=table.size("read"),
        read_bytes_per_s=table.size("read_per_s"),
        reads_again=table.flag("reads_again", otherwise=False),
    )
    table.end()
    if found.end_s <= found.start_s:
        raise table.wrong(
            "it would end before it starts: start_s, end_s, or the scenario's seconds"
        )
    if not (found.anon_bytes or found.burst_bytes or found.read_bytes):
        raise table.wrong("it wants nothing: give anon, burst or read a size")
    return found
