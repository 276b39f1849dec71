r"""Files of sections and keys: systemd units and drop-ins (systemd.syntax(7)), tuned profiles (tuned.conf).

    [Service]
    ExecStart=/usr/sbin/mysqld \
      --daemonize
    OOMScoreAdjust=-600

A key may stand several times; an empty value takes back the ones before it (units).
"""

from vmadvisor.records import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class IniEntry:
    """``line`` is the one on which the key stands."""

    section: str
    key: str
    value: str
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class IniFile:
    """Entries in the file's order."""

    entries: tuple[IniEntry, ...]

    def last(self, section: str, key: str) -> IniEntry | None:
        """The one that counts where a key has one value."""
        found = [one for one in self.entries if one.section == section and one.key == key]
        return found[-1] if found else None

    def all(self, section: str, key: str | None = None) -> tuple[IniEntry, ...]:
        """Every one of the section, or of the key."""
        return tuple(
            one for one in self.entries if one.section == section and key in {None, one.key}
        )


def parse(text: str) -> IniFile:
    r"""Text in, record out; lines outside of any section and lines without ``=`` are ignored.

    >>> parse("[Service]\nA=1 \\\n  2\n# x\nB = 3\n").entries[1].line
    5
    """
    entries: list[IniEntry] = []
    section, continued, start = "", "", 0
    for number, line in enumerate(text.splitlines(), 1):
        if line.lstrip()[:1] in {"#", ";"}:
            continue
        if line.endswith("\\"):
            start = start or number
            continued += f"{line[:-1].strip()} "
            continue
        whole, at = continued + line.strip(), start or number
        continued, start = "", 0
        if whole.startswith("[") and whole.endswith("]"):
            section = whole[1:-1].strip()
        elif section and "=" in whole:
            key, _, value = whole.partition("=")
            entries.append(IniEntry(section=section, key=key.strip(), value=value.strip(), line=at))
    return IniFile(entries=tuple(entries))
