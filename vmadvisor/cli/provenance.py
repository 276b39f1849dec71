"""``vmadvisor provenance``: which file, profile or job sets each vm.* value, and what the next boot does."""

import click

from vmadvisor.cli._options import deadline_option, emit, opened, root_options
from vmadvisor.collect import Request, take
from vmadvisor.model.provenance import provenance
from vmadvisor.render import provenance as output


@click.command(
    epilog="""\b
Examples:
  vmadvisor provenance                     what is set, and what differs
  vmadvisor provenance vm.swappiness       one key
  vmadvisor provenance --root sosreport.tar.xz --format json

Reads sysctl.d, tuned's profiles, units of running services, crontabs."""
)
@click.argument("key", required=False)
@root_options
@deadline_option
@click.option(
    "--format",
    "format_",
    type=click.Choice(output.FORMATS),
    default="text",
    show_default=True,
    help="Output format.",
)
def command(
    *, key: str | None, root: str, at_s: float | None, deadline_s: float, format_: str
) -> None:
    """Say who set each vm.* value, who wins at boot, and what differs from what runs."""
    request = Request(
        processes="none", cgroups=False, interval_s=0, at_s=at_s, deadline_s=deadline_s, configuration=True
    )  # fmt: skip
    _, after = take(opened(root), request)
    origins = provenance(after)
    if origins is None:
        raise click.ClickException("no file of settings is there: /etc and /usr/lib hold none")
    if key is not None and key not in origins.by_key:
        raise click.BadParameter(f"{key!r}: no such key runs or is set", param_hint="KEY")
    gaps = [gap for gap in after.gaps if not gap.path.startswith(("/proc", "/sys"))]
    emit(getattr(output, format_)(origins, key, gaps))
