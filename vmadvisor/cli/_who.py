"""``COMM_OR_PID=VALUE`` on a command line, and whether anybody has that name or id."""

from collections.abc import Callable, Iterable, Mapping

import click

from vmadvisor.cli._quantities import size_bytes
from vmadvisor.render.escape import terminal
from vmadvisor.snapshot import Snapshot

ADJ_MAX = 1000
_ADJ_DIGITS_MAX = 4


def parse_adjustments(texts: Iterable[str]) -> dict[str, int]:
    """``COMM_OR_PID=ADJ`` texts as a mapping; a name may itself hold ``=``."""
    return _parsed(texts, "COMM_OR_PID=ADJ", "--adjust", _adj)


def parse_growths(texts: Iterable[str]) -> dict[str, int]:
    """``PID_OR_COMM=SIZE`` texts as bytes."""
    return _parsed(texts, "PID_OR_COMM=SIZE", "--if-grows", size_bytes)


def _parsed(
    texts: Iterable[str], form: str, option: str, value_of: Callable[[str], int | None]
) -> dict[str, int]:
    found: dict[str, int] = {}
    for text in texts:
        who, _, word = text.rpartition("=")
        value = value_of(word) if who else None
        if value is None:
            raise click.BadParameter(f"{text!r}: expected {form}", param_hint=option)
        found[who] = value
    return found


def _adj(word: str) -> int | None:
    digits = word.removeprefix("-")
    if not (digits.isascii() and digits.isdigit()) or len(digits) > _ADJ_DIGITS_MAX:
        return None
    if abs(int(word)) > ADJ_MAX:
        raise click.BadParameter(
            f"{word!r}: oom_score_adj takes -1000 to 1000", param_hint="--adjust"
        )
    return int(word)


def name_unmatched(asked: Mapping[str, int], snapshot: Snapshot, option: str) -> None:
    """An answer to another question than was asked must not pass for one to this."""
    details = snapshot.processes.details if snapshot.processes is not None else {}
    known = {process.stat.comm for process in details.values()} | {str(pid) for pid in details}
    for who in asked.keys() - known:
        click.echo(
            f"vmadvisor: {option} {terminal(who)}: no process has this pid or name "
            "(the kernel keeps 15 bytes of a name)",
            err=True,
        )
