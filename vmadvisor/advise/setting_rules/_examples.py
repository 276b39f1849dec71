"""Facts for these rules' own cases: the quiet host of the other rules, with files that set nothing odd."""

from vmadvisor.advise.rules import _examples as host
from vmadvisor.model.facts import Facts
from vmadvisor.model.provenance import Origin, Provenance, SettingOrigin
from vmadvisor.sources import ini_file
from vmadvisor.sources.configuration import Configuration
from vmadvisor.sources.shell_writes import ShellWrite

ORIGIN = Origin(by="sysctl.d", path="/etc/sysctl.d/60-db.conf", line=3, value="60")

SWAPPINESS = SettingOrigin(
    key="vm.swappiness",
    running_count=60,
    default_count=60,
    boot=ORIGIN,
    overruled=(),
    unread=None,
    later=(),
)


def files(**changed: object) -> Configuration:
    """A host's files that set nothing, with some in their place."""
    fields: dict[str, object] = {
        "sysctl_files": {},
        "tuned_active": None,
        "tuned_reapplies": True,
        "tuned_profiles": {},
        "unit_files": {},
        "jobs": {},
        "has_systemd": True,
        "is_complete": True,
    }
    return Configuration(**(fields | changed))  # type: ignore[arg-type]


def unit(path: str, text: str) -> Configuration:
    """Files with one unit's."""
    return files(unit_files={path: ini_file.parse(text)})


def job(path: str, key: str, value: str | None) -> Configuration:
    """Files with one job."""
    return files(jobs={path: (ShellWrite(key=key, value=value, line=7),)})


def facts(*changed: object) -> Facts:
    """The quiet host's, with provenance and files."""
    origins = Provenance(by_key={"vm.swappiness": SWAPPINESS}, tuned=None, is_complete=True)
    return host.facts(origins, files(), *changed)


def quiet_files() -> Facts:
    """The case on which these rules are quiet."""
    return facts()
