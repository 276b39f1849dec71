"""Of a stream whose length nobody knows as many as can be kept, evenly spread."""

from typing import Generic, TypeVar

T = TypeVar("T")


class Halved(Generic[T]):
    """Keeps every n-th of what it is offered; where that grows too many every other goes, and n doubles."""

    def __init__(self, most_count: int) -> None:
        self.kept: list[T] = []
        self._most_count = most_count
        self._step_count = 1
        self._offered_count = 0

    def is_wanted(self) -> bool:
        """Whether the next is kept; counts it."""
        self._offered_count += 1
        return (self._offered_count - 1) % self._step_count == 0

    def keep(self, one: T) -> None:
        """Takes one that was wanted."""
        self.kept.append(one)
        if len(self.kept) > self._most_count:
            del self.kept[1::2]
            self._step_count *= 2
