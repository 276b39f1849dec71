"""``/proc/sys/kernel``: who this host is, and two switches (``kernel/sysctl.c``, ``drivers/char/random.c``).

``osrelease`` holds ``6.12.94+deb13-amd64``, ``random/boot_id`` a UUID that changes with every boot.
"""

from collections.abc import Mapping

from vmadvisor.records import dataclass
from vmadvisor.sources._lines import from_file, single, single_unsigned
from vmadvisor.sources._source import DirectorySource


@dataclass(frozen=True, slots=True, kw_only=True)
class KernelSysctl:
    """``numa_balancing_mode`` bit 2 is memory tiering (5.18+); ``task_delayacct_mode`` since 5.14.

    ``panic_s``: after a panic the kernel waits so long, then reboots; 0 waits for ever, below 0 not at all.
    """

    osrelease: str | None
    hostname: str | None
    numa_balancing_mode: int | None
    task_delayacct_mode: int | None
    boot_id: str | None
    panic_s: int | None = None


def _word(text: str) -> str | None:
    return text.strip() or None


def parse(files: Mapping[str, str]) -> KernelSysctl:
    r"""File name -> text in, record out.

    >>> parse({"hostname": "db1\n", "numa_balancing": "1\n"}).hostname
    'db1'
    """
    return KernelSysctl(
        osrelease=from_file(files, "osrelease", _word),
        hostname=from_file(files, "hostname", _word),
        numa_balancing_mode=from_file(files, "numa_balancing", single_unsigned),
        task_delayacct_mode=from_file(files, "task_delayacct", single_unsigned),
        boot_id=from_file(files, "random/boot_id", _word),
        panic_s=from_file(files, "panic", single),
    )


SOURCE = DirectorySource(
    path="proc/sys/kernel",
    names=("osrelease", "hostname", "numa_balancing", "task_delayacct", "random/boot_id", "panic"),
    record=KernelSysctl,
    parse=parse,
    cost="host name, boot and NUMA balancing cannot be told",
)
