"""Who set each vm.* value, what the next boot makes of it, and who comes after.

    kernel command line   sysctl.vm.x=1                                     before init
    systemd-sysctl        *.conf of five directories, by file name; of one name the first directory's
    tuned                 its profile's [sysctl]; then, with reapply_sysctl, /run and /etc again and
                          /etc/sysctl.conf, which systemd-sysctl reads only through a link in sysctl.d
                          (without systemd ``sysctl --system`` reads it, last of all)
    jobs                  crontabs, scripts and local units that write it later

Of one key the last in that order counts; a pattern counts where nothing names the key (sysctl.d(5)).
"""

from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase

from vmadvisor.records import dataclass
from vmadvisor.snapshot import Snapshot
from vmadvisor.sources.cmdline import Cmdline
from vmadvisor.sources.configuration import Configuration
from vmadvisor.sources.ini_file import IniFile
from vmadvisor.sources.sysctl_conf import SysctlConf
from vmadvisor.sources.sysctl_vm import FIELDS, VmSysctl

SYSCTL_CONF = "etc/sysctl.conf"
VARIABLE = "${"
"""Of tuned: what a profile computes is not known here."""

DEFAULTS = {
    "vm.swappiness": 60, "vm.watermark_scale_factor": 10, "vm.watermark_boost_factor": 15_000,
    "vm.zone_reclaim_mode": 0, "vm.vfs_cache_pressure": 100, "vm.dirty_ratio": 20,
    "vm.dirty_background_ratio": 10, "vm.dirty_bytes": 0, "vm.dirty_background_bytes": 0,
    "vm.overcommit_memory": 0, "vm.overcommit_ratio": 50, "vm.overcommit_kbytes": 0, "vm.panic_on_oom": 0,
    "vm.oom_kill_allocating_task": 0, "vm.compaction_proactiveness": 20, "vm.extfrag_threshold": 500,
    "vm.page-cluster": 3, "vm.laptop_mode": 0,
}  # fmt: skip
"""What the kernel starts with, where that is the same on every host (``kernel/sysctl.c``, ``mm/``)."""

