"""The moments that can be looked at again: a bounded ring, and which of them is shown."""

from collections.abc import Sequence
from itertools import islice

from vmadvisor.render.live.frame import Frame

KEPT_COUNT = 900
"""A quarter of an hour at one a second; a frame takes some 6 kB."""


class Past:
    """Follows the newest frame until it is paused or scrubbed."""

    __slots__ = ("_frames", "_kept_count", "_shown")

    def __init__(self, kept_count: int = KEPT_COUNT) -> None:
        self._kept_count = kept_count
        self._frames: list[Frame] = []
        self._shown: int | None = None

    def __len__(self) -> int:
        return len(self._frames)

    @property
    def is_following(self) -> bool:
        """True while the newest frame is what is shown."""
        return self._shown is None

    @property
    def behind_count(self) -> int:
        """Frames that are newer than the one that is shown."""
        return 0 if self._shown is None else len(self._frames) - 1 - self._shown

    def add(self, frame: Frame) -> None:
        """Takes the newest in; the oldest goes. What is shown stays, unless it was the oldest."""
        self._frames.append(frame)
        over_count = len(self._frames) - self._kept_count
        if over_count > 0:
            del self._frames[:over_count]
            if self._shown is not None:
                self._shown = max(0, self._shown - over_count)

    def pause(self) -> None:
        """Stays at the frame that is shown."""
        if self._shown is None and self._frames:
            self._shown = len(self._frames) - 1

    def follow(self) -> None:
        """Shows the newest again, and the next ones."""
        self._shown = None

    def move(self, count: int) -> None:
        """Back (less than 0) or forth, as far as there is anything; pauses."""
        self.pause()
        if self._shown is not None:
            self._shown = min(max(0, self._shown + count), len(self._frames) - 1)

    def trail(self, most_count: int) -> Sequence[Frame]:
        """The last frames up to the one that is shown, oldest first."""
        end = len(self._frames) if self._shown is None else self._shown + 1
        return list(islice(self._frames, max(0, end - most_count), end))
