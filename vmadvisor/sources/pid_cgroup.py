"""``/proc/PID/cgroup``: ``0::/system.slice/cron.service`` or ``4:memory:/docker/…`` (v1)."""

from vmadvisor.errors import ParseError
from vmadvisor.records import dataclass
from vmadvisor.sources._lines import whole_lines


@dataclass(frozen=True, slots=True, kw_only=True)
class PidCgroup:
    """The path in the hierarchy that accounts memory: v1's memory controller if mounted, else v2."""

    path: str


def parse(text: str) -> PidCgroup:
    r"""Text in, record out; a process in no memory hierarchy raises ``ParseError``.

    >>> parse("4:memory:/docker/ab\n0::/init.scope\n").path
    '/docker/ab'
    >>> parse("0::/init.scope\n").path
    '/init.scope'
    """
    unified: str | None = None
    for _, line in whole_lines(text):
        fields = line.split(":", 2)
        if len(fields) != 3:  # noqa: PLR2004 - hierarchy, controllers, path
            continue
        if "memory" in fields[1].split(","):
            return PidCgroup(path=fields[2])
        if fields[0] == "0" and not fields[1]:
            unified = fields[2]
    if unified is None:
        raise ParseError("no v2 line and no v1 memory controller")
    return PidCgroup(path=unified)
