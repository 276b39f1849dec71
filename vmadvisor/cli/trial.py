"""``vmadvisor trial``: one setting in force for some minutes, watched against what was foretold, taken back."""

import os
import sys
import time
from contextlib import suppress

import click

from vmadvisor.apply.setting_file import ApplyError
from vmadvisor.apply.watchdog import Watchdog
from vmadvisor.cli._options import Seconds, config_option, emit, stdout_style

TYPE_CHECKING = False
if TYPE_CHECKING:
    from vmadvisor.cli._trial_choice import Choice, Refused

NOT_WHOLE = 3
MINUTES_MAX, SECONDS_MAX = 120, 3600
YES = "yes"


@click.command(
    epilog="""\b
Examples:
  sudo vmadvisor trial                      the first recommendation of advise
  sudo vmadvisor trial VMA-SWAPPINESS-001 --minutes 30
  sudo vmadvisor trial --set vm.swappiness=10 --dry-run
  sudo vmadvisor trial --undo               what a crash left in force

\b
Tried is what one write sets and another takes back: vm.* that rules know,
limits of a cgroup, oom_score_adj of one process, min_ttl_ms. Taken back at
the end, on harm (an OOM kill, one becoming likely, stalls beyond what was
before and was foretold), on Ctrl-C, and by a watchdog after kill -9. Exits 0
where the setting stood for the whole time without harm, or nothing needs a
change; else 3."""
)
@click.argument("named", required=False, metavar="[ID|KEY]")
@click.option("--set", "given", metavar="KEY=VALUE", help="Try this, recommended or not.")
@click.option(
    "--minutes",
    "minutes",
    type=Seconds(min=0.01, max=MINUTES_MAX),
    default=10.0,
    show_default=True,
    help="How long it is in force.",
)
@click.option(
    "--baseline",
    "baseline_s",
    type=Seconds(min=1, max=SECONDS_MAX),
    default=60.0,
    show_default=True,
    metavar="SECONDS",
    help="How long to watch before the write.",
)
@click.option(
    "--seconds",
    "seconds_s",
    type=Seconds(min=1, max=SECONDS_MAX),
    default=20.0,
    show_default=True,
    metavar="SECONDS",
    help="How long advise watches, to foretell.",
)
@config_option
@click.option("--dry-run", is_flag=True, help="Say what would be written; write nothing at all.")
@click.option("--yes", "is_agreed", is_flag=True, help="Do not ask.")
@click.option("--undo", "is_undo", is_flag=True, help="Take back what a trial left in force.")
@click.option(
    "--format",
    "format_",
    type=click.Choice(("text", "json")),
    default="text",
    show_default=True,
    help="Output format.",
)
@click.option("--prefix", default="", hidden=True, help="Before every path that is written.")
def command(
    *,
    named: str | None,
    given: str | None,
    minutes: float,
    baseline_s: float,
    seconds_s: float,
    config: str | None,
    dry_run: bool,
    is_agreed: bool,
    is_undo: bool,
    format_: str,
    prefix: str,
) -> int:
    """Try one recommendation for some minutes and take it back: predicted against measured."""
    if is_undo:
        return _undo(prefix)
    if named is not None and given is not None:
        raise click.UsageError("either a recommendation or --set, not both")
    if not dry_run and not prefix and os.geteuid() != 0:
        raise ApplyError("a trial writes the kernel's settings: run it as root, or with --dry-run")
    # Forked while this process is small; until it is armed it only waits.
    watchdog = None if dry_run else Watchdog()
    try:
        choice, refused, page_bytes = _choice(named, given, seconds_s, config, prefix)
        for one in refused:
            _say(f"{one.reason}; by hand: {one.command} (undo: {one.undo})")
        if choice is None:
            return _nothing(named, refused)
        previous = _previous(choice)
        _say_plan(choice, previous, page_bytes, baseline_s, minutes * 60)
        if watchdog is None:
            _say("dry run: nothing was written")
            return 0
        _ask(is_agreed=is_agreed)
        from vmadvisor.cli._trial_run import run
        from vmadvisor.render.trial import FORMATS

        report = run(
            choice,
            previous,
            baseline_s=baseline_s,
            seconds_s=minutes * 60,
            watchdog=watchdog,
            prefix=prefix,
            say=_say,
        )
    finally:
        if watchdog is not None:
            watchdog.dismiss()
    if report.no_timer is not None and report.written is not None:
        _say(f"no systemd timer stood behind the watchdog: {report.no_timer}")
    emit(FORMATS[format_](report, page_bytes, stdout_style()))
    return 0 if report.is_whole else NOT_WHOLE


