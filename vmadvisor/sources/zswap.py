"""``/sys/module/zswap/parameters``: ``enabled`` (``Y``), ``max_pool_percent`` (``20``), ``compressor``.

``mm/zswap.c``. What zswap holds is in meminfo (``Zswap``, ``Zswapped``, 5.19+).
"""

from collections.abc import Mapping

from vmadvisor.errors import ParseError
from vmadvisor.records import dataclass
from vmadvisor.sources._lines import from_file, single_unsigned
from vmadvisor.sources._source import DirectorySource


@dataclass(frozen=True, slots=True, kw_only=True)
class Zswap:
    """``max_pool_pct`` is of all memory."""

    enabled: bool | None
    max_pool_pct: int | None
    compressor: str | None


def _yes(text: str) -> bool:
    word = text.strip()
    if word not in {"Y", "N"}:
        raise ParseError(f"expected Y or N, found {word[:40]!r}", line_number=1)
    return word == "Y"


def parse(files: Mapping[str, str]) -> Zswap:
    r"""File name -> text in, record out.

    >>> parse({"enabled": "N\n", "compressor": "lzo\n"})
    Zswap(enabled=False, max_pool_pct=None, compressor='lzo')
    """
    return Zswap(
        enabled=from_file(files, "enabled", _yes),
        max_pool_pct=from_file(files, "max_pool_percent", single_unsigned),
        compressor=from_file(files, "compressor", str.strip),
    )


SOURCE = DirectorySource(
    path="sys/module/zswap/parameters",
    names=("enabled", "max_pool_percent", "compressor"),
    record=Zswap,
    parse=parse,
    cost="whether swapped pages are kept compressed in memory cannot be told",
    optional=True,
)
