"""Records as rows and back. A name that is no UTF-8 is kept as its bytes, a count beyond SQLite's as absent."""

from collections.abc import Iterable, Mapping

from vmadvisor.model.past import (
    COUNTERS,
    GAUGES,
    RATES,
    NodePoint,
    PastVerdict,
    Point,
    Said,
)
from vmadvisor.snapshot import TopKills

Value = None | int | float | str | bytes

_INTEGER_MAX = 2**63 - 1
_PPM = 1_000_000
_SURROGATES = ("\ud800", "\udfff")

FOLLOW = "follow"
"""Points that only tell what came of the forecasts just before them; they go once that is settled."""

OWN_ORIGINS = ("check", "sample", FOLLOW)
"""Points that this host's runs left as they came."""

PCP = "pcp"
"""Points of PCP's archives: counters, and boots whose id nobody told."""

REPLAYED = " replayed"
"""Behind the name of a model whose forecasts were made of an import: no run of this host said them."""

POINT_COLUMNS = (
    "time_utc_s", "origin", "boot", "since_boot_s", "settings", "top_kills", *GAUGES, *COUNTERS
)  # fmt: skip


def replayed_model(model_id: str) -> str:
    """The name that marks forecasts which nobody was shown."""
    return model_id + REPLAYED


def stored_text(text: str | None) -> Value:
    """UTF-8 text, or the bytes that ``surrogateescape`` stands for."""
    if text is None or text.isascii():
        return text
    if not any(_SURROGATES[0] <= char <= _SURROGATES[1] for char in text):
        return text
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:  # a lone surrogate that stands for no byte: only JSON can hold one
        return text.encode("utf-8", "backslashreplace")


def text_of(value: Value) -> str | None:
    """The text again."""
    if isinstance(value, bytes):
        return value.decode("utf-8", "surrogateescape")
    return None if value is None else str(value)


def stored_number(value: Value) -> Value:
    """A number that SQLite can hold; absent where it cannot."""
    is_too_large = isinstance(value, int) and abs(value) > _INTEGER_MAX
    return None if is_too_large else value


def ppm(ratio: float | None) -> Value:
    """Parts per million: three bytes instead of eight, and finer than any forecast."""
    return None if ratio is None else round(ratio * _PPM)


def ratio_of(value: int) -> float:
    """The share again."""
    return value / _PPM


def _only(known: Mapping[str, float], names: tuple[str, ...]) -> list[Value]:
    unknown = known.keys() - set(names)
    if unknown:
        raise ValueError(f"no column for {', '.join(sorted(unknown))}")
    return [stored_number(known.get(name)) for name in names]


def point_row(
    point: Point,
    *,
    boot: int | None,
    since_boot_s: float | None,
    settings: int | None,
    top_kills: int | None,
) -> list[Value]:
    """By ``POINT_COLUMNS``."""
    return [
        point.time_utc_s,
        point.origin,
        boot,
        since_boot_s,
        settings,
        top_kills,
        *_only(point.gauges, GAUGES),
        *_only(point.counters, COUNTERS),
    ]


def rates_row(point: Point) -> list[Value]:
    """By ``RATES``."""
    return _only(point.rates, RATES)


def lines_of(words: Iterable[str]) -> str:
    r"""One text of many, one a line.

    >>> lines_of(["a", "b\n\\c"]), words_of(lines_of(["a", "b\n\\c"]))
    ('a\nb\\n\\\\c', ['a', 'b\n\\c'])
    """
    return "\n".join(word.replace("\\", "\\\\").replace("\n", "\\n") for word in words)


def words_of(text: str | None) -> list[str]:
    """The words again."""
    kept = [line.split("\\\\") for line in (text or "").split("\n") if line]
    return ["\\".join(part.replace("\\n", "\n") for part in parts) for parts in kept]


def settings_text(settings: Mapping[str, str]) -> Value:
    """One text for the same settings, ``vm.swappiness=60`` a line."""
    found = lines_of(f"{name}={value}" for name, value in sorted(settings.items()))
    return stored_text(found or None)


def settings_of(text: str | None) -> dict[str, str]:
    """The settings again."""
    return {name: value for name, _, value in (word.partition("=") for word in words_of(text))}


