"""``/sys/kernel/mm/transparent_hugepage``: ``always [madvise] never`` (``mm/huge_memory.c:enabled_show``).

``defrag`` says who may stall in compaction for a huge page; ``hpage_pmd_size`` (4.10+) is its size.
"""

from collections.abc import Mapping

from vmadvisor.records import dataclass
from vmadvisor.sources._lines import bracketed, from_file, single_unsigned
from vmadvisor.sources._source import DirectorySource


@dataclass(frozen=True, slots=True, kw_only=True)
class TransparentHugepage:
    """The chosen words, and the bytes of one huge page that a page-middle-directory entry maps."""

    enabled: str | None
    defrag: str | None
    hpage_pmd_size_bytes: int | None


def parse(files: Mapping[str, str]) -> TransparentHugepage:
    r"""File name -> text in, record out.

    >>> parse({"enabled": "always [madvise] never\n"}).enabled
    'madvise'
    """
    return TransparentHugepage(
        enabled=from_file(files, "enabled", bracketed),
        defrag=from_file(files, "defrag", bracketed),
        hpage_pmd_size_bytes=from_file(files, "hpage_pmd_size", single_unsigned),
    )


SOURCE = DirectorySource(
    path="sys/kernel/mm/transparent_hugepage",
    names=("enabled", "defrag", "hpage_pmd_size"),
    record=TransparentHugepage,
    parse=parse,
    cost="whether khugepaged raised min_free_kbytes, and who stalls for huge pages, cannot be told",
    optional=True,
)
