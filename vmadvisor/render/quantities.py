"""Numbers for people: rounding happens here and nowhere else."""

from vmadvisor.advise.finding import Quantity
from vmadvisor.units import KIB_BYTES

UNKNOWN = "?"
"""Printed where a number could not be had; never 0."""

_STEPS = ((2**40, "TiB"), (2**30, "GiB"), (2**20, "MiB"), (2**10, "KiB"))
_SMALL = 10
_SMALLEST_PER_S = 0.001


def size(size_bytes: float | None) -> str:
    """Bytes with three digits or so.

    >>> size(1536 * 1024), size(0), size(None), size(-2048)
    ('1.5 MiB', '0 B', '?', '-2.0 KiB')
    """
    if size_bytes is None:
        return UNKNOWN
    sign, magnitude = ("-", -size_bytes) if size_bytes < 0 else ("", size_bytes)
    for step, name in _STEPS:
        if magnitude >= step:
            scaled = magnitude / step
            digits = 1 if scaled < _SMALL else 0
            return f"{sign}{scaled:.{digits}f} {name}"
    return f"{sign}{magnitude:.0f} B"


def pages(count: float | None, page_size_bytes: int | None) -> str:
    """Pages as a size; as pages where the page size is unknown.

    >>> pages(512, 4096), pages(512, None)
    ('2.0 MiB', '512 pages')
    """
    if count is None:
        return UNKNOWN
    return f"{count:.0f} pages" if page_size_bytes is None else size(count * page_size_bytes)


def rate(per_s: float | None) -> str:
    """Events per second.

    >>> rate(0.0), rate(0.04), rate(12.34), rate(5321.0), rate(2e-8), rate(None)
    ('0/s', '0.04/s', '12/s', '5321/s', '<0.001/s', '?')
    """
    if per_s is None:
        return UNKNOWN
    if per_s == 0:
        return "0/s"
    if 0 < per_s < _SMALLEST_PER_S:
        return f"<{_SMALLEST_PER_S:g}/s"
    return f"{per_s:.0f}/s" if abs(per_s) >= _SMALL else f"{per_s:.2g}/s"


def ratio(value: float | None) -> str:
    """A share as per cent.

    >>> ratio(0.0512), ratio(0.9), ratio(None)
    ('5.1 %', '90 %', '?')
    """
    if value is None:
        return UNKNOWN
    percent = value * 100
    return f"{percent:.0f} %" if percent == 0 or abs(percent) >= _SMALL else f"{percent:.1f} %"


def duration(seconds_s: float) -> str:
    """Seconds, minutes or hours, with two digits or so.

    >>> duration(0.24), duration(31.2), duration(221.0), duration(9000.0)
    ('0.24 s', '31 s', '3.7 min', '2.5 h')
    """
    for unit_s, name in ((3600, "h"), (60, "min")):
        if seconds_s >= unit_s:
            return f"{seconds_s / unit_s:.1f} {name}"
    return f"{seconds_s:.0f} s" if seconds_s >= _SMALL else f"{seconds_s:.2g} s"


def count(value: float | None) -> str:
    """A plain number, grouped.

    >>> count(67584), count(None)
    ('67,584', '?')
    """
    return UNKNOWN if value is None else f"{value:,.0f}"


def quantity(item: Quantity, page_size_bytes: int | None) -> str:
    """The value of one piece of evidence with its unit.

    >>> pid = Quantity(name="pid", value=4194303, unit="id", source="/proc/4194303")
    >>> quantity(pid, None)
    '4194303'
    """
    value = item.value
    if value is None or isinstance(value, str):
        return UNKNOWN if value is None else value
    if item.unit == "pages":
        return pages(value, page_size_bytes)
    if item.unit == "pages_per_s":
        return pages(value, page_size_bytes) + "/s"
    if item.unit == "bytes":
        return size(value)
    if item.unit == "bytes_per_s":
        return size(value) + "/s"
    if item.unit == "s":
        return duration(value)
    if item.unit == "kib":
        return size(value * KIB_BYTES)
    if item.unit == "per_s":
        return rate(value)
    if item.unit == "ratio":
        return ratio(value)
    return str(value) if isinstance(value, int) else f"{value:g}"