def top_kills_text(found: TopKills | None) -> Value:
    """The mark, then a group a line: ``3 2 /batch``. The host's own count is the point's."""
    if found is None:
        return None
    counts = (f"{ooms} {kills} {path}" for path, (ooms, kills) in sorted(found.counts.items()))
    return stored_text(lines_of([found.mark, *counts]))


def top_kills_of(text: str | None, kills_total: int | None) -> TopKills | None:
    """The record again; ``None`` for what is none of ours."""
    mark, *lines = words_of(text) or [""]
    if not mark or kills_total is None:
        return None
    counts = {}
    for line in lines:
        ooms, _, rest = line.partition(" ")
        kills, _, path = rest.partition(" ")
        if not (ooms.isdigit() and kills.isdigit()):
            return None
        counts[path] = (int(ooms), int(kills))
    return TopKills(kills_total=kills_total, mark=mark, counts=counts)


def _known(names: tuple[str, ...], values: Iterable[Value]) -> dict[str, float]:
    return {
        name: value
        for name, value in zip(names, values, strict=True)
        if isinstance(value, int | float)
    }


def point_of_row(
    row: tuple[Value, ...],
    *,
    boot_id: str | None,
    settings: Mapping[str, str],
    rates: tuple[Value, ...] | None,
    nodes: tuple[NodePoint, ...],
    top_kills: str | None,
) -> Point:
    """Of the columns ``time_utc_s``, ``origin``, gauges and counters."""
    time_utc_s, origin, *numbers = row
    counters = _known(COUNTERS, numbers[len(GAUGES) :])
    counted = {name: int(count) for name, count in counters.items()}
    return Point(
        time_utc_s=float(time_utc_s or 0.0),
        boot_id=boot_id,
        origin=text_of(origin) or "",
        gauges=_known(GAUGES, numbers[: len(GAUGES)]),
        counters=counted,
        rates={} if rates is None else _known(RATES, rates),
        nodes=nodes,
        settings=settings,
        top_kills=top_kills_of(top_kills, counted.get("oom_kill_total")),
    )


def counted_point_of_row(
    row: tuple[Value, ...], names: tuple[str, ...]
) -> tuple[Point, float | None]:
    """(the point, its time on its boot's own clock) of time, origin, boot's id, that time, top_kills, counters."""
    time_utc_s, origin, boot_id, since_boot_s, top_kills, *counts = row
    counters = {name: int(count) for name, count in _known(names, counts).items()}
    point = Point(
        time_utc_s=float(time_utc_s or 0.0),
        boot_id=text_of(boot_id),
        origin=text_of(origin) or "",
        counters=counters,
        top_kills=top_kills_of(text_of(top_kills), counters.get("oom_kill_total")),
    )
    return point, None if since_boot_s is None else float(since_boot_s)


SAID_COLUMNS = (
    "f.time_utc_s, k.event, k.scope, k.horizon_s, f.probability_ppm, f.low_ppm, f.high_ppm, "
    "f.came, f.shipped_ppm"
)
"""Of ``forecasts f JOIN kinds k``."""

NEVER_KNOWN, UNSURE = -1, -2
"""In ``came``: what came can no longer be told; it may have come in time or too late. NULL: not told yet."""


def said_of_row(row: tuple[Value, ...]) -> Said:
    """Of ``SAID_COLUMNS``."""
    time_utc_s, event, scope, horizon_s, likely, low, high, came, shipped = row
    return Said(
        time_utc_s=float(time_utc_s or 0.0),
        event=text_of(event) or "",
        scope=text_of(scope) or "",
        horizon_s=float(horizon_s or 0.0),
        probability_ratio=ratio_of(int(likely or 0)),
        low_ratio=ratio_of(int(low or 0)),
        high_ratio=ratio_of(int(high or 0)),
        came={0: False, 1: True}.get(came) if isinstance(came, int) else None,
        shipped_ratio=None if shipped is None else ratio_of(int(shipped)),
    )


def verdict_of_row(row: tuple[Value, ...]) -> PastVerdict:
    """Of time, status, finding ids a line each, headline."""
    time_utc_s, status, ids, headline = row
    return PastVerdict(
        time_utc_s=float(time_utc_s or 0.0),
        status=text_of(status) or "",
        finding_ids=tuple(words_of(text_of(ids))),
        headline=text_of(headline) or "",
    )
