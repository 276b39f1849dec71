"""``vmadvisor watermarks``: the kernel's arithmetic, now and under other settings."""

import click

from vmadvisor.cli._options import deadline_option, emit, opened, root_options, stdout_style
from vmadvisor.collect import Request, take
from vmadvisor.kernel import watermarks
from vmadvisor.kernel.behaviour import behaviour_of
from vmadvisor.render import watermarks as output
from vmadvisor.snapshot import Snapshot

MIN_FREE = "vm.min_free_kbytes"
SCALE_FACTOR = "vm.watermark_scale_factor"
INT_MAX = 2**31 - 1


def parse_settings(texts: tuple[str, ...]) -> dict[str, int]:
    """``KEY=NUMBER`` texts as a mapping; anything else is a usage error."""
    settings: dict[str, int] = {}
    for text in texts:
        key, _, number = text.partition("=")
        if key not in {MIN_FREE, SCALE_FACTOR}:
            raise click.BadParameter(
                f"{key!r}: only {MIN_FREE} and {SCALE_FACTOR} set the marks", param_hint="--set"
            )
        if not (number.isascii() and number.isdigit()) or len(number) > 10:  # noqa: PLR2004 - an int in kB
            raise click.BadParameter(f"{text!r}: expected {key}=NUMBER", param_hint="--set")
        settings[key] = int(number)
    return settings


def check_range(settings: dict[str, int], snapshot: Snapshot) -> None:
    """A value that this kernel would refuse is a usage error."""
    if settings.get(MIN_FREE, 0) > INT_MAX:
        raise click.BadParameter(f"{MIN_FREE} takes 0 to {INT_MAX}", param_hint="--set")
    factor, maximum = settings.get(SCALE_FACTOR), behaviour_of(snapshot).scale_factor_max_permyriad
    if factor is None:
        return
    if maximum is None:
        raise click.BadParameter(
            f"this kernel has no {SCALE_FACTOR} (4.6 and later have)", param_hint="--set"
        )
    if not 1 <= factor <= maximum:
        raise click.BadParameter(
            f"{SCALE_FACTOR} takes 1 to {maximum} on this kernel", param_hint="--set"
        )


@click.command(
    epilog="""\b
Examples:
  vmadvisor watermarks
  vmadvisor watermarks --set vm.watermark_scale_factor=100
  vmadvisor watermarks --set vm.min_free_kbytes=131072 --format json
  vmadvisor watermarks --root rec.tar.zst --at 30

Nothing is set: --set asks what the marks would be. "agreement" holds the
computed marks under the present settings against those the kernel prints."""
)
@root_options
@deadline_option
@click.option(
    "--set", "texts", multiple=True, metavar="KEY=N", help=f"{MIN_FREE}=N or {SCALE_FACTOR}=N."
)
@click.option(
    "--format",
    "format_",
    type=click.Choice(list(output.FORMATS)),
    default="text",
    show_default=True,
    help="Output format.",
)
def command(
    *, root: str, at_s: float | None, deadline_s: float, texts: tuple[str, ...], format_: str
) -> None:
    """Show every zone's marks, computed and as the kernel has them."""
    settings = parse_settings(texts)
    request = Request(
        processes="none", cgroups=False, deep=False, interval_s=0, at_s=at_s, deadline_s=deadline_s
    )
    _, after = take(opened(root), request)
    check_range(settings, after)
    table = watermarks.table(
        after,
        min_free_kib=settings.get(MIN_FREE),
        scale_factor_permyriad=settings.get(SCALE_FACTOR),
    )
    if not table:
        raise click.ClickException("/proc/zoneinfo could not be read: no zone's marks can be told")
    emit(output.FORMATS[format_](table, after, stdout_style()))
