"""A scenario: one guest, who does what in it, and what is expected to come of it. A TOML file.

    family = "leak"
    kernel = "6.1"                 # or "newest"
    seconds = 60
    interval_s = 0.2               # ticks of /proc; processes and groups in every scan_every-th
    [machine]
    memory_mib = 384               # or nodes_mib = [256, 256]
    [swap]
    disk_mib = 128
    [sysctl]
    "vm.swappiness" = 10
    [[process]]
    name = "leaky"
    steps = [{do = "sleep", seconds = 5}, {do = "anon", mib = 600, mib_per_s = 10}]
    [expect]
    kills_min = 1

Every table and key is a field of a record below; an unknown key is an error, since a misspelt setting
would make a recording tell a lie.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from types import NoneType
from typing import TypeVar, Union, get_args, get_origin, get_type_hints

from lab.errors import LabError
from lab.steps import Step, step_of

NODES_MAX_COUNT = 4
COMM_MAX_BYTES = 15  # TASK_COMM_LEN - 1, include/linux/sched.h
ADJ_MIN, ADJ_MAX = -1000, 1000  # include/uapi/linux/oom.h

_GROUP = re.compile(r"[A-Za-z0-9_.@-]+(?:/[A-Za-z0-9_.@-]+)*")
_SYSCTL = re.compile(r"[a-z0-9_-]+(?:[./][a-z0-9_-]+)+")
_KERNEL = re.compile(r"\d+\.\d+|newest")

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """The guest. With ``nodes_mib`` its memory is the nodes', and CPUs are dealt out in turn."""

    memory_mib: int = 512
    nodes_mib: tuple[int, ...] = ()
    cpus_count: int = 2
    cmdline: str = ""

    @property
    def total_mib(self) -> int:
        """All memory of the guest."""
        return sum(self.nodes_mib) or self.memory_mib


@dataclass(frozen=True, slots=True, kw_only=True)
class Swap:
    """Swap on a disk, throttled where a rate is given, and on zram, which is used first."""

    disk_mib: int = 0
    disk_mib_per_s: float = 0.0
    disk_io_per_s: float = 0.0
    zram_mib: int = 0
    zram_algorithm: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Disk:
    """The data disk at /mnt; ``root`` adds the Debian root image, in which ``run`` steps run."""

    mib: int = 512
    mib_per_s: float = 0.0
    io_per_s: float = 0.0
    root: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A control group below the root; ``None`` leaves the kernel's default."""

    path: str
    memory_max_mib: int | None = None
    memory_high_mib: int | None = None
    memory_low_mib: int | None = None
    memory_min_mib: int | None = None
    memory_swap_max_mib: int | None = None
    oom_group: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """A named process and its steps."""

    name: str
    steps: tuple[Step, ...]
    oom_score_adj: int = 0
    cgroup: str = ""
    cpu: int | None = None

    def script(self) -> str:
        """What ``guest/workload.c`` reads."""
        lines = [f"name {self.name}", f"oom_score_adj {self.oom_score_adj}"]
        if self.cgroup:
            lines.append(f"cgroup {self.cgroup}")
        if self.cpu is not None:
            lines.append(f"cpu {self.cpu}")
        return "\n".join([*lines, *(step.line() for step in self.steps), ""])


@dataclass(frozen=True, slots=True, kw_only=True)
class Expect:
    """What the story promises; a recording that does not keep it is kept, and said to differ."""

    kills_min: int | None = None
    kills_max: int | None = None
    allocstalls_min: int | None = None
    allocstalls_max: int | None = None
    full_avg10_min_pct: float | None = None
    full_avg10_max_pct: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """All that makes a recording, but for chance."""

    family: str
    kernel: str
    seconds: float
    process: tuple[Process, ...]
    description: str = ""
    interval_s: float = 0.2
    scan_every: int = 5
    record_after_s: float = 0.0
    machine: Machine = field(default_factory=Machine)
    swap: Swap = field(default_factory=Swap)
    disk: Disk = field(default_factory=Disk)
    files: Mapping[str, int] = field(default_factory=dict)
    sysctl: Mapping[str, str] = field(default_factory=dict)
    lru_gen: str = ""
    thp: str = ""
    thp_defrag: str = ""
    cgroup: tuple[Group, ...] = ()
    expect: Expect = field(default_factory=Expect)

    def as_json(self) -> dict[str, object]:
        """Plain values for the truth, defaults included: what was run, not what was written."""
        table = asdict(self)
        for process, told in zip(self.process, table["process"], strict=True):
            told["steps"] = [step.line() for step in process.steps]
        return table


def load(path: Path) -> Scenario:
    """Reads a scenario file; ``LabError`` where it cannot be run."""
    try:
        return scenario_of(tomllib.loads(path.read_text()), where=path.name)
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise LabError(f"{path}: {error}") from None


