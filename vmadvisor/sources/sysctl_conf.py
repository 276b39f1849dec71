r"""``/etc/sysctl.d/*.conf``: settings written at boot (sysctl.d(5), ``systemd-sysctl``, procps ``sysctl``).

    # a comment, ; another
    vm.swappiness = 10
    vm/dirty_bytes=1048576
    -vm.nr_hugepages = 8        an error in writing it does not matter
    -net.ipv4.conf.all.rp_filter    no value: left out of what a pattern sets
    vm.overcommit_* = 1         a pattern: for what nothing else names

A first separator that is a dot swaps dots and slashes; keys are kept with dots here.
"""

from vmadvisor.records import dataclass

_PATTERN = frozenset("*?[")


@dataclass(frozen=True, slots=True, kw_only=True)
class SysctlSetting:
    """One assignment; ``value`` is ``None`` for a key that patterns leave out."""

    key: str
    value: str | None
    line: int

    @property
    def is_pattern(self) -> bool:
        """Whether the key stands for several."""
        return not _PATTERN.isdisjoint(self.key)


@dataclass(frozen=True, slots=True, kw_only=True)
class SysctlConf:
    """Assignments in the file's order; of one key the last counts."""

    settings: tuple[SysctlSetting, ...]


def dotted(name: str) -> str:
    """The key with dots between its parts.

    >>> dotted("vm.swappiness"), dotted("vm/swappiness"), dotted("net/ipv4/conf/e.1/x")
    ('vm.swappiness', 'vm.swappiness', 'net.ipv4.conf.e/1.x')
    """
    first = next((char for char in name if char in "./"), ".")
    return name.translate({ord("."): "/", ord("/"): "."}) if first == "/" else name


def parse(text: str) -> SysctlConf:
    r"""Text in, record out: lines of another form are ignored, as by the programs that read them.

    >>> [(s.key, s.value, s.line) for s in parse("# x\n-vm/swappiness = 10\n").settings]
    [('vm.swappiness', '10', 2)]
    """
    found: list[SysctlSetting] = []
    for number, line in enumerate(text.splitlines(), 1):
        stripped = line.strip()
        if not stripped or stripped[0] in "#;":
            continue
        name, equals, value = stripped.partition("=")
        name = name.strip()
        may_fail = name.startswith("-")
        name = name.removeprefix("-").strip()
        if not name or not (equals or may_fail):
            continue
        found.append(
            SysctlSetting(key=dotted(name), value=value.strip() if equals else None, line=number)
        )
    return SysctlConf(settings=tuple(found))
