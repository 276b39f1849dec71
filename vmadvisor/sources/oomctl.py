"""What ``oomctl`` prints: which control groups systemd-oomd watches (systemd's ``src/oom/oomd-manager.c``).

Swap Used Limit: 90.00%
Swap Monitored CGroups:
        Path: /
Memory Pressure Monitored CGroups:
        Path: /user.slice/user-1000.slice/user@1000.service
                Memory Pressure Limit: 50.00%
"""

from vmadvisor.errors import ParseError
from vmadvisor.records import dataclass

_SWAP = "Swap Monitored CGroups:"
_PRESSURE = "Memory Pressure Monitored CGroups:"
_PATHS_MAX_COUNT = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Oomctl:
    """Paths of groups whose descendants may be killed, by what is watched."""

    swap_paths: tuple[str, ...]
    pressure_paths: tuple[str, ...]


def parse(text: str) -> Oomctl:
    r"""Text in, record out.

    >>> parse("Swap Monitored CGroups:\n\tPath: /\nMemory Pressure Monitored CGroups:\n").swap_paths
    ('/',)
    """
    found: dict[str, list[str]] = {}
    paths: list[str] = []
    for line in text.splitlines():
        stripped = line.strip()
        if not line[:1].isspace():
            paths = found.setdefault(stripped, []) if stripped else paths
        elif stripped.startswith("Path: ") and len(paths) < _PATHS_MAX_COUNT:
            paths.append(stripped.removeprefix("Path: "))
    if _SWAP not in found or _PRESSURE not in found:
        raise ParseError("expected the groups that systemd-oomd watches")
    return Oomctl(swap_paths=tuple(found[_SWAP]), pressure_paths=tuple(found[_PRESSURE]))
