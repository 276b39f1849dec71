"""What a unit's files say: which of them counts, and what stands above a unit.

A drop-in counts after the unit's own file, by file name whatever its directory; of one name the first
directory's; an instance's own after its template's (systemd.unit(5)). Files come in precedence order.
"""

from collections.abc import Iterator

from vmadvisor.model.unit_names import template_of
from vmadvisor.records import dataclass
from vmadvisor.sources.configuration import Configuration


@dataclass(frozen=True, slots=True, kw_only=True)
class Directive:
    """One directive in force and where it stands."""

    value: str
    path: str
    line: int


def _files(configuration: Configuration, unit: str) -> Iterator[str]:
    """Paths in the order in which they count: the unit's file, then drop-ins by name."""
    names = (template_of(unit), unit) if template_of(unit) != unit else (unit,)
    for name in names:
        own = [path for path in configuration.unit_files if path.endswith(f"/{name}")]
        yield from own[:1]
    by_name: dict[str, str] = {}
    for name in reversed(names):
        for path in configuration.unit_files:
            if f"/{name}.d/" in path:
                by_name.setdefault(path.rpartition("/")[2], path)
    yield from (by_name[key] for key in sorted(by_name))


def directive(configuration: Configuration, unit: str, name: str) -> Directive | None:
    """The last that sets it; an empty value takes it back."""
    section = {"slice": "Slice", "scope": "Scope"}.get(unit.rpartition(".")[2], "Service")
    found: Directive | None = None
    for path in _files(configuration, unit):
        for entry in configuration.unit_files[path].all(section, name):
            found = (
                Directive(value=entry.value, path=f"/{path}", line=entry.line)
                if entry.value
                else None
            )
    return found


def above(cgroup_path: str) -> tuple[str, ...]:
    """The unit of the path and the slices above it, innermost first, the root slice last.

    >>> above("/user.slice/user-7.slice/session-2.scope")
    ('session-2.scope', 'user-7.slice', 'user.slice', '-.slice')
    """
    parts = [
        part for part in cgroup_path.split("/") if part.endswith((".service", ".scope", ".slice"))
    ]
    return (*reversed(parts), "-.slice")
