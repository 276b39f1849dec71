"""One value as PCP's programs print it: a number of a form and size that the metric can have, or a name."""

import re
from collections import Counter

from vmadvisor.sources.pcp_record import Value

NUMBER_MAX = 2**63 - 1
_NAME_MAX_CHARS = 255
_INTEGER = re.compile(r"\d{1,20}", re.ASCII)
_REAL = re.compile(r"\d{1,20}\.\d{1,20}", re.ASCII)

NOT_A_NUMBER = "a number is not what PCP counts: it is left out"


def value_of(found: object, metric: str, gaps: Counter[str]) -> Value | None:
    """The value; what cannot be one is absent, and counted in ``gaps``.

    >>> gaps = Counter()
    >>> value_of("20085220", "mem.util.free", gaps), value_of("nan", "mem.util.free", gaps), gaps.total()
    (20085220, None, 1)
    """
    if metric.startswith("kernel.uname."):
        return found[:_NAME_MAX_CHARS] if isinstance(found, str) and found else None
    value = _number(found)
    if value is None or not 0 <= value <= NUMBER_MAX:
        gaps[NOT_A_NUMBER] += 1
        return None
    return value


def _number(found: object) -> int | float | None:
    if isinstance(found, str):
        if _INTEGER.fullmatch(found):
            return int(found)
        return float(found) if _REAL.fullmatch(found) else None
    return found if isinstance(found, int | float) and not isinstance(found, bool) else None
