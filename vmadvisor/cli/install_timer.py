"""``vmadvisor install-timer``: units or a cron table, printed or written; enabling them is left to the admin."""

import shlex
import shutil
import sys
from functools import partial
from pathlib import Path

import click

from vmadvisor.cli import COMMANDS
from vmadvisor.cli._options import emit
from vmadvisor.cli._quantities import seconds_s
from vmadvisor.cli._write_plan import has_mark, write_ours
from vmadvisor.collect.hidepid import hidepid_gid
from vmadvisor.monitoring.jobs import JOBS, TEXTFILE, Job
from vmadvisor.monitoring.timer_units import MARK, cron_table, service, timer
from vmadvisor.records import replace

UNITS = "/etc/systemd/system"
CRON = "/etc/cron.d"
_LEAST_S = 10.0

_JOBS = {job.name: job for job in JOBS if job.arguments[0] in COMMANDS}


def _program() -> list[str]:
    """How this very program is started again, by absolute paths."""
    started = Path(sys.argv[0])
    if started.name == "__main__.py":
        return [sys.executable, "-m", "vmadvisor"]
    found = shutil.which(str(started)) or str(started)
    path = str(Path(found).absolute())
    return [sys.executable, path] if path.endswith(".pyz") else [path]


def _owner(directory: Path) -> str | None:
    """Whose the directory is, by name; ``None`` where it is not there, or nobody has the number."""
    try:
        return directory.owner()
    except (OSError, KeyError):
        return None


def _units(job: Job, program: list[str], every_s: float | None) -> dict[str, str]:
    name, directory, owner = f"vmadvisor-{job.name}", None, None
    if job.name == "textfile":
        place = Path(job.arguments[-1]).parent
        directory, owner = str(place), _owner(place)
    gid = hidepid_gid()
    units = {
        f"{name}.service": service(
            job, program, owner=owner, directory=directory, groups=[] if gid is None else [gid]
        )
    }
    if every_s is not None:
        units[f"{name}.timer"] = timer(job, every_s)
    return units


def _how_to(job: Job, written: list[Path]) -> str:
    """What the admin types next, and to take it back."""
    unit = f"vmadvisor-{job.name}.{'service' if job.every_s is None else 'timer'}"
    places = [Path(UNITS, path.name) for path in written]
    copy = "" if places == written else f"cp {shlex.join(map(str, written))} {UNITS}/ && "
    return "".join((
        "".join(f"written: {path}\n" for path in written),
        f"enable:  {copy}systemctl daemon-reload && systemctl enable --now {unit}\n",
        f"undo:    systemctl disable --now {unit}; rm {shlex.join(map(str, places))}; systemctl daemon-reload\n",
    ))  # fmt: skip


@click.command(
    epilog=f"""\b
Examples:
  vmadvisor install-timer                     print the units, change nothing
  sudo vmadvisor install-timer --write
  vmadvisor install-timer --job textfile --every 1m
  vmadvisor install-timer --cron > {CRON}/vmadvisor

Nothing is enabled or started: the commands that do, and undo it, are printed.
The check job writes what is news to the journal; cron mails it to root."""
)
@click.option(
    "--job",
    "job_name",
    type=click.Choice(list(_JOBS)),
    default="check",
    show_default=True,
    help="What to run.",
)
@click.option("--every", metavar="DURATION", help="How often: 5m, 90s.  [default: 5m; textfile 1m]")
@click.option(
    "--textfile",
    type=click.Path(),
    default=TEXTFILE,
    show_default=True,
    metavar="PATH.prom",
    help="For --job textfile: the file to write.",
)
@click.option("--cron", is_flag=True, help="A file for /etc/cron.d in place of units.")
@click.option(
    "--write",
    "directory",
    is_flag=False,
    flag_value="",
    metavar="[DIR]",
    help=f"Write the files there.  [default directory: {UNITS}, for --cron {CRON}]",
)
def command(
    *, job_name: str, every: str | None, textfile: str, cron: bool, directory: str | None
) -> None:
    """Print systemd units or a cron line that run vmadvisor again and again."""
    job = _JOBS[job_name]
    if job.name == "textfile":
        if not textfile.startswith("/") or not textfile.endswith(".prom"):
            raise click.UsageError("--textfile: an absolute path that ends in .prom is expected")
        job = replace(job, arguments=("textfile", textfile))
    every_s = job.every_s if every is None else seconds_s(every)
    if job.every_s is None and (every is not None or cron):
        raise click.UsageError(f"{job.name} stays; it has no timer")
    if every_s is not None and every_s < _LEAST_S:
        raise click.UsageError(f"--every: {_LEAST_S:g} s or more")
    if cron:
        assert every_s is not None  # noqa: S101 - said above
        files = {f"vmadvisor-{job.name}": cron_table(job, _program(), every_s)}
    else:
        files = _units(job, _program(), every_s)
    if directory is None:
        emit(
            "\n".join(
                f"# {UNITS}/{name}\n{text}" if not cron else text for name, text in files.items()
            )
        )
        return
    place = Path(directory or (CRON if cron else UNITS)).absolute()
    written = write_ours(place, files, partial(has_mark, mark=MARK))
    emit(
        f"written: {written[0]}\nundo:    rm {shlex.quote(str(written[0]))}\n"
        if cron
        else _how_to(job, written)
    )