def _choice(
    named: str | None, given: str | None, seconds_s: float, config: str | None, prefix: str
) -> "tuple[Choice | None, tuple[Refused, ...], int | None]":
    from vmadvisor.cli import _trial_choice
    from vmadvisor.cli.advise import report_and_watch

    _say(f"watching this host for {seconds_s:g} s")
    report, snapshot, watched = report_and_watch("/", seconds_s=seconds_s, last_s=1, config=config)
    page_bytes = report.host.page_size_bytes
    if given is not None:
        return _trial_choice.given(given, watched, snapshot, prefix), (), page_bytes
    choice, refused = _trial_choice.chosen(report, snapshot, named, prefix)
    return choice, refused, page_bytes


def _nothing(named: str | None, refused: "tuple[Refused, ...]") -> int:
    if named is not None:
        reason = "cannot be tried" if refused else "not recommended here"
        raise ApplyError(f"{named}: {reason}; nothing was written")
    emit("Nothing of what is recommended can be tried.\n" if refused else "No change needed.\n")
    return 0


def _previous(choice: "Choice") -> str:
    """What stands there now; an error where it is that already, or may not be written."""
    file = choice.target.file
    try:
        previous = file.read()
    except OSError as error:
        raise ApplyError(f"{file.path}: {error.strerror or error}") from None
    if choice.expected is not None and previous != choice.expected:
        raise ApplyError(
            f"{choice.target.key} was {choice.expected} when the advice was made and is {previous}: "
            "somebody else set it; nothing was written"
        )
    if previous == choice.target.value:
        raise ApplyError(f"{choice.target.key} is {previous} already: there is nothing to try")
    return previous


def _say_plan(
    choice: "Choice", previous: str, page_bytes: int | None, baseline_s: float, trial_s: float
) -> None:
    from shlex import quote

    from vmadvisor.render.trial import plan_text

    file = choice.target.file
    text = plan_text(
        key=choice.target.key,
        path=file.path,
        previous=previous,
        value=choice.target.value,
        claim=choice.claim,
        risk=choice.risk,
        predicted=choice.predicted,
        page_size_bytes=page_bytes,
        baseline_s=baseline_s,
        seconds_s=trial_s,
        undo=f"echo {previous} > {quote(file.path)}, or vmadvisor trial --undo",
        remark=choice.target.remark,
    )
    click.echo(text, err=True, nl=False)


def _ask(*, is_agreed: bool) -> None:
    if is_agreed:
        return
    if sys.stdin is None or not sys.stdin.isatty():
        raise ApplyError("nobody can be asked (no terminal): give --yes; nothing was written")
    click.echo(f"Type {YES} to go on: ", err=True, nl=False)
    if sys.stdin.readline().strip() != YES:
        raise ApplyError("not agreed; nothing was written")


def _undo(prefix: str) -> int:
    from vmadvisor.apply.trying import undo_left

    left, back = undo_left(prefix)
    if left is None:
        _say("no trial is in force")
        return 0
    if back is None:
        _say(f"{left.key}: a reboot took it back")
        return 0
    words = {
        "restored": f"{left.path} is {back.now} again",
        "untouched": f"{left.path} was {back.now} again already",
        "vanished": f"{left.path} is gone: nothing to take back",
        "foreign": f"{left.path} was set to {back.now} by somebody else: left alone (before: {left.previous})",
        "failed": f"{left.path} could not be set back to {left.previous}: {back.now}",
    }
    _say(words[back.came])
    return 0 if back.is_previous else NOT_WHOLE


def _say(sentence: str) -> None:
    """Nobody who cannot be told keeps a trial from being taken back."""
    from vmadvisor.render.escape import terminal

    with suppress(OSError, ValueError):
        click.echo(f"vmadvisor: {time.strftime('%H:%M:%S')} {terminal(sentence)}", err=True)
