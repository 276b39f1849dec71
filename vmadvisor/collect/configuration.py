"""What a host sets at boot, by schedule and for its units, read bounded and last.

These files are on disk: a host that stalls may take seconds for each. A live host is asked for them only by
commands that need them, within the deadline; other roots hold them or do not.
"""

import errno
from collections.abc import Collection, Iterator

from vmadvisor.collect import configuration_names as names
from vmadvisor.collect.deadline import Deadline
from vmadvisor.collect.tree import Tree, reason_of, text_of
from vmadvisor.snapshot import Gap
from vmadvisor.sources import ini_file, shell_writes, sysctl_conf
from vmadvisor.sources.configuration import Configuration
from vmadvisor.sources.ini_file import IniFile
from vmadvisor.sources.shell_writes import ShellWrite
from vmadvisor.sources.sysctl_conf import SysctlConf

COST = "who set a value, and what the next boot makes of it, is told in part only"
INCLUDES_MAX_COUNT = 8
_ABSENT = frozenset({errno.ENOENT, errno.ENOTDIR, errno.ELOOP})
_SLICES = ("-.slice", "system.slice", "user.slice", "user@.service", "systemd-oomd.service")


def read_configuration(
    tree: Tree, cgroup_paths: Collection[str], deadline: Deadline
) -> tuple[Configuration | None, list[Gap]]:
    """What there is, ``None`` where nothing is; ``cgroup_paths`` say which units matter."""
    return _Reader(tree, deadline).run(cgroup_paths)


