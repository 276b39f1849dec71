"""What a host's log says between reports: which kernel booted, how much swap it has, whom the killer took."""

from collections import deque

from vmadvisor.sources import oom_report_text as text_of

EARLIER_MAX_COUNT = 64


class LogHost:
    """What a host's log said before a report: its kernel, its swap, whom the killer took."""

    __slots__ = ("kills", "release", "swap_kib")

    def __init__(self) -> None:
        self.kills: deque[tuple[int, str]] = deque(maxlen=EARLIER_MAX_COUNT)
        self.release: str | None = None
        self.swap_kib: int | None = None

    def hear(self, text: str) -> None:
        """A line outside of reports: a boot, or swap that is switched on."""
        booted = text_of.LINUX_VERSION.match(text)
        if booted is not None:
            self.release, self.swap_kib = booted[1], None
            self.kills.clear()
            return
        added = text_of.SWAP_ON.match(text)
        if added is not None:
            self.swap_kib = (self.swap_kib or 0) + int(added[1])
