"""A progress bar on standard error, where that is a terminal; nothing elsewhere."""

import sys
from collections.abc import Iterable, Iterator
from typing import TypeVar

T = TypeVar("T")


def shown(items: Iterable[T], total_count: int, what: str) -> Iterator[T]:
    """The items, while the bar counts them."""
    if sys.stderr is None or not sys.stderr.isatty():
        yield from items
        return
    from rich.console import Console
    from rich.progress import track

    console = Console(stderr=True, soft_wrap=True)
    yield from track(items, what, total=total_count, console=console, transient=True)
