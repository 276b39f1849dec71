"""``/etc/default/earlyoom``: a shell assignment of the daemon's arguments (earlyoom's ``earlyoom.default``).

EARLYOOM_ARGS="-r 3600 --avoid '(^|/)(init|sshd)$' --prefer '^java$' --sort-by-rss"

Options as ``main.c`` of earlyoom 1.8 knows them; only those that choose a victim are kept.
"""

import re
import shlex

from vmadvisor.errors import ParseError
from vmadvisor.records import dataclass

_NAME = "EARLYOOM_ARGS"
_REGEX_MAX_CHARS = 1000
_VALUED = {"--prefer": "prefer", "--avoid": "avoid", "--ignore": "ignore"}
_FLAGS = {"--sort-by-rss": "sorts_by_rss", "--ignore-root-user": "ignores_root"}


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlyoomArgs:
    """Regular expressions are extended POSIX ones, for the name of a process, and are checked here."""

    prefer: str | None = None
    avoid: str | None = None
    ignore: str | None = None
    sorts_by_rss: bool = False
    ignores_root: bool = False


def parse(text: str) -> EarlyoomArgs:
    r"""Text in, record out; no assignment means no arguments.

    >>> parse("# one\nEARLYOOM_ARGS=\"-m 5 --avoid '^ssh' --sort-by-rss\"\n").avoid
    '^ssh'
    """
    found: dict[str, str | bool] = {}
    words = iter(_arguments(text))
    for word in words:
        name, has_value, value = word.partition("=")
        if name in _VALUED:
            found[_VALUED[name]] = _regex(value if has_value else next(words, ""))
        elif word in _FLAGS:
            found[_FLAGS[word]] = True
    return EarlyoomArgs(**found)  # type: ignore[arg-type]


def _arguments(text: str) -> list[str]:
    """The last assignment's words."""
    value = ""
    try:
        for line in text.splitlines():
            name, is_assigned, rest = line.strip().partition("=")
            if is_assigned and name.removeprefix("export ").strip() == _NAME:
                value = " ".join(shlex.split(rest, comments=True)[:1])
        return shlex.split(value)
    except ValueError as error:
        raise ParseError(f"{_NAME}: {error}") from None


def _regex(pattern: str) -> str:
    """What Python reads as the C library does; bracket classes it would misread."""
    if len(pattern) > _REGEX_MAX_CHARS or "[:" in pattern or "[." in pattern or "[=" in pattern:
        raise ParseError(f"a regular expression that is not understood: {pattern[:60]!r}")
    try:
        re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        raise ParseError(f"a regular expression that is not understood: {error}") from None
    return pattern
