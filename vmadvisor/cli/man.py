"""``vmadvisor man``: manual pages made of the commands' own help, so that there is one source."""

import re
from collections.abc import Iterator

import click

from vmadvisor import __version__
from vmadvisor.cli import COMMANDS
from vmadvisor.cli._options import emit
from vmadvisor.render.man_page import ManPage, Section, render

PROGRAM = "vmadvisor"
_PREFORMATTED = "\b"
_EXAMPLES = ("Example:", "Examples:")
_EXIT_STATUS = re.compile(r"Exit status: ", re.IGNORECASE)

EXIT_STATUS = (
    ("0", "All went well; of check: OK."),
    ("1", "Of check alone: WARNING."),
    ("2", "Of check alone: CRITICAL."),
    ("3", "Any error, in any command, a wrong option too; of check: UNKNOWN."),
)
FILES = (
    (
        "/etc/vmadvisor.toml",
        "Targets, critical services, rules to ignore, how long the history is kept; need not be there.",
    ),
    (
        "/var/lib/vmadvisor/calibration.json, $XDG_STATE_HOME/vmadvisor/calibration.json",
        "This host's own correction of the forecasts, as vmadvisor calibrate writes it.",
    ),
    ("/proc, /sys", "What is read. Never cmdline, environ, smaps or maps of a process."),
)
ENVIRONMENT = (
    ("NO_COLOR", "Set: no colour."),
    ("TERM", "dumb: no colour, and lines instead of a full screen."),
    ("COLUMNS, LINES", "The size of the full screen, where they are set."),
    ("XDG_STATE_HOME", "Where an unprivileged user's calibration lies; ~/.local/state without it."),
)


@click.command(
    epilog="""\b
Examples:
  vmadvisor man | man -l -                     the whole program
  vmadvisor man check | man -l -               one command
  vmadvisor man watch > vmadvisor-watch.1

The pages are made of the same words as --help."""
)
@click.argument(
    "command_name", metavar="[COMMAND]", required=False, type=click.Choice(tuple(COMMANDS))
)
def command(*, command_name: str | None) -> None:
    """Print a manual page, of the program or of one command, for man -l."""
    emit(render(page_of(command_name)))


def page_of(name: str | None) -> ManPage:
    """The page of a command; of the whole program where there is no name."""
    from vmadvisor.cli.group import cli

    top = click.Context(cli, info_name=PROGRAM, **cli.context_settings)
    if name is None:
        return _page(cli, top, PROGRAM, (_commands(),))
    found = cli.get_command(top, name)
    if found is None:
        raise click.UsageError(f"no such command: {name}")
    context = click.Context(found, info_name=name, parent=top)
    return _page(found, context, f"{PROGRAM}-{name}", tuple(_subcommands(found, context)))


def _subcommands(group: click.Command, context: click.Context) -> Iterator[Section]:
    """Of a command that has commands of its own, each with its options, examples and notes."""
    if not isinstance(group, click.Group):
        return
    for name, one in group.commands.items():
        own = click.Context(one, info_name=name, parent=context)
        usage = " ".join(one.collect_usage_pieces(own))
        examples, notes, _ = _epilog(one.epilog or "")
        yield Section(
            title=f"THE COMMAND {name}",
            verbatim=(f"{own.command_path} {usage}", "", *examples),
            paragraphs=(one.help or "", *(n if isinstance(n, str) else " ".join(n) for n in notes)),
            items=_options(one, own),
        )


def _page(
    command: click.Command, context: click.Context, name: str, more: tuple[Section, ...]
) -> ManPage:
    words = " ".join((command.help or "").split())
    usage = " ".join(command.collect_usage_pieces(context))
    summary = COMMANDS.get(name.removeprefix(f"{PROGRAM}-"), words)
    examples, notes, status = _epilog(command.epilog or "")
    sections = (
        Section(title="SYNOPSIS", verbatim=(f"{context.command_path} {usage}",)),
        Section(title="DESCRIPTION", paragraphs=(words,)),
        *more,
        Section(title="OPTIONS", items=_options(command, context)),
        Section(title="EXAMPLES", verbatim=examples),
        Section(title="NOTES", paragraphs=tuple(n for n in notes if isinstance(n, str))),
        *(Section(title="DETAILS", verbatim=n) for n in notes if not isinstance(n, str)),
        Section(title="EXIT STATUS", paragraphs=status, items=EXIT_STATUS if not status else ()),
        Section(title="FILES", items=FILES),
        Section(title="ENVIRONMENT", items=ENVIRONMENT),
        Section(title="SEE ALSO", paragraphs=(_see_also(name),)),
    )
    return ManPage(
        name=name,
        version=__version__,
        summary=summary.rstrip(".?"),
        sections=tuple(one for one in sections if one.paragraphs or one.items or one.verbatim),
    )


def _commands() -> Section:
    items = tuple((f"{PROGRAM} {name}", words) for name, words in COMMANDS.items())
    return Section(title="COMMANDS", items=items)


def _options(command: click.Command, context: click.Context) -> tuple[tuple[str, str], ...]:
    """As ``--help`` has them, defaults included."""
    records = (parameter.get_help_record(context) for parameter in command.get_params(context))
    return tuple(record for record in records if record is not None)


def _epilog(
    text: str,
) -> tuple[tuple[str, ...], tuple[str | tuple[str, ...], ...], tuple[str, ...]]:
    """(examples, other paragraphs: text, or lines that stay as they are, what the exit status tells)."""
    examples: tuple[str, ...] = ()
    notes: list[str | tuple[str, ...]] = []
    status: list[str] = []
    for paragraph in re.split(r"\n\s*\n", text):
        lines = tuple(paragraph.strip("\n").split("\n"))
        lines = lines[1:] if lines[0].strip(" ") == _PREFORMATTED else lines
        is_kept = any("  " in line for line in lines)
        words = " ".join(paragraph.replace(_PREFORMATTED, "").split())
        if lines and lines[0] in _EXAMPLES:
            examples = tuple(line.removeprefix("  ") for line in lines[1:])
        elif _EXIT_STATUS.match(words):
            status.append(_EXIT_STATUS.sub("", words, count=1))
        elif words:
            notes.append(lines if is_kept else words)
    return examples, tuple(notes), tuple(status)


def _see_also(name: str) -> str:
    if name == PROGRAM:
        return ", ".join(f"{PROGRAM}-{other}(1)" for other in COMMANDS)
    return f"{PROGRAM}(1), proc(5), sysctl(8)"
