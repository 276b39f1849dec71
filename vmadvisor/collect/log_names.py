"""Which files of a sosreport, of /var/log or of a crash directory are kernel logs, and pstore's order.

    sos_commands/kernel/dmesg_-T        sos_commands/logs/journalctl_--no-pager_--boot
    var/log/messages-20240303.gz        sys/fs/pstore/dmesg-efi-170931486501001

pstore splits a dump into parts, the newest first: each begins with ``Panic#1 Part3``.
"""

import re
from collections.abc import Iterable
from typing import NamedTuple

_COMPRESSED = r"(?:\.(?:gz|xz|zst))?"
_LOG = re.compile(
    r"(?:^|/)(?:"
    rf"(?:messages|syslog|kern(?:el)?(?:\.log)?|dmesg|warn|console|vmcore-dmesg)(?:[-._][\w.:@+-]*)?{_COMPRESSED}"
    r"|(?:dmesg|journalctl|journal)[^/]*"
    rf"|[^/]+\.log(?:\.\d+)?{_COMPRESSED}"
    r")$"
)
_NOT_TEXT = re.compile(
    r"\.(?:journal~?|enc\.z|json|xml|html|pyc?|so|bin|core|conf)$|(?:^|/)proc/|(?:^|/)sys/(?!fs/pstore/)"
)
_PSTORE = re.compile(r"(?:^|/)dmesg-[a-z]{2,20}(?:-[a-z]{2,20})?-(\d{1,24})(?:\.txt)?$")
_PART = re.compile(rb"(\w{1,20})#(\d{1,6}) Part(\d{1,6})\r?\n")
_EFI_COUNTERS_DIGITS = 5
"""An EFI record's number is its time, then two digits of its part and three of its count."""


def is_log(path: str) -> bool:
    """By name alone; what is none by its content gives no report.

    >>> [is_log(f"sos/{p}") for p in ("var/log/messages-20240303.gz", "sos_commands/logs/journalctl_-b",
    ...                               "etc/hosts", "proc/kmsg", "var/log/journal/1/system.journal")]
    [True, True, False, False, False]
    """
    return _LOG.search(path) is not None and _NOT_TEXT.search(path) is None


def is_pstore(path: str) -> bool:
    """A part of a dump.

    >>> is_pstore("sys/fs/pstore/dmesg-efi-170931486501001"), is_pstore("var/log/dmesg")
    (True, False)
    """
    return _PSTORE.search(path) is not None


class _Part(NamedTuple):
    dump: tuple[str, bytes, bytes]
    number: int
    data: bytes


def dumps(files: Iterable[tuple[str, bytes]]) -> list[bytes]:
    r"""Whole dumps, each made of its parts in the order of time.

    >>> parts = [("dmesg-efi-1709314865010", b"Panic#1 Part1\nlast\n"),
    ...          ("dmesg-efi-1709314865020", b"Panic#1 Part2\nfirst\n")]
    >>> dumps(parts)
    [b'first\nlast\n']
    """
    found: dict[tuple[str, bytes, bytes], list[_Part]] = {}
    for name, data in sorted(files):
        part = _part(name, data)
        found.setdefault(part.dump, []).append(part)
    return [
        b"".join(part.data for part in sorted(parts, key=lambda one: -one.number))
        for parts in found.values()
    ]


def _part(name: str, data: bytes) -> _Part:
    number = _PSTORE.search(name)
    record = number[1] if number is not None else name
    is_efi = "-efi-" in name
    head = _PART.match(data)
    if head is None:
        return _Part((record, b"", b""), 0, data)
    dump = record[:-_EFI_COUNTERS_DIGITS] if is_efi else ""
    return _Part((dump, head[1], head[2]), int(head[3]), data[head.end() :])
