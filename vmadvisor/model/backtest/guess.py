"""What a simple rule says at one instant."""

from typing import Final

from vmadvisor.records import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Guess:
    """How near trouble (``score``, any scale: only the order counts), and whether the rule alarms.

    The score is ``None`` where the kernel does not tell what the rule needs.
    """

    score: float | None
    is_alarm: bool


SILENT: Final = Guess(score=None, is_alarm=False)
