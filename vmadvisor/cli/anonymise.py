"""``vmadvisor anonymise``: a recording that can be shared."""

import click

from vmadvisor.collect.tree import reason_of
from vmadvisor.errors import RootError
from vmadvisor.recording.anonymise import Outcome, anonymise
from vmadvisor.recording.pseudonyms import Pseudonyms
from vmadvisor.render.escape import terminal

STANDARD_INPUT = "-"


@click.command(
    epilog="""\b
Examples:
  vmadvisor anonymise host.tar.zst shared.tar.zst
  vmadvisor anonymise host.tar.zst shared.tar.zst --keep sshd --keep postgres
  ssh host sh -s < capture.sh | vmadvisor anonymise - shared.tar.zst

Replaced: names of processes, control groups and units, the host, the boot, who
built the kernel, paths of swap areas, values on the kernel's command line.
Kept: numbers, pids, times, the kernel's release, kernel threads, block devices.
VMA-VICTIM-001 knows critical services by name: it is silent without --keep."""
)
@click.argument("source", metavar="IN", type=click.Path(allow_dash=True))
@click.argument("target", metavar="OUT", type=click.Path(dir_okay=False))
@click.option("--keep", multiple=True, metavar="NAME", help="A name that is no secret.")
@click.option(
    "--salt",
    metavar="TEXT",
    help="The same names get the same pseudonyms wherever this text is given; keep it secret.  "
    "[default: random]",
)
def command(*, source: str, target: str, keep: tuple[str, ...], salt: str | None) -> None:
    """Copy IN (a recording, an archive of /proc and /sys) to OUT with every name replaced."""
    names = Pseudonyms(salt=salt, keep=keep)
    try:
        with click.open_file(source, "rb") as stream:
            outcome = anonymise(stream, target, names)
    except OSError as error:
        raise RootError(f"{source}: {reason_of(error)}") from None
    except RootError as error:
        raise RootError(f"{source}: {error}") from None
    _say(source, outcome)


def _say(source: str, outcome: Outcome) -> None:
    click.echo(f"{outcome.members_count} files", err=True)
    if outcome.left_out is not None:
        what = terminal(outcome.left_out)
        click.echo(f"{outcome.left_out_count} others left out, the first {what}", err=True)
    if outcome.lost_bytes:
        what = f"{outcome.lost_bytes} bytes of {terminal(source)}"
        click.echo(f"{what} are damaged: the copy has a gap there", err=True)
    if outcome.wrong_sums_count:
        what = f"{outcome.wrong_sums_count} parts of {terminal(source)}"
        click.echo(
            f"{what} do not match their checksums: a number in the copy may be wrong", err=True
        )
    if outcome.damage is not None:
        click.echo(f"{terminal(source)} ends early ({outcome.damage}): so does the copy", err=True)
