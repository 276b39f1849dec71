"""OOM reports wherever a kernel log is kept: a file, an archive, a directory, standard input, this host.

The first bytes decide what a file is: compressed or plain, an archive or a log. Where there are several
logs (a sosreport has the same messages three times) a report that was told by one is not told again.
"""

# ruff: noqa: PTH112 - bare os calls, as everywhere in collect

import os
from collections.abc import Iterable, Iterator
from typing import IO

from vmadvisor.collect.damage import DamageError
from vmadvisor.collect.decompress import Output
from vmadvisor.collect.journal import has_journal, journal_blocks, kmsg_blocks
from vmadvisor.collect.log_archive import Log, archive_logs, is_tar, salvaged
from vmadvisor.collect.log_blocks import line_blocks
from vmadvisor.collect.log_directory import directory_logs
from vmadvisor.collect.tree import reason_of
from vmadvisor.errors import RootError
from vmadvisor.snapshot import Gap
from vmadvisor.sources.oom_log import reports
from vmadvisor.sources.oom_report import OomReport

STANDARD_INPUT = "-"
KNOWN_MAX_COUNT = 100_000


def file_reports(
    path: str, gaps: list[Gap], *, stdin: IO[bytes] | None = None
) -> Iterator[OomReport]:
    """Reports of a file, a directory or standard input; ``RootError`` where it cannot be read at all.

    What breaks off, or cannot be read among others, is added to ``gaps``.
    """
    try:
        if path == STANDARD_INPUT:
            yield from _stream_reports(_given(stdin), gaps)
        elif os.path.isdir(path):
            yield from _of_many(directory_logs(path, gaps), gaps)
        else:
            with os.fdopen(os.open(path, os.O_RDONLY | os.O_CLOEXEC), "rb") as stream:
                yield from _stream_reports(stream, gaps)
    except OSError as error:
        raise RootError(f"{path}: {reason_of(error)}") from None
    except RootError as error:
        name = "standard input" if path == STANDARD_INPUT else path
        raise RootError(f"{name}: {error}") from None


def _given(stdin: IO[bytes] | None) -> IO[bytes]:
    if stdin is None:
        raise RootError("it is closed")
    return stdin


def host_reports(
    gaps: list[Gap], *, since: str | None = None, is_journal: bool = False
) -> Iterator[OomReport]:
    """Reports of this host's own log: the journal's, or the ring buffer's where there is no journal."""
    if is_journal or since is not None or has_journal():
        yield from reports(journal_blocks(since))
        return
    reason = "no journalctl here: only the kernel's ring buffer was read"
    gaps.append(
        Gap(path="/dev/kmsg", reason=reason, cost="what was overwritten since boot is not known")
    )
    yield from reports(kmsg_blocks())


def _stream_reports(stream: IO[bytes], gaps: list[Gap]) -> Iterator[OomReport]:
    output = Output(stream)
    if is_tar(output):
        yield from _of_many(archive_logs(output), gaps)
    else:
        yield from reports(_until_damage(line_blocks(salvaged(output)), "the log", gaps))


def _until_damage(blocks: Iterable[bytes], name: str, gaps: list[Gap]) -> Iterator[bytes]:
    """The blocks before the compressed form breaks off."""
    try:
        yield from blocks
    except DamageError as damage:
        cost = "what came later in it is not known"
        gaps.append(Gap(path=name, reason=f"it breaks off: {damage}", cost=cost))


def _of_many(logs: Iterator[Log], gaps: list[Gap]) -> Iterator[OomReport]:
    """Every report once, of several logs that may tell the same."""
    known: set[int] = set()
    is_empty = True
    for name, blocks in _logs_until_damage(logs, gaps):
        is_empty = False
        own: list[int] = []
        for report in reports(_until_damage(blocks, name, gaps)):
            mark = _mark(report)
            if mark not in known:
                yield report
            if len(known) + len(own) < KNOWN_MAX_COUNT:
                own.append(mark)
        known.update(own)
    if is_empty:
        raise RootError(
            "it holds no kernel log (dmesg, journalctl, messages, syslog, kern.log, pstore)"
        )


def _logs_until_damage(logs: Iterator[Log], gaps: list[Gap]) -> Iterator[Log]:
    try:
        yield from logs
    except DamageError as damage:
        cost = "logs that came later in it are not known"
        gaps.append(Gap(path="/", reason=f"the archive ends early: {damage}", cost=cost))


def _mark(report: OomReport) -> int:
    """Alike for one report in several logs, whose times are written differently."""
    tasks = report.table.tasks if report.table is not None else ()
    kills = tuple(
        (kill.pid_id, kill.comm, kill.total_vm_kib, kill.anon_rss_kib) for kill in report.kills
    )
    sizes = sum(task.rss_pages for task in tasks)
    return hash(
        (report.invoker_comm, report.invoker_pid_id, report.order, len(tasks), sizes, kills)
    )
