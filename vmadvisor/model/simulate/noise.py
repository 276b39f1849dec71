"""Chance that is the same every time: a what-if asked twice has one answer."""

from math import cos, log, pi, sqrt

_MASK = (1 << 64) - 1
_ONE = 1 << 53


class Noise:
    """A 64-bit xorshift* sequence from a seed (Marsaglia 2003, Vigna 2016)."""

    __slots__ = ("_state",)

    def __init__(self, seed: int) -> None:
        self._state = (seed * 0x9E3779B97F4A7C15 + 0x2545F4914F6CDD1D) & _MASK or 1
        for _ in range(4):
            self.share()

    def share(self) -> float:
        """A number from 0 up to 1, evenly.

        >>> noise = Noise(7)
        >>> all(0 <= noise.share() < 1 for _ in range(1000))
        True
        """
        state = self._state
        state ^= state >> 12
        state ^= (state << 25) & _MASK
        state ^= state >> 27
        self._state = state
        return ((state * 0x2545F4914F6CDD1D & _MASK) >> 11) / _ONE

    def normal(self) -> float:
        """A standard normal number (Box and Muller).

        >>> noise = Noise(7)
        >>> drawn = [noise.normal() for _ in range(4000)]
        >>> abs(sum(drawn) / 4000) < 0.05
        True
        """
        return sqrt(-2 * log(1 - self.share())) * cos(2 * pi * self.share())
