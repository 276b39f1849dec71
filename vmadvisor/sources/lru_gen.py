"""``/sys/kernel/mm/lru_gen``: multi-generational LRU, 6.1+ (``mm/vmscan.c:enabled_show``).

``enabled`` is a mask, ``0x0007``; bit 0 is the main switch. ``min_ttl_ms`` is 0 when not used.
"""

import re
from collections.abc import Mapping

from vmadvisor.errors import ParseError
from vmadvisor.records import dataclass
from vmadvisor.sources._lines import from_file, single_unsigned
from vmadvisor.sources._source import DirectorySource

_MASK = re.compile(r"0x[0-9a-f]{1,8}")
_CORE = 0x1
"""``LRU_GEN_CORE`` (``include/linux/mmzone.h``)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LruGen:
    """With a positive ``min_ttl_ms`` kswapd calls the OOM killer rather than evict younger pages."""

    enabled_mode: int | None
    min_ttl_ms: int | None

    @property
    def is_enabled(self) -> bool | None:
        """True where reclaim walks generations instead of active and inactive lists."""
        return None if self.enabled_mode is None else bool(self.enabled_mode & _CORE)


def _mask(text: str) -> int:
    word = text.strip()
    if not _MASK.fullmatch(word):
        raise ParseError(f"expected a mask such as 0x0007, found {word[:40]!r}", line_number=1)
    return int(word, 16)


def parse(files: Mapping[str, str]) -> LruGen:
    r"""File name -> text in, record out.

    >>> parse({"enabled": "0x0007\n", "min_ttl_ms": "1000\n"})
    LruGen(enabled_mode=7, min_ttl_ms=1000)
    """
    return LruGen(
        enabled_mode=from_file(files, "enabled", _mask),
        min_ttl_ms=from_file(files, "min_ttl_ms", single_unsigned),
    )


SOURCE = DirectorySource(
    path="sys/kernel/mm/lru_gen",
    names=("enabled", "min_ttl_ms"),
    record=LruGen,
    parse=parse,
    cost="whether reclaim uses generations, and so how it weighs swap, cannot be told",
    optional=True,
)