def scenario_of(table: Mapping[str, object], *, where: str) -> Scenario:
    """A scenario from TOML's tables, checked as a whole."""
    scenario = _record(Scenario, table, where=where)
    for reason in _contradictions(scenario):
        raise LabError(f"{where}: {reason}")
    return scenario


def _record(kind: type[T], table: object, *, where: str) -> T:
    if not isinstance(table, dict):
        raise LabError(f"{where}: expected a table, found {table!r}")
    hints = get_type_hints(kind)
    if unknown := set(table) - set(hints):
        raise LabError(f"{where}: unknown key {', '.join(sorted(unknown))}")
    values = {
        name: _value(hints[name], value, where=f"{where}: {name}") for name, value in table.items()
    }
    needed = {f.name for f in fields(kind) if f.default is f.default_factory}  # type: ignore[arg-type]
    if missing := needed - set(values):
        raise LabError(f"{where}: {', '.join(sorted(missing))} must be given")
    return kind(**values)


def _value(hint: object, value: object, *, where: str) -> object:
    """The value as the field's type; numbers are not negative where their name has a unit."""
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is tuple:
        if not isinstance(value, list):
            raise LabError(f"{where}: expected a list")
        return tuple(_value(arguments[0], v, where=f"{where}[{i}]") for i, v in enumerate(value))
    if origin in {Union, type(int | None)}:
        inner = next(argument for argument in arguments if argument is not NoneType)
        return _value(inner, value, where=where)
    if origin is not None:
        return _mapping(arguments[1], value, where=where)
    if hint is Step:
        return step_of(value if isinstance(value, dict) else {}, where=where)
    if isinstance(hint, type) and hint not in {int, float, str, bool}:
        return _record(hint, value, where=where)
    return _scalar(hint, value, where=where)


def _mapping(kind: object, value: object, *, where: str) -> dict[str, object]:
    if not isinstance(value, dict):
        raise LabError(f"{where}: expected a table")
    if kind is str:
        return {name: _text(v, where=f"{where}.{name}") for name, v in value.items()}
    return {name: _scalar(kind, v, where=f"{where}.{name}") for name, v in value.items()}


def _text(value: object, *, where: str) -> str:
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise LabError(f"{where}: expected a number or a string")
    return str(value)


def _scalar(kind: object, value: object, *, where: str) -> object:
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        value = float(value)
    if type(value) is not kind:
        raise LabError(f"{where}: expected {getattr(kind, '__name__', kind)}, found {value!r}")
    if isinstance(value, int | float) and value < 0 and not where.endswith("oom_score_adj"):
        raise LabError(f"{where}: {value} is negative")
    return value


def _contradictions(scenario: Scenario) -> list[str]:
    """What no single key can tell."""
    machine, found = scenario.machine, []
    if not _KERNEL.fullmatch(scenario.kernel):
        found.append(f"kernel = {scenario.kernel!r} is neither MAJOR.MINOR nor newest")
    if not scenario.seconds or not scenario.interval_s or not scenario.scan_every:
        found.append("seconds, interval_s and scan_every must not be 0")
    if len(machine.nodes_mib) > NODES_MAX_COUNT:
        found.append(f"more than {NODES_MAX_COUNT} nodes")
    if machine.cpus_count < max(1, len(machine.nodes_mib)):
        found.append("each node needs a CPU")
    found += [
        f"sysctl {name!r} is no name" for name in scenario.sysctl if not _SYSCTL.fullmatch(name)
    ]
    for group in scenario.cgroup:
        if not _GROUP.fullmatch(group.path) or ".." in group.path.split("/"):
            found.append(f"cgroup path {group.path!r}")
    groups = {group.path for group in scenario.cgroup}
    for process in scenario.process:
        found += _process_faults(process, scenario, groups)
    return found


def _process_faults(process: Process, scenario: Scenario, groups: set[str]) -> list[str]:
    found, name = [], process.name
    if not re.fullmatch(r"[!-~]+", name) or len(name) > COMM_MAX_BYTES:
        found.append(f"process name {name!r} does not fit a comm")
    if not ADJ_MIN <= process.oom_score_adj <= ADJ_MAX:
        found.append(f"{name}: oom_score_adj {process.oom_score_adj}")
    if process.cgroup and process.cgroup not in groups:
        found.append(f"{name}: no cgroup {process.cgroup!r} in the scenario")
    if process.cpu is not None and process.cpu >= scenario.machine.cpus_count:
        found.append(f"{name}: no cpu {process.cpu}")
    for step in process.steps:
        wanted = step.file_mib()
        if wanted and wanted[1] > scenario.files.get(wanted[0], 0):
            found.append(f"{name}: {step.line()}: [files] does not hold that much")
        if step.do == "run" and not scenario.disk.root:
            found.append(f"{name}: run needs disk.root = true")
    return found
