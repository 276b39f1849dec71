"""What a host's files set at boot, on a schedule and for its units: one record of many files.

Not of the registry: ``collect.configuration`` reads them, bounded, and only on request.
"""

from collections.abc import Mapping

from vmadvisor.records import dataclass
from vmadvisor.sources.ini_file import IniFile
from vmadvisor.sources.shell_writes import ShellWrite
from vmadvisor.sources.sysctl_conf import SysctlConf


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """By path below the root.

    ``sysctl_files`` are in the order of their directories' precedence; ``None`` for one that cannot be read or
    hides others of its name. ``tuned_active`` are the active profiles' names, their files in order of inclusion.
    ``jobs`` are the writes of crontabs, scripts run on a schedule or at boot, and local units.
    """

    sysctl_files: Mapping[str, SysctlConf | None]
    tuned_active: str | None
    tuned_reapplies: bool
    tuned_profiles: Mapping[str, IniFile]
    unit_files: Mapping[str, IniFile]
    jobs: Mapping[str, tuple[ShellWrite, ...]]
    has_systemd: bool
    is_complete: bool
