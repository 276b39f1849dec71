"""``vmadvisor completion``: what a shell needs to complete our commands and options."""

import click
from click.shell_completion import get_completion_class

from vmadvisor.cli._options import emit


@click.command(
    epilog="""\b
Examples:
  vmadvisor completion bash > /etc/bash_completion.d/vmadvisor
  eval "$(vmadvisor completion zsh)"
  vmadvisor completion fish > ~/.config/fish/completions/vmadvisor.fish"""
)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def command(*, shell: str) -> None:
    """Print the completion script for SHELL."""
    from vmadvisor.cli.group import cli

    found = get_completion_class(shell)
    if found is None:
        raise click.ClickException(f"no completion for {shell}")
    emit(found(cli, {}, "vmadvisor", "_VMADVISOR_COMPLETE").source() + "\n")
