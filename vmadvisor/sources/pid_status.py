r"""``/proc/PID/status``: ``VmSwap:       0 kB`` (``fs/proc/array.c:proc_pid_status``).

The kernel escapes the name here (``\n``, ``\\``); a kernel thread or zombie has no Vm lines.
"""

import re

from vmadvisor.errors import ParseError
from vmadvisor.records import dataclass
from vmadvisor.sources._lines import unsigned, whole_lines

CAP_SYS_ADMIN = 21
"""The capability that earned root's bonus until 4.16 (``mm/oom_kill.c``)."""

_MASK = re.compile(r"[0-9a-f]{1,16}")

_KIB = {
    "VmRSS": "vm_rss_kib",
    "RssAnon": "rss_anon_kib",
    "RssFile": "rss_file_kib",
    "RssShmem": "rss_shmem_kib",
    "VmSwap": "vm_swap_kib",
    "VmPTE": "vm_pte_kib",
    "VmPMD": "vm_pmd_kib",
    "HugetlbPages": "hugetlb_pages_kib",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PidStatus:
    """Sizes in kB; ``None`` where this kernel or this task has no such line."""

    vm_rss_kib: int | None = None
    rss_anon_kib: int | None = None
    rss_file_kib: int | None = None
    rss_shmem_kib: int | None = None
    vm_swap_kib: int | None = None
    vm_pte_kib: int | None = None
    vm_pmd_kib: int | None = None
    hugetlb_pages_kib: int | None = None
    uid_id: int | None = None
    has_cap_sys_admin: bool | None = None


def parse(text: str) -> PidStatus:
    r"""Text in, record out.

    >>> parse("Name:\tx\nUid:\t33\t33\t33\t33\nVmRSS:\t 12 kB\nCapEff:\t0000000000200000\n")
    ... # doctest: +ELLIPSIS
    PidStatus(vm_rss_kib=12, ..., uid_id=33, has_cap_sys_admin=True)
    """
    found: dict[str, int] = {}
    uid: int | None = None
    cap: bool | None = None
    for number, line in whole_lines(text):
        key, colon, rest = line.partition(":")
        if not colon:
            continue
        if key in _KIB:
            fields = rest.split()
            found[_KIB[key]] = unsigned(fields[0] if fields else "", line_number=number)
        elif key == "Uid":
            fields = rest.split()
            uid = unsigned(fields[0] if fields else "", line_number=number)
        elif key == "CapEff":
            cap = bool(_hexadecimal(rest.strip(), number) >> CAP_SYS_ADMIN & 1)
    return PidStatus(**found, uid_id=uid, has_cap_sys_admin=cap)


def _hexadecimal(text: str, number: int) -> int:
    if _MASK.fullmatch(text):
        return int(text, 16)
    raise ParseError(f"expected a mask, found {text[:40]!r}", line_number=number)
