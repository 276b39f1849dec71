"""``vmadvisor history``: what was kept of a host, listed, exported, or its file looked over."""

import time

import click

from vmadvisor.cli._options import DURATION, emit, stdout_style
from vmadvisor.errors import StateError

FORMATS = ("text", "csv", "json")
"""Those of ``render.history``."""

TABLES = ("points", "forecasts", "verdicts", "kills", "changes")
"""Those of ``render.history_csv``."""

_BY_HOUR_MAX_S = 2 * 86_400.0


@click.command(
    epilog="""\b
Examples:
  vmadvisor history                        the last 7 days, by day
  vmadvisor history --since 24h            by hour
  vmadvisor history --by point --last 5    the last five readings
  vmadvisor history --since 90d --format csv --what forecasts > said.csv
  vmadvisor history --check                whether the file is whole

\b
The file: history.sqlite in /var/lib/vmadvisor for root,
$XDG_STATE_HOME/vmadvisor for others. check and sample write it; delete it
whenever you like."""
)
@click.option(
    "--history",
    "path",
    type=click.Path(),
    metavar="PATH",
    help="The history's file.  [default: history.sqlite at its place]",
)
@click.option(
    "--since", "since_s", type=DURATION, default="7d", show_default=True, metavar="DURATION",
    help="How far back.",
)  # fmt: skip
@click.option(
    "--by",
    type=click.Choice(("hour", "day", "point")),
    help="A row for each.  [default: hour up to 2 days, else day]",
)
@click.option(
    "--last", "last_count", type=click.IntRange(min=1), default=48, show_default=True,
    help="How many rows per table at most; text only.",
)  # fmt: skip
@click.option(
    "--format", "format_", type=click.Choice(FORMATS), default="text", show_default=True,
    help="Output format.",
)  # fmt: skip
@click.option(
    "--what", type=click.Choice(TABLES), default="points", show_default=True,
    help="The table that CSV has.",
)  # fmt: skip
@click.option("--check", is_flag=True, help="List nothing: say whether the file is whole.")
def command(
    *,
    path: str | None,
    since_s: float,
    by: str | None,
    last_count: int,
    format_: str,
    what: str,
    check: bool,
) -> None:
    """List what was kept of this host: points, verdicts, kills, how forecasts did."""
    from vmadvisor.history.place import readable_path
    from vmadvisor.history.store import open_store
    from vmadvisor.render import history as output

    target = readable_path() if path is None else path
    with open_store(target, is_readonly=True) as store:
        if check:
            damage = store.damage()
            if damage:
                raise StateError(f"{target} is damaged: {'; '.join(damage)}")
            past = store.past()
            emit(output.whole(target, past))
            return
        since_utc_s = time.time() - since_s
        found = output.Listed(
            path=target,
            past=store.past(since_utc_s),
            gaps=store.gaps(since_utc_s),
            by=by or ("hour" if since_s <= _BY_HOUR_MAX_S else "day"),
            last_count=last_count,
            what=what,
        )
    emit(output.FORMATS[format_](found, stdout_style()))
