"""What the reader of the live view asked for, and where in time he is."""

from vmadvisor.records import dataclass
from vmadvisor.render.live.processes import SORTS
from vmadvisor.render.live.rows import Characters


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What the reader asked for, and where in time he is.

    ``state``: "live", "replay", "paused" or "end". ``behind_count`` frames are newer than what is shown;
    ``speed`` is a recording's, ``None`` for this host.
    """

    width: int
    height: int
    sort: str = SORTS[0]
    state: str = "live"
    behind_count: int = 0
    speed: float | None = None
    is_help: bool = False
    is_unicode: bool = True

    @property
    def characters(self) -> Characters:
        """What the terminal can show."""
        return Characters(is_unicode=self.is_unicode)
