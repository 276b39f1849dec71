"""``vmadvisor simulate``: a scenario run forward, on this host as it stands or on a made-up machine."""

import tomllib
from pathlib import Path

import click

from vmadvisor.cli._options import emit, stdout_style
from vmadvisor.cli._watch import watched
from vmadvisor.model.simulate.demand import Start, start_of
from vmadvisor.model.simulate.engine import run
from vmadvisor.model.simulate.machine import Machine
from vmadvisor.model.simulate.made_up import machine_and_start
from vmadvisor.model.simulate.physics import Physics, estimated
from vmadvisor.model.simulate.scenario import Scenario, scenario_of
from vmadvisor.model.simulate.scenario_demand import demand_of
from vmadvisor.model.simulate.settings import Change, SettingError, settled
from vmadvisor.model.simulate.whatif import require_all_nodes
from vmadvisor.render import simulate as output

FORMATS = tuple(output.FORMATS)
SEEDS = (1, 2, 3, 4, 5)


def read_scenario(path: Path) -> Scenario:
    """The scenario of a TOML file; a usage error where there is none."""
    try:
        return scenario_of(tomllib.loads(path.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, SettingError) as error:
        raise click.BadParameter(f"{path}: {error}", param_hint="SCENARIO") from None


def _stage(scenario: Scenario, root: str) -> tuple[Machine, Start, Physics]:
    """Where it plays: the made-up machine, or the root's last moment."""
    if scenario.machine is not None:
        return *machine_and_start(scenario.machine, scenario.settings), Physics()
    snapshot, moments = watched(root, 0.0)
    machine = settled(Change(pairs=scenario.settings), snapshot)
    require_all_nodes(machine, moments[-1:])
    return machine, start_of(moments[-1]), estimated(moments, Physics())


@click.command(
    epilog="""\b
Examples:
  vmadvisor simulate job.toml                       on this host as it stands
  vmadvisor simulate job.toml --root host.tar.zst   at a recording's end
  vmadvisor simulate job.toml --format json --plot job.svg

\b
A scenario:
  seconds = 60
  [machine]              # left out: --root's host
  memory = "4G"          # also swap, zram, used
  [settings]
  "vm.watermark_scale_factor" = 100
  [[workload]]
  name = "batch"
  start_s = 5            # also end_s
  anon = "3G"            # also anon_per_s, idle
  burst = "64M"          # with burst_every_s
  read = "1G"            # also read_per_s, reads_again"""
)
@click.argument("scenario", type=click.Path(path_type=Path))
@click.option(
    "--root",
    type=click.Path(),
    default="/",
    show_default=True,
    metavar="PATH",
    help="Where a scenario without a machine plays: a recording's end, or / for this host.",
)
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
def command(*, scenario: Path, root: str, plot: str | None, format_: str) -> None:
    """Run a scenario forward: what if this job starts here."""
    told = read_scenario(scenario)
    machine, start, physics = _stage(told, root)
    demand = demand_of(told, start, machine.page_size_bytes, len(machine.nodes))
    runs = [run(machine, demand, physics, seed=seed) for seed in SEEDS]
    if plot is not None:
        from vmadvisor.render.plot import draw_run

        draw_run(runs[0].trajectory, machine.page_size_bytes, plot)
    emit(output.FORMATS[format_](runs, machine.page_size_bytes, stdout_style()))
