"""``vmadvisor import``: what others kept of this host, added to its history."""

import os
import time
from collections import Counter
from collections.abc import Sequence

import click

from vmadvisor.cli._imported import added, say, summed
from vmadvisor.cli._options import DURATION

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vmadvisor.history.imported import Imported
    from vmadvisor.history.store import Store


@click.group(
    epilog="""\b
Examples:
  vmadvisor import sar                     all that sysstat kept of this host
  vmadvisor import sar /srv/old/sa26 day.json
  vmadvisor import pcp                     all that PCP's pmlogger kept of it
  vmadvisor import recording rec.tar.zst
  sadf -j sa26 -- -B -W -r ALL -S -q MEM,IO | vmadvisor import sar -

What is in the history already is left alone, so the same may be imported again
and again. No verdict rests on it; calibrate --history learns from PCP's records
where they lie 15 s or less apart."""
)
def command() -> None:
    """Add what others kept of this host to the history: sysstat's or PCP's archives, recordings."""


_history_option = click.option(
    "--history",
    type=click.Path(),
    metavar="PATH",
    help="The history's file.  [default: history.sqlite at its place]",
)
_host_option = click.option(
    "--host",
    "names",
    multiple=True,
    metavar="NAME",
    help="Take files of a host of this name too, as this one was called once.",
)


@command.command(
    "sar",
    epilog="""\b
Examples:
  vmadvisor import sar
  vmadvisor import sar /var/log/sysstat/sa26
  vmadvisor import sar --host old-name sa26.json

\b
FILE is what sadf -j printed (- for standard input; in UTC, so without -t, -T),
or an archive that sadf of this host can read (gzip, xz, zstd are unpacked).
Kept are: page scans by kswapd and by tasks, major faults, swap traffic, PSI,
and memory free, available, shared, swap. What sysstat does not tell is absent:
direct reclaims, marks, who freed pages, OOM kills.""",
)
@click.argument("paths", metavar="[FILE|DIR]...", nargs=-1, type=click.Path())
@_host_option
@_history_option
def sar(*, paths: tuple[str, ...], names: tuple[str, ...], history: str | None) -> None:
    """Add sysstat's archives, by default all of /var/log/sysstat or /var/log/sa."""
    from vmadvisor.collect.sar_files import default_paths
    from vmadvisor.history.sar_import import SarImport

    listed = _listed(paths) if paths else [*default_paths()]
    with _opened(history) as store:
        run = SarImport(store, _own_names(store, names))
        results = [added(run.add, path) for path in listed]
        summed(results, store)


@command.command(
    "pcp",
    epilog="""\b
Examples:
  vmadvisor import pcp
  vmadvisor import pcp --since 7d /var/log/pcp/pmlogger/db1
  vmadvisor import pcp 20261127.00.10 day.json
  pcp2json -a A -r -E -5 -Z UTC -f '%Y-%m-%d %H:%M:%S.%f' mem.util \\
    mem.vmstat mem.zoneinfo mem.physmem hinv.pagesize kernel.uname \\
    kernel.all.pressure kernel.all.boottime kernel.all.uptime > day.json

\b
ARCHIVE is one that pmrep of this host can read, by its name or one of its
parts (.meta, .index, .0); FILE is what pcp2json printed where the archive lies
(- for standard input): raw (-r), in UTC, in no other units.
Kept are the counters themselves: scans, direct reclaims, swap traffic, faults,
refaults, PSI, OOM kills; and memory by kind, and zones against their marks.
What was not logged is absent.""",
)
@click.argument("paths", metavar="[ARCHIVE|DIR|FILE]...", nargs=-1, type=click.Path())
@click.option(
    "--since", "since_s", type=DURATION, metavar="DURATION",
    help="Only what is not older than this.  [default: all]",
)  # fmt: skip
@_host_option
@_history_option
def pcp(
    *,
    paths: tuple[str, ...],
    since_s: float | None,
    names: tuple[str, ...],
    history: str | None,
) -> None:
    """Add PCP's archives, by default all of /var/log/pcp/pmlogger/HOSTNAME."""
    from vmadvisor.collect.pcp_files import default_paths, pcp_paths
    from vmadvisor.history.pcp_import import PcpImport

    listed = [one for path in paths for one in pcp_paths(path)] if paths else default_paths()
    with _opened(history) as store:
        since_utc_s = None if since_s is None else time.time() - since_s
        run = PcpImport(store, _own_names(store, names), since_utc_s)
        summed([added(run.add, path) for path in listed], store)


@command.command(
    "recording",
    epilog="""\b
Examples:
  vmadvisor import recording rec.tar.zst
  vmadvisor import recording --history db1.sqlite --host db1 *.tar.zst

Kept are its counters and gauges, 2000 points at most, and its OOM kills. For a
forecast that is corrected by recordings there is vmadvisor calibrate.""",
)
@click.argument("paths", metavar="FILE...", nargs=-1, required=True, type=click.Path())
@_host_option
@_history_option
def recording(*, paths: tuple[str, ...], names: tuple[str, ...], history: str | None) -> None:
    """Add recordings of this host, as vmadvisor record makes them."""
    with _opened(history) as store:
        known = _own_names(store, names)
        results = [added(lambda path: _recorded(store, path, known), path) for path in paths]
        summed(results, store)


def _recorded(store: "Store", path: str, names: Sequence[str]) -> "Imported":
    from vmadvisor.history.imported import imported, require_ours
    from vmadvisor.replay.recorded_points import recorded_points

    found = recorded_points(path)
    require_ours(path, found.host.hostname, names)
    new_count = store.append_points(found.points, found.host)
    gaps = Counter(f"{gap.path}: {gap.reason}: {gap.cost}" for gap in found.gaps)
    return imported(path, found.points, new_count, gaps)


def _listed(paths: Sequence[str]) -> list[str]:
    from vmadvisor.collect.sar_files import sar_paths

    return [found for path in paths for found in sar_paths(path)]


def _opened(history: str | None) -> "Store":
    from vmadvisor.history.place import default_path
    from vmadvisor.history.store import open_store

    store = open_store(default_path() if history is None else history)
    for note in store.notes:
        say(note)
    return store


def _own_names(store: "Store", names: Sequence[str]) -> list[str]:
    """The history's host, this one for a new history, and the other names it is said to have had."""
    known = [host.hostname for host in store.hosts() if host.hostname]
    return [known[-1] if known else os.uname().nodename, *names]
