"""``/sys/kernel/mm/hugepages/hugepages-2048kB``: one pool per huge page size (``mm/hugetlb.c``).

Each file holds a number of huge pages. The family's key is the size as the kernel spells it, ``2048kB``.
"""

from collections.abc import Mapping

from vmadvisor.records import dataclass
from vmadvisor.sources._lines import from_file, single_unsigned
from vmadvisor.sources._source import DirectorySource


@dataclass(frozen=True, slots=True, kw_only=True)
class Hugepages:
    """``total_count`` includes ``surplus_count``; ``reserved_count`` are promised but still free."""

    total_count: int | None
    free_count: int | None
    reserved_count: int | None
    surplus_count: int | None


def parse(files: Mapping[str, str]) -> Hugepages:
    r"""File name -> text in, record out.

    >>> parse({"nr_hugepages": "8\n", "free_hugepages": "3\n"}).free_count
    3
    """
    return Hugepages(
        total_count=from_file(files, "nr_hugepages", single_unsigned),
        free_count=from_file(files, "free_hugepages", single_unsigned),
        reserved_count=from_file(files, "resv_hugepages", single_unsigned),
        surplus_count=from_file(files, "surplus_hugepages", single_unsigned),
    )


SOURCE = DirectorySource(
    path="sys/kernel/mm/hugepages/hugepages-*",
    names=("nr_hugepages", "free_hugepages", "resv_hugepages", "surplus_hugepages"),
    record=Hugepages,
    parse=parse,
    cost="memory set aside for other than default-size huge pages cannot be told",
    optional=True,
)
