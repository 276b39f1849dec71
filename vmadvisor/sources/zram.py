"""``/sys/block/zramN``: compressed RAM disks (``drivers/block/zram/zram_drv.c:mm_stat_show``).

    disksize         8589934592
    mm_stat          77824 23456 131072 0 139264 0 0 0 0
    comp_algorithm   lzo [lz4] zstd

``mm_stat`` (4.2+): original, compressed, used, limit, ... in bytes. Until 4.9 each of the first four
also had a file of its own. The memory used is unreclaimable and in no slab counter.
"""

from collections.abc import Mapping

from vmadvisor.errors import ParseError
from vmadvisor.records import dataclass
from vmadvisor.sources._lines import bracketed, from_file, single_unsigned, unsigned
from vmadvisor.sources._source import DirectorySource

_MM_STAT_NAMES = ("orig_data_size", "compr_data_size", "mem_used_total", "mem_limit")


@dataclass(frozen=True, slots=True, kw_only=True)
class Zram:
    """``mem_limit_bytes`` 0 is "no limit"; ``backing_dev`` is ``None`` without writeback device."""

    disksize_bytes: int | None
    orig_data_bytes: int | None
    compr_data_bytes: int | None
    mem_used_bytes: int | None
    mem_limit_bytes: int | None
    algorithm: str | None
    backing_dev: str | None = None


def _mm_stat(text: str) -> dict[str, int]:
    fields = text.split()
    if len(fields) < len(_MM_STAT_NAMES):
        raise ParseError(f"expected {len(_MM_STAT_NAMES)} numbers, found {len(fields)}")
    return {name: unsigned(field) for name, field in zip(_MM_STAT_NAMES, fields, strict=False)}


def _path(text: str) -> str | None:
    path = text.strip()
    return None if path in {"", "none"} else path


def parse(files: Mapping[str, str]) -> Zram:
    r"""File name -> text in, record out.

    >>> parse({"disksize": "8192\n", "mm_stat": "40 30 20 10 5 0 0\n"}).mem_used_bytes
    20
    """
    sizes: dict[str, int] = from_file(files, "mm_stat", _mm_stat) or {}

    def size(name: str) -> int | None:
        return sizes[name] if name in sizes else from_file(files, name, single_unsigned)

    return Zram(
        disksize_bytes=from_file(files, "disksize", single_unsigned),
        orig_data_bytes=size("orig_data_size"),
        compr_data_bytes=size("compr_data_size"),
        mem_used_bytes=size("mem_used_total"),
        mem_limit_bytes=size("mem_limit"),
        algorithm=from_file(files, "comp_algorithm", bracketed),
        backing_dev=from_file(files, "backing_dev", _path),
    )


SOURCE = DirectorySource(
    path="sys/block/zram*",
    names=(
        "disksize",
        "mm_stat",
        "comp_algorithm",
        "backing_dev",
        "orig_data_size",
        "compr_data_size",
        "mem_used_total",
    ),
    record=Zram,
    parse=parse,
    cost="how much memory zram itself takes cannot be told",
    optional=True,
)
