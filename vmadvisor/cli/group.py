"""The group of all commands, for click."""

from importlib import import_module
from keyword import iskeyword

import click

from vmadvisor import __version__
from vmadvisor.cli import COMMANDS


class _LazyGroup(click.Group):
    """Imports a command's module only when that command is called or its help is asked."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        del ctx
        if cmd_name not in COMMANDS:
            return None
        name = cmd_name.replace("-", "_")
        module = import_module(f"vmadvisor.cli.{name}{'_' * iskeyword(name)}")
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(
    cls=_LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 80},
    epilog="""\b
Examples:
  vmadvisor check                          this host, now
  vmadvisor check --root host.tar.zst      a captured host or a recording
  vmadvisor watermarks --set vm.watermark_scale_factor=100
  vmadvisor victims --adjust mysqld=-500

Nothing this program does changes the host, but for trial, which asks first and
takes its setting back, delays --enable-delayacct, likewise while it runs, and
install-timer --write, which writes units and enables none.""",
)
@click.version_option(__version__, prog_name="vmadvisor")
def cli() -> None:
    """Is this Linux host about to stall in direct reclaim, or to meet the OOM killer?"""