EXCLUSIVE = {
    "vm.dirty_ratio": "vm.dirty_bytes",
    "vm.dirty_background_ratio": "vm.dirty_background_bytes",
    "vm.overcommit_ratio": "vm.overcommit_kbytes",
}
_OTHER = EXCLUSIVE | {value: key for key, value in EXCLUSIVE.items()}
"""Writing one of a pair makes the other 0."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """One place that sets a key. ``by`` is "command line", "sysctl.d", "tuned" or "job"."""

    by: str
    path: str
    line: int
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingOrigin:
    """One key. ``boot`` is what counts once the host is up, ``None`` where nothing sets it.

    ``running_count`` is the value in force; ``overruled`` set it before ``boot`` did; ``unread`` stands in
    /etc/sysctl.conf, which nothing reads at boot here; ``later`` are jobs that write it.
    """

    key: str
    running_count: int | None
    default_count: int | None
    boot: Origin | None
    overruled: tuple[Origin, ...]
    unread: Origin | None
    later: tuple[Origin, ...]

    @property
    def boot_count(self) -> int | None:
        """What the next boot makes of it: what is set, else the kernel's default if it is known."""
        if self.boot is None:
            return self.default_count
        return _number(self.boot.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """Every vm.* key that runs or is set, by key; ``tuned`` names the active profiles."""

    by_key: Mapping[str, SettingOrigin]
    tuned: str | None
    is_complete: bool


def _number(text: str) -> int | None:
    word = text.strip()
    digits = word.removeprefix("-")
    if not (digits.isascii() and digits.isdigit()) or len(digits) > 20:  # noqa: PLR2004 - 64 bits
        return None
    return int(word)


def _effective(files: Mapping[str, SysctlConf | None]) -> list[tuple[str, SysctlConf]]:
    """Files that systemd-sysctl applies, in its order: by name; of one name the first directory's."""
    by_name: dict[str, tuple[str, SysctlConf | None]] = {}
    for path, conf in files.items():
        if path != SYSCTL_CONF:
            by_name.setdefault(path.rpartition("/")[2], (path, conf))
    return [(path, conf) for _, (path, conf) in sorted(by_name.items()) if conf is not None]


def _of_conf(path: str, conf: SysctlConf, by: str = "sysctl.d") -> Iterator[tuple[str, Origin]]:
    for one in conf.settings:
        if one.value is not None:
            yield one.key, Origin(by=by, path=f"/{path}", line=one.line, value=one.value)


def _by_sysctl(configuration: Configuration, keys: frozenset[str]) -> dict[str, list[Origin]]:
    """By key, in the order in which they take effect."""
    found: dict[str, list[Origin]] = {}
    patterns: list[tuple[str, Origin]] = []
    left_out: set[str] = set()
    for path, conf in _effective(configuration.sysctl_files):
        left_out |= {one.key for one in conf.settings if one.value is None}
        for key, origin in _of_conf(path, conf):
            if any(char in key for char in "*?["):
                patterns.append((key, origin))
            else:
                found.setdefault(key, []).append(origin)
    for pattern, origin in patterns:
        for key in keys:
            if key not in found and key not in left_out and fnmatchcase(key, pattern):
                found.setdefault(key, []).append(origin)
    return found


def _tuned_sysctls(profiles: Mapping[str, IniFile]) -> dict[str, Origin]:
    """A profile's own settings count before those that it includes; files are in order of inclusion."""
    found: dict[str, Origin] = {}
    for path, profile in profiles.items():
        for entry in profile.all("sysctl"):
            value = entry.value.strip().strip("\"'").removeprefix(">").removeprefix("<")
            if VARIABLE not in value:
                found.setdefault(
                    entry.key, Origin(by="tuned", path=f"/{path}", line=entry.line, value=value)
                )
    return found


def _reapplied(configuration: Configuration) -> dict[str, Origin]:
    """What tuned writes again after its own: /run and /etc by name, then /etc/sysctl.conf."""
    files = configuration.sysctl_files
    admins = {path: conf for path, conf in files.items() if path.startswith(("run/", "etc/"))}
    found = {
        key: origin for path, conf in _effective(admins) for key, origin in _of_conf(path, conf)
    }
    last = files.get(SYSCTL_CONF)
    return found if last is None else found | dict(_of_conf(SYSCTL_CONF, last))


def _by_command_line(snapshot: Snapshot) -> dict[str, Origin]:
    """``sysctl.vm.x=1`` (5.8+)."""
    cmdline = snapshot.get(Cmdline)
    found: dict[str, Origin] = {}
    for arg in () if cmdline is None else cmdline.args:
        name, equals, value = arg.partition("=")
        if name.startswith("sysctl.") and equals:
            key = name.removeprefix("sysctl.").replace("/", ".")
            found[key] = Origin(by="command line", path="/proc/cmdline", line=1, value=value)
    return found


def _jobs(configuration: Configuration) -> dict[str, list[Origin]]:
    found: dict[str, list[Origin]] = {}
    for path, writes in configuration.jobs.items():
        for write in writes:
            if write.value is not None:
                origin = Origin(by="job", path=f"/{path}", line=write.line, value=write.value)
                found.setdefault(write.key, []).append(origin)
    return found


def _running(snapshot: Snapshot) -> dict[str, int]:
    settings = snapshot.get(VmSysctl)
    values = {
        f"vm.{name}": getattr(settings, field)
        for name, field in (FIELDS.items() if settings is not None else ())
    }
    return {key: value for key, value in values.items() if value is not None}


class _Chain:
    """Everything that sets anything, asked key by key."""

    def __init__(self, snapshot: Snapshot, configuration: Configuration) -> None:
        self.running = _running(snapshot)
        self._configuration = configuration
        self._command_line = _by_command_line(snapshot)
        self._sysctl = _by_sysctl(configuration, frozenset(self.running))
        self._tuned = _tuned_sysctls(configuration.tuned_profiles)
        is_reapplied = bool(self._tuned) and configuration.tuned_reapplies
        self._again = _reapplied(configuration) if is_reapplied else {}
        self.jobs = _jobs(configuration)
        conf = configuration.sysctl_files.get(SYSCTL_CONF)
        self._conf = {} if conf is None else dict(_of_conf(SYSCTL_CONF, conf))
        if not configuration.has_systemd:  # procps' own script reads it, and last
            for key, origin in self._conf.items():
                self._sysctl.setdefault(key, []).append(origin)

    def names(self) -> list[str]:
        names = {*self.running, *self._command_line, *self._sysctl, *self._tuned, *self._conf}
        return sorted(key for key in names if key.startswith("vm."))

    def origins(self, key: str) -> list[Origin]:
        """In the order in which they take effect; the last counts."""
        chain = [self._command_line[key]] if key in self._command_line else []
        chain += self._sysctl.get(key, [])
        chain += [self._tuned[key]] if key in self._tuned else []
        again = self._again.get(key)
        if again is not None and again in chain:
            chain.remove(again)
        return [*chain, again] if again is not None else chain

    def unread(self, key: str) -> Origin | None:
        """Set in /etc/sysctl.conf alone, which is no link of sysctl.d's and no tuned reads."""
        own = self._conf.get(key)
        if own is None or key in self._again or not self._configuration.has_systemd:
            return None
        is_linked = any(
            conf is not None and conf == self._configuration.sysctl_files[SYSCTL_CONF]
            for path, conf in self._configuration.sysctl_files.items()
            if path != SYSCTL_CONF
        )
        return None if is_linked else own


def provenance(snapshot: Snapshot) -> Provenance | None:
    """``None`` where the host's files were not read."""
    configuration = snapshot.get(Configuration)
    if configuration is None:
        return None
    chain = _Chain(snapshot, configuration)
    found: dict[str, SettingOrigin] = {}
    for key in chain.names():
        origins = chain.origins(key)
        found[key] = SettingOrigin(
            key=key,
            running_count=chain.running.get(key),
            default_count=_default(key, chain),
            boot=origins[-1] if origins else None,
            overruled=tuple(origins[:-1]),
            unread=chain.unread(key),
            later=tuple(chain.jobs.get(key, ())),
        )
    return Provenance(
        by_key=found, tuned=configuration.tuned_active, is_complete=configuration.is_complete
    )


def _default(key: str, chain: _Chain) -> int | None:
    """The kernel's own; 0 where the other of a pair is set."""
    other = _OTHER.get(key)
    if other is not None and chain.origins(other) and not chain.origins(key):
        set_count = _number(chain.origins(other)[-1].value)
        return 0 if set_count else DEFAULTS.get(key)
    return DEFAULTS.get(key)
