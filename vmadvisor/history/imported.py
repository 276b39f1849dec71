"""What came of a file that another program kept of this host, and whether it is of this host at all."""

from collections.abc import Collection, Mapping, Sequence

from vmadvisor.errors import RootError
from vmadvisor.model.past import Point
from vmadvisor.records import dataclass


def other_host(name: str, names: Collection[str]) -> str:
    """Why a file is refused.

    >>> other_host("db2", ["db1"])
    'it is of db2, the history is of db1; --host db2 takes it all the same'
    """
    return f"it is of {name}, the history is of {' or '.join(names)}; --host {name} takes it all the same"


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What came of one file: points found, those that were new, their time, what was lost and how often.

    ``replayed_count`` are forecasts made of them, with what came, that are new.
    """

    path: str
    points_count: int
    new_count: int
    first_utc_s: float | None
    last_utc_s: float | None
    gaps: Mapping[str, int]
    replayed_count: int = 0


def imported(
    path: str, points: Sequence[Point], new_count: int, gaps: Mapping[str, int]
) -> Imported:
    """What came of a file that holds these points."""
    times_s = [point.time_utc_s for point in points]
    return Imported(
        path=path,
        points_count=len(points),
        new_count=new_count,
        first_utc_s=min(times_s, default=None),
        last_utc_s=max(times_s, default=None),
        gaps=dict(gaps),
    )


def require_ours(path: str, name: str | None, names: Collection[str]) -> None:
    """``RootError`` where the file is of another host, or does not say of which it is."""
    if name is None:
        raise RootError(f"{path}: it does not say of which host it is")
    if name not in names:
        raise RootError(f"{path}: {other_host(name, names)}")
