"""The lab's command line: kernels, run, all, long, draw, truth, fire, root."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from lab import kernels, oom_log, recording, truth
from lab.errors import LabError
from lab.scenario import load
from lab.tools import call, default_cache

SCENARIOS = Path(__file__).parent / "scenarios"
LONG = SCENARIOS / "long"
_SUFFIX = ".tar.zst"


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; 0 where all went as told, 1 where a story differs, 3 where nothing could be done."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.run(options))
    except LabError as error:
        print(f"lab: {error}", file=sys.stderr)
        return 3
    except KeyboardInterrupt:
        print("lab: stopped; what is written is whole", file=sys.stderr)
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python tests/lab", description=__doc__)
    parser.add_argument(
        "--cache",
        type=Path,
        default=default_cache(),
        help="kernels and programs; default %(default)s",
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    fetch = commands.add_parser("kernels", help="fetch stock kernels")
    fetch.add_argument("versions", nargs="*", default=[*kernels.SUITES], metavar="VERSION")
    fetch.add_argument("--refresh", action="store_true", help="fetch again what is there")
    fetch.set_defaults(run=_kernels)

    one = commands.add_parser("run", help="run scenario files")
    one.add_argument("scenarios", nargs="+", type=Path, metavar="SCENARIO.toml")
    one.add_argument("out", type=Path, metavar="OUT_DIR")
    one.add_argument("--kernel", help="instead of the scenario's")
    one.add_argument("--force", action="store_true", help="run again what is there")
    one.set_defaults(run=_run)

    everything = commands.add_parser("all", help="run every scenario file, then drawn ones")
    everything.add_argument("out", type=Path, metavar="OUT_DIR")
    everything.add_argument("--seed", type=int, default=1)
    everything.add_argument("--count", type=int, default=0, help="drawn scenarios per family")
    everything.set_defaults(run=_all)

    long = commands.add_parser("long", help="run the long scenarios, a quarter of an hour each")
    long.add_argument("out", type=Path, metavar="OUT_DIR")
    long.set_defaults(run=_long)

    draw = commands.add_parser("draw", help="write drawn scenario files")
    draw.add_argument("out", type=Path, metavar="OUT_DIR")
    draw.add_argument("--seed", type=int, default=1)
    draw.add_argument("--count", type=int, default=1, help="per family")
    draw.add_argument("--family", action="append", help="only this one, or twins; may be repeated")
    draw.add_argument("--seconds", type=float, default=60.0, help="default %(default)s")
    draw.add_argument("--interval", type=float, default=None, help="seconds between ticks")
    draw.set_defaults(run=_draw)

    tell = commands.add_parser("truth", help="tell a recording's truth anew")
    tell.add_argument("recordings", nargs="+", type=Path, metavar="RECORDING")
    tell.set_defaults(run=_truth)

    fire = commands.add_parser("fire", help="tell how vmadvisor fared in under-fire scenarios")
    fire.add_argument("outputs", nargs="+", type=Path, metavar="OUT_DIR/NAME.output")
    fire.set_defaults(run=_fire)

    root = commands.add_parser("root", help="build the Debian root image for run steps")
    root.set_defaults(run=_root)
    return parser


def _kernels(options: argparse.Namespace) -> int:
    for version in options.versions:
        kernel = kernels.ensure(version, options.cache, refresh=options.refresh)
        print(f"{version}: {kernel.release}")
    return 0


def _run(options: argparse.Namespace) -> int:
    return _run_files(options.scenarios, options.out, options)


def _all(options: argparse.Namespace) -> int:
    files = sorted(SCENARIOS.glob("*.toml"))
    if options.count:
        from lab.drawn import write_drawn

        files += write_drawn(options.out / "drawn", seed=options.seed, count=options.count)
    return _run_files(files, options.out, options)


def _long(options: argparse.Namespace) -> int:
    return _run_files(sorted(LONG.glob("*.toml")), options.out, options)


def _run_files(files: list[Path], out: Path, options: argparse.Namespace) -> int:
    """Runs one after the other; a guest that fails does not keep the next from running."""
    from dataclasses import replace

    from lab.run import run

    is_as_told = True
    for path in files:
        scenario = load(path)
        if kernel := getattr(options, "kernel", None):
            scenario = replace(scenario, kernel=kernel)
        try:
            result = run(
                scenario, path.stem, out, options.cache, force=getattr(options, "force", False)
            )
        except LabError as error:
            print(f"{path.stem}: {error}", flush=True)
            is_as_told = False
            continue
        print(result.summary(), flush=True)
        for trouble in ("failed_boots", "differs", "complaints"):
            for told in result.truth.get(trouble) or ():  # type: ignore[attr-defined]
                print(f"  {trouble.replace('_', ' ')}: {told}", flush=True)
        is_as_told = is_as_told and not result.truth["differs"]
    return 0 if is_as_told else 1


def _draw(options: argparse.Namespace) -> int:
    from lab.drawn import write_drawn

    for path in write_drawn(
        options.out,
        seed=options.seed,
        count=options.count,
        only=options.family,
        seconds=options.seconds,
        interval_s=options.interval,
    ):
        print(path)
    return 0


def _truth(options: argparse.Namespace) -> int:
    """From the recording and the log beside it; the scenario is taken from the truth that is there."""
    for path in options.recordings:
        stem = path.name.removesuffix(_SUFFIX)
        log = oom_log.read(call("zstd", "-qdc", str(path.with_name(f"{stem}.console.zst"))))
        before = json.loads(path.with_name(f"{stem}.truth.json").read_text())
        from lab.scenario import Expect

        scenario = before["scenario"]
        told = truth.tell(
            recording.read(path),
            log,
            interval_s=scenario["interval_s"],
            expect=Expect(**scenario["expect"]),
        )
        path.with_name(f"{stem}.truth.json").write_text(json.dumps(before | told, indent=1) + "\n")
        print(f"{stem}: told anew")
    return 0


def _fire(options: argparse.Namespace) -> int:
    from lab.fire import told

    for path in options.outputs:
        for line in told(path):
            print(line)
    return 0


def _root(options: argparse.Namespace) -> int:
    from lab.root_image import ensure

    print(ensure(options.cache, rebuild=True))
    return 0
