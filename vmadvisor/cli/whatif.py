"""``vmadvisor whatif``: what each setting would change, before it is changed."""

import click

from vmadvisor.cli._calibration import required
from vmadvisor.cli._options import Seconds, calibration_option, emit, stdout_style
from vmadvisor.cli._quantities import parse_horizons
from vmadvisor.cli._watch import watched
from vmadvisor.errors import StateError
from vmadvisor.model.calibration.host_identity import identity_of
from vmadvisor.model.forecast import CHECK_HORIZONS_S
from vmadvisor.model.simulate.foreseen import foreseen
from vmadvisor.model.simulate.settings import Change, SettingError, key_and_value, parsed
from vmadvisor.model.simulate.whatif import what_if
from vmadvisor.render import whatif as output

FORMATS = tuple(output.FORMATS)
SETTINGS_MAX_COUNT = 40


def changes_of(sets: tuple[str, ...], sweeps: tuple[str, ...]) -> list[Change]:
    """One change for every ``--set``, one for every value of a ``--sweep``.

    >>> [change.pairs for change in changes_of((), ("vm.swappiness=0,60",))]
    [(('vm.swappiness', '0'),), (('vm.swappiness', '60'),)]
    """
    found = [_parsed(text, "--set") for text in sets]
    for text in sweeps:
        key, values = key_and_value(text)
        found += [_parsed(f"{key}={value}", "--sweep") for value in values.split(",")]
    if len(found) > SETTINGS_MAX_COUNT:
        raise click.BadParameter(f"more than {SETTINGS_MAX_COUNT} settings at once")
    return found


def _parsed(text: str, option: str) -> Change:
    try:
        return parsed(text)
    except SettingError as error:
        raise click.BadParameter(str(error), param_hint=option) from None


@click.command(
    epilog="""\b
Examples:
  vmadvisor whatif --root host.tar.zst --set vm.min_free_kbytes=65536
  vmadvisor whatif --root host.tar.zst --set vm.swappiness=10 --set swap=1G
  vmadvisor whatif --root host.tar.zst --set swap=1G,vm.swappiness=100
  vmadvisor whatif --root host.tar.zst --plot reserve.svg \\
      --sweep vm.watermark_scale_factor=10,50,100,200,400
  vmadvisor whatif --set ram=+2G --seconds 30         this host, watched first

Keys: vm.min_free_kbytes, vm.watermark_scale_factor, vm.swappiness,
vm.zone_reclaim_mode; swap=SIZE, zram=SIZE, ram=+SIZE (added);
memory.max:/CGROUP=SIZE; memory.high:/CGROUP=SIZE; limit:PID=SIZE. Every --set is a column of its own,
beside the present settings; commas join several keys in one. Nothing is set.

Forecasts are of the last moment, with other marks; what swap, memory, swappiness
or a limit would have changed by then only the figures tell.
Figures are rates over the whole recording: those of the present settings as
measured, the others as the measured ones times the ratio of two simulations."""
)
@click.option(
    "--root",
    type=click.Path(),
    default="/",
    show_default=True,
    metavar="PATH",
    help="A recording, or / for this host, which is watched for --seconds.",
)
@click.option("--set", "sets", multiple=True, metavar="KEY=VALUE", help="A setting to try.")
@click.option(
    "--sweep", "sweeps", multiple=True, metavar="KEY=A,B,C", help="Several values of one."
)
@click.option(
    "--seconds",
    "seconds_s",
    type=Seconds(min=1, max=3600),
    default=10.0,
    show_default=True,
    metavar="SECONDS",
    help="How long to watch this host.",
)
@click.option(
    "--horizon",
    "horizon",
    metavar="LIST",
    help="How far ahead to forecast: 10s,5m,1h.  [default: 10s,20s,30s,1m,10m,1h]",
)
@calibration_option
@click.option(
    "--plot", "plot", type=click.Path(), metavar="FILE", help="Also draw it: .svg or .png."
)
@click.option(
    "--format",
    "format_",
    type=click.Choice(FORMATS),
    default="text",
    show_default=True,
    help="Output format.",
)
def command(
    *,
    root: str,
    sets: tuple[str, ...],
    sweeps: tuple[str, ...],
    seconds_s: float,
    horizon: str | None,
    calibration: str | None,
    plot: str | None,
    format_: str,
) -> None:
    """Say what other settings would have done to the load that was seen."""
    changes = changes_of(sets, sweeps)
    horizons_s = CHECK_HORIZONS_S if horizon is None else parse_horizons(horizon, "--horizon")
    own = None if calibration is None else required(calibration)
    snapshot, moments = watched(root, seconds_s)
    reason = None if own is None else own.unfit_for(identity_of(snapshot))
    if reason is not None:
        raise StateError(f"{calibration}: {reason}")
    found = what_if(moments, snapshot, changes, None if own is None else own.own_physics())
    map_ = None if own is None else own.own_map()
    present = found.settings[0].machine
    forecasts = [foreseen(one, moments, present, horizons_s, map_) for one in found.settings]
    if plot is not None:
        from vmadvisor.render.plot import draw_whatif

        draw_whatif(found, plot)
    emit(output.FORMATS[format_](found, forecasts, stdout_style()))
