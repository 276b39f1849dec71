"""The words a number's name may end in, and the only conversions between them.

What the kernel gave is kept as it came; arithmetic between kB and pages truncates as the kernel's does.
"""

from typing import Final

KIB_BYTES: Final = 1024

SUFFIXES: Final = (
    "pages", "bytes", "kib", "pct", "ratio", "permyriad", "permille",
    "ns", "us", "ms", "s", "centisecs", "ticks", "hz",
    "order", "count", "total", "id", "adj", "score", "mode", "distance", "version",
    "line",
)  # fmt: skip
"""``_total`` is a monotonic counter; a rate ends in ``_per_s`` (or ``_ratio`` when it has no unit)."""


def pages_from_kib(kib: int, page_size_bytes: int) -> int:
    """Whole pages in ``kib`` kB.

    >>> pages_from_kib(67584, 4096)
    16896
    """
    return kib * KIB_BYTES // page_size_bytes


def kib_from_pages(pages: int, page_size_bytes: int) -> int:
    """KB that ``pages`` pages hold (``K()`` in the kernel's own printers).

    >>> kib_from_pages(3, 65536)
    192
    """
    return pages * page_size_bytes // KIB_BYTES
