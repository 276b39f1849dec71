r"""Settings that a script, a crontab or a unit's command writes: what is written, on which line.

    0 3 * * * root  sync; echo 3 > /proc/sys/vm/drop_caches
    /sbin/sysctl -w vm.swappiness=10
    echo never > /sys/kernel/mm/transparent_hugepage/defrag

Only plain forms are seen: what a variable or a function holds is not.
"""

import re

from vmadvisor.records import dataclass
from vmadvisor.sources.sysctl_conf import dotted

_ECHO = re.compile(
    r"(?:echo|printf)\s+(?:-n\s+)?[\"']?(?P<value>[^\"'\s;|&>]+)[\"']?\s*"
    r"(?:>>?|\|\s*(?:sudo\s+)?tee(?:\s+-a)?)\s*[\"']?/(?P<root>proc/sys|sys)/(?P<path>[\w./*-]+)"
)
_SYSCTL = re.compile(r"\bsysctl\s+(?P<words>[^;|&#]+)")
_ASSIGNMENT = re.compile(r"[\"']?(?P<key>[\w./-]+)=(?P<value>[^\s\"';]+)")
_SWAPOFF = re.compile(r"\bswapoff\s+(?:-a|--all)\b")
SWAPOFF = "swapoff -a"
_LINE_MAX_LENGTH = 4_096


@dataclass(frozen=True, slots=True, kw_only=True)
class ShellWrite:
    """``key`` is ``vm.drop_caches``, a file below ``/sys``, or ``swapoff -a`` with no value."""

    key: str
    value: str | None
    line: int


def _of_line(line: str, number: int) -> list[ShellWrite]:
    found = [
        ShellWrite(
            key=dotted(match["path"].replace("/", "."))
            if match["root"] == "proc/sys"
            else f"/sys/{match['path']}",
            value=match["value"],
            line=number,
        )
        for match in _ECHO.finditer(line)
    ]
    for call in _SYSCTL.finditer(line):
        found += [
            ShellWrite(key=dotted(match["key"]), value=match["value"], line=number)
            for match in _ASSIGNMENT.finditer(call["words"])
            if not match["key"].startswith("-")
        ]
    if _SWAPOFF.search(line):
        found.append(ShellWrite(key=SWAPOFF, value=None, line=number))
    return found


def parse(text: str) -> tuple[ShellWrite, ...]:
    r"""Text in, writes out in the order of their lines; comments are left out.

    >>> [(w.key, w.value) for w in parse("sync; echo 3 > /proc/sys/vm/drop_caches\n")]
    [('vm.drop_caches', '3')]
    """
    found: list[ShellWrite] = []
    for number, line in enumerate(text.splitlines(), 1):
        if line.lstrip().startswith("#") or len(line) > _LINE_MAX_LENGTH:
            continue
        found += _of_line(line, number)
    return tuple(found)
