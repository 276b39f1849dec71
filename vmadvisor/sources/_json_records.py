"""Records of a long JSON text as they come: what is whole is taken, what is spoilt or cut off is said.

Collectors print hosts with an array of records each. Such a text can be longer than memory, break off, and hold
a name that breaks it, so it is not decoded as one.
"""

import json
import re
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import ClassVar, Generic, TypeVar

from vmadvisor.errors import ParseError

Item = TypeVar("Item")

HEAD_MAX_CHARS = 2**20
RECORD_MAX_CHARS = 4 * 2**20
"""A record of a host with thousands of disks and CPUs takes some hundred kB."""

_SPACE = re.compile(r"[\s,]*")
_KEY_CHARS = 64

RECORD_DAMAGED = "a record is damaged"
RECORD_LONG = "a record is longer than any that is printed: what follows is not read"
BREAKS_OFF = "it breaks off: what is whole was taken"


class JsonRecords(ABC, Generic[Item]):
    """Text in, in pieces of any size; items out. ``gaps`` counts what was lost.

    Of a kind of text are: what was expected, in words; what begins its array of records, a record, and what
    stands behind the records; and what to make of the text before the array, of a record, and of the tail.
    """

    __slots__ = ("_position", "_state", "_text", "gaps")

    _wanted: ClassVar[str]
    _records_begin: ClassVar[re.Pattern[str]]
    _record_begins: ClassVar[re.Pattern[str]]
    _tail_begins: ClassVar[re.Pattern[str]]

    def __init__(self) -> None:
        self.gaps: Counter[str] = Counter()
        self._text = ""
        self._position = 0
        self._state: Callable[[], list[Item] | None] = self._head

    @abstractmethod
    def _head_of(self, head: str) -> list[Item]:
        """What the text before an array of records tells."""

    @abstractmethod
    def _item_of(self, found: Mapping[str, object]) -> Item | None:
        """What a record tells."""

    @abstractmethod
    def _tail(self) -> list[Item] | None:
        """Behind an array of records: items, or ``None`` where more text is needed."""

    def feed(self, text: str) -> Iterator[Item]:
        """What has become whole with this piece."""
        self._text = self._text[self._position :] + text
        self._position = 0
        while (found := self._state()) is not None:
            yield from found

    def end(self) -> None:
        """Nothing follows: notes what is missing. Raises ``ParseError`` where there was no host at all."""
        if self._state == self._head:
            raise ParseError(f"expected what {self._wanted}")
        if self._state == self._records:
            self.gaps[BREAKS_OFF] += 1

    def _head(self) -> list[Item] | None:
        match = self._records_begin.search(self._text, self._position)
        if match is None:
            if len(self._text) > HEAD_MAX_CHARS:
                raise ParseError(f"expected what {self._wanted}")
            return None
        head = self._text[self._position : match.start()]
        self._position, self._state = match.end(), self._records
        return self._head_of(head)

    def _records(self) -> list[Item] | None:
        start = self._start()
        if start is None:
            return None
        if self._text[start] == "]":
            self._position, self._state = start + 1, self._tail
            return []
        found, end = decoded(self._text, start)
        if end is None:
            return self._damaged(start)
        self._position = end
        item = self._item_of(found) if isinstance(found, dict) else None
        return [] if item is None else [item]

    def _damaged(self, start: int) -> list[Item] | None:
        """Goes on at the next record, at what stands behind the records, or waits for more text."""
        for pattern, state in (
            (self._record_begins, self._records),
            (self._tail_begins, self._tail),
        ):
            match = pattern.search(self._text, start + 1)
            if match is not None:
                self.gaps[RECORD_DAMAGED] += 1
                self._position, self._state = match.start(), state
                return []
        if len(self._text) - start > RECORD_MAX_CHARS:
            self.gaps[RECORD_LONG] += 1
            self._state = self._rest
        return None

    def _keep_key(self) -> None:
        """Drops the text but its end, in which a key may have begun."""
        self._position = max(self._position, len(self._text) - _KEY_CHARS)

    def _rest(self) -> None:
        self._position = len(self._text)

    def _start(self) -> int | None:
        match = _SPACE.match(self._text, self._position)
        start = self._position if match is None else match.end()
        return start if start < len(self._text) else None


_DECODER = json.JSONDecoder(parse_constant=lambda _: None)


def decoded(text: str, start: int) -> tuple[object, int | None]:
    """(value, where it ends); no end where it is damaged, or not all there yet."""
    try:
        return _DECODER.raw_decode(text, start)
    except (ValueError, RecursionError):
        return None, None


def object_in(text: str) -> dict[str, object] | None:
    """The object that begins first."""
    start = text.find("{")
    found, _ = decoded(text, start) if start >= 0 else (None, None)
    return found if isinstance(found, dict) else None
