"""What is broken in an archive, and what of it is lost."""

from typing import NamedTuple

from vmadvisor.snapshot import Gap

_LOSS_COST = "what happened there cannot be told"
_END_COST = "what came later in it is not known"
_SUMS_COST = "a number in it may be wrong"


class DamageError(Exception):
    """The archive cannot be read on from here; what came before stands."""


class Loss(NamedTuple):
    """A part that was passed over: why, and how many bytes of the archive, as it lies there."""

    reason: str
    lost_bytes: int

    def behind(self, earlier: "Loss | None") -> "Loss":
        """Both as one; the first reason stands for all."""
        if earlier is None:
            return self
        return Loss(earlier.reason, earlier.lost_bytes + self.lost_bytes)

    def gap(self, before_s: float | None, after_s: float | None) -> Gap:
        """As a gap; between which ticks, where there are any."""
        where = _between(before_s, after_s)
        reason = (
            f"the archive is damaged{where}: {self.reason}: {self.lost_bytes} bytes passed over"
        )
        return Gap(path="/", reason=reason, cost=_LOSS_COST)


def _between(before_s: float | None, after_s: float | None) -> str:
    if after_s is None:
        return ""
    return f" before {after_s} s" if before_s is None else f" between {before_s} s and {after_s} s"


def end_gap(damage: str) -> Gap:
    """An archive whose end is not there."""
    return Gap(path="/", reason=f"the archive ends early: {damage}", cost=_END_COST)


def sums_gap(count: int) -> Gap:
    """Compressed parts that decompress to something else than was compressed."""
    reason = f"{count} parts of the archive do not match their checksums"
    return Gap(path="/", reason=reason, cost=_SUMS_COST)
