"""The last eight samples a second apart, and the straight line through them: what simple rules look at.

Eight is ``adaptivemmd``'s ``LSQ_LOOKBACK``; it takes one every 15 to 60 seconds, for which a recording of
a minute has no room.
"""

from collections.abc import Callable
from typing import Final

from vmadvisor.model.sample import Sample
from vmadvisor.model.track import Track
from vmadvisor.records import dataclass

SAMPLES_COUNT: Final = 8
STEP_S: Final = 1.0
POINTS_MIN_COUNT: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """``value_pages`` is where the line stands at the last sample, not the sample itself."""

    value_pages: float
    slope_pages_per_s: float

    def after_pages(self, seconds_s: float) -> float:
        """Where the line will stand.

        >>> Line(value_pages=500.0, slope_pages_per_s=-20.0).after_pages(10)
        300.0
        """
        return self.value_pages + self.slope_pages_per_s * seconds_s


def recent(track: Track) -> list[Sample]:
    """Up to eight samples, oldest first, the last of them the track's own last."""
    found = [track.before(back * STEP_S) for back in range(SAMPLES_COUNT - 1, 0, -1)]
    return list({sample.time_s: sample for sample in (*found, track.last)}.values())


def line_through(samples: list[Sample], pages_of: Callable[[Sample], int | None]) -> Line | None:
    """Least squares through the samples that tell; ``None`` with fewer than two."""
    told = [(sample.time_s, pages_of(sample)) for sample in samples]
    points = [(time_s - told[-1][0], pages) for time_s, pages in told if pages is not None]
    if len(points) < POINTS_MIN_COUNT:
        return None
    mean_s = sum(at_s for at_s, _ in points) / len(points)
    mean_pages = sum(pages for _, pages in points) / len(points)
    spread = sum((at_s - mean_s) ** 2 for at_s, _ in points)
    slope = sum((at_s - mean_s) * (pages - mean_pages) for at_s, pages in points) / spread
    return Line(value_pages=mean_pages - slope * mean_s, slope_pages_per_s=slope)
