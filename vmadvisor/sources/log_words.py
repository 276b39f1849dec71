"""The lines of a text that can matter, found by the words they hold: the others are never looked at."""

LINE_WORDS = ("oom-kill", " invoked", "Mem-Info:", "memory: usage ", "Tasks state", "ill process",
               "illed process", "no killable", "memory.oom.group", "Kernel panic", " pid ",
               "Linux version ", "k swap on ")  # fmt: skip
"""What a line must hold to begin a report, or to tell of the host."""


class Words:
    """Where in a text the next line is that can matter."""

    __slots__ = ("_places", "_text")

    def __init__(self, text: str) -> None:
        self._text = text
        self._places = {word: text.find(word) for word in LINE_WORDS}

    def next_line(self, position: int) -> int:
        """Where the line with the next word begins, not before ``position``; -1 where there is none."""
        for word, place in self._places.items():
            if 0 <= place < position:
                self._places[word] = self._text.find(word, position)
        found = min((place for place in self._places.values() if place >= 0), default=-1)
        return found if found < 0 else max(self._text.rfind("\n", position, found) + 1, position)
