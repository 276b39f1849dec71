"""``vmadvisor pyz``: the light core as one file, for hosts with a bare Python and nothing else."""

from pathlib import Path

import click

from vmadvisor.collect.pyz import build
from vmadvisor.errors import RootError


@click.command(
    epilog="""\b
Examples:
  vmadvisor pyz vmadvisor.pyz
  scp vmadvisor.pyz host: && ssh host python3 vmadvisor.pyz check

It holds vmadvisor, click, rich and jinja2; .tar.zst roots need the zstandard package there."""
)
@click.argument("path", type=click.Path(dir_okay=False, writable=True, path_type=Path))
def command(*, path: Path) -> None:
    """Write vmadvisor and what it needs into one runnable file PATH."""
    try:
        build(path)
    except OSError as error:
        raise RootError(f"cannot write {path}: {error.strerror}") from error
    click.echo(f"{path}: run it with python3 {path}", err=True)
