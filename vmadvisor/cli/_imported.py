"""What an import says: of each file what came of it, and of all what single files do not tell."""

import time

import click

from vmadvisor.cli._options import emit
from vmadvisor.errors import RootError
from vmadvisor.render.escape import terminal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from vmadvisor.history.imported import Imported
    from vmadvisor.history.store import Store


def added(add: "Callable[[str], Imported]", path: str) -> "Imported | None":
    """One file; why it was not taken goes to standard error."""
    try:
        found = add(path)
    except RootError as error:
        say(f"{error}; it is left out")
        return None
    emit(f"{terminal(path)}: {_words(found)}\n")
    for reason, count in found.gaps.items():
        say(f"{path}: {reason}{'' if count == 1 else f' ({count:,} times)'}")
    return found


def _words(found: "Imported") -> str:
    from vmadvisor.render.history import utc

    if found.first_utc_s is None or found.last_utc_s is None:
        return "no points"
    ends = f"{utc(found.first_utc_s)} to {utc(found.last_utc_s)}"
    replayed = f", {found.replayed_count:,} forecasts for calibrate --history"
    return (
        f"{found.points_count:,} points, {found.new_count:,} of them new, {ends}"
        f"{replayed if found.replayed_count else ''}"
    )


def summed(results: "Sequence[Imported | None]", store: "Store") -> None:
    """What is more than single files tell; ``RootError`` where a file was not taken."""
    taken = [one for one in results if one is not None]
    if len(taken) > 1:
        new_count = sum(one.new_count for one in taken)
        emit(f"{new_count:,} new points from {len(taken):,} files in {terminal(store.path)}\n")
    limit_utc_s = time.time() - store.kept_s()
    if any(one.first_utc_s is not None and one.first_utc_s < limit_utc_s for one in taken):
        days = store.kept_s() / 86_400
        say(f"what is older than {days:g} days goes with the next check of this host (--keep)")
    if len(taken) < len(results):
        raise RootError(f"{len(results) - len(taken)} of {len(results)} files were not taken")


def say(sentence: str) -> None:
    """On standard error."""
    click.echo(f"vmadvisor: {terminal(sentence)}", err=True)