class _Reader:
    def __init__(self, tree: Tree, deadline: Deadline) -> None:
        self._tree = tree
        self._deadline = deadline
        self._read_count = 0
        self._is_cut = False
        self._has_systemd = False
        self._unread: dict[str, str] = {}

    def run(self, cgroup_paths: Collection[str]) -> tuple[Configuration | None, list[Gap]]:
        sysctl = {path: self._sysctl(path) for path in self._sysctl_paths()}
        tuned, profiles = self._tuned()
        units = self._units(cgroup_paths)
        jobs = self._jobs(units)
        configuration = Configuration(
            sysctl_files=sysctl,
            tuned_active=tuned,
            tuned_reapplies=self._reapplies(),
            tuned_profiles=profiles,
            unit_files=units,
            jobs=jobs,
            has_systemd=self._has_systemd,
            is_complete=not self._is_cut and not self._unread,
        )
        is_empty = not (sysctl or profiles or units or jobs or tuned)
        return (None if is_empty else configuration), self._gaps()

    def _gaps(self) -> list[Gap]:
        gaps = []
        if self._unread:
            path, reason = next(iter(self._unread.items()))
            more = f" and {len(self._unread) - 1} more" if len(self._unread) > 1 else ""
            gaps.append(Gap(path=f"/{path}", reason=f"{reason}{more}", cost=COST))
        if self._is_cut:
            reason = f"{self._read_count} files of settings read, then given up"
            gaps.append(Gap(path="/etc", reason=reason, cost=COST))
        return gaps

    def _names(self, directory: str) -> list[str]:
        try:
            return self._tree.names(directory)
        except OSError as error:
            if error.errno not in _ABSENT:
                self._unread.setdefault(directory, reason_of(error))
            return []

    def _text(self, path: str) -> str | None:
        """``None`` where it cannot be read, is absent, or is no text of a reasonable size."""
        if self._read_count >= names.FILES_MAX_COUNT or self._deadline.is_over():
            self._is_cut = True
            return None
        self._read_count += 1
        try:
            data, _ = self._tree.read(path)
        except OSError as error:
            if error.errno not in _ABSENT:
                self._unread.setdefault(path, reason_of(error))
            return None
        if len(data) > names.FILE_MAX_BYTES:
            self._unread.setdefault(path, f"larger than {names.FILE_MAX_BYTES // 1024} KiB")
            return None
        return None if b"\0" in data else text_of(data)

    def _sysctl_paths(self) -> Iterator[str]:
        for directory in names.SYSCTL_DIRECTORIES:
            for name in sorted(self._names(directory)):
                if name.endswith(".conf"):
                    yield f"{directory}/{name}"
        if "sysctl.conf" in self._names("etc"):
            yield names.SYSCTL_FILE

    def _sysctl(self, path: str) -> SysctlConf | None:
        """``None`` for a link to /dev/null as well: such a name hides those of lower precedence."""
        text = self._text(path)
        return None if text is None else sysctl_conf.parse(text)

    def _tuned(self) -> tuple[str | None, dict[str, IniFile]]:
        """(the active profiles' names, each profile's file by path, those that they include too)."""
        text = self._text(names.TUNED_FILES[0]) if "tuned" in self._names("etc") else None
        active = None if text is None else text.strip()
        wanted, profiles = (active or "").split(), dict[str, IniFile]()
        for name in wanted:  # grows
            path, found = self._profile(name)
            if found is None or path in profiles:
                continue
            profiles[path] = found
            include = found.last("main", "include")
            if include is not None and len(wanted) < INCLUDES_MAX_COUNT:
                wanted += include.value.replace(",", " ").split()
        return active or None, profiles

    def _profile(self, name: str) -> tuple[str, IniFile | None]:
        if "/" in name or name in {"", ".", ".."}:
            return "", None
        for directory in names.TUNED_DIRECTORIES:
            path = f"{directory}/{name}/tuned.conf"
            text = self._text(path)
            if text is not None:
                return path, ini_file.parse(text)
        return "", None

    def _reapplies(self) -> bool:
        """tuned lets the admin's sysctl.d files win unless told otherwise (``reapply_sysctl``)."""
        text = self._text(names.TUNED_FILES[1]) if "tuned" in self._names("etc") else None
        found = (
            None
            if text is None
            else ini_file.parse(f"[main]\n{text}").last("main", "reapply_sysctl")
        )
        return found is None or found.value.lower() not in {"0", "false", "no", "off"}

    def _units(self, cgroup_paths: Collection[str]) -> dict[str, IniFile]:
        """Unit files and drop-ins by path, of the units that the groups name and the slices above."""
        wanted = dict.fromkeys(_SLICES)
        for path in cgroup_paths:
            wanted |= dict.fromkeys(
                part for part in path.split("/") if part.endswith((".service", ".slice"))
            )
        units = [unit for unit in wanted if unit.isprintable()][: names.UNITS_MAX_COUNT]
        found: dict[str, IniFile] = {}
        for directory in names.UNIT_DIRECTORIES:
            present = set(self._names(directory))
            self._has_systemd = self._has_systemd or bool(present)
            for unit in units:
                for name in _spellings(unit):
                    paths = [f"{directory}/{name}"] if name in present else []
                    if f"{name}.d" in present:
                        below = f"{directory}/{name}.d"
                        paths += [
                            f"{below}/{one}"
                            for one in sorted(self._names(below))
                            if one.endswith(".conf")
                        ]
                    for path in paths:
                        text = self._text(path)
                        if text is not None:
                            found[path] = ini_file.parse(text)
        return found

    def _jobs(self, units: dict[str, IniFile]) -> dict[str, tuple[ShellWrite, ...]]:
        """What scheduled and local scripts write, by path; those that write nothing are left out."""
        paths = list(names.CRON_FILES)
        for directory in names.CRON_DIRECTORIES:
            paths += [f"{directory}/{name}" for name in sorted(self._names(directory))]
        own = "etc/systemd/system"
        paths += [f"{own}/{name}" for name in sorted(self._names(own)) if name.endswith(".service")]
        found: dict[str, tuple[ShellWrite, ...]] = {}
        for path in dict.fromkeys(paths):
            text = self._text(path) if path not in units else None
            writes = () if text is None else shell_writes.parse(text)
            if writes:
                found[path] = writes
        return found


def _spellings(unit: str) -> tuple[str, ...]:
    """The unit, and its template.

    >>> _spellings("postgresql@15-main.service")
    ('postgresql@15-main.service', 'postgresql@.service')
    """
    head, at, _ = unit.partition("@")
    suffix = unit.rpartition(".")[2]
    return (unit, f"{head}@.{suffix}") if at and unit != f"{head}@.{suffix}" else (unit,)
