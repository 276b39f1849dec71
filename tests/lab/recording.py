"""A recording on disk: a tar, compressed by zstd, of ``<seconds>/<absolute path>`` and one ``meta.json``."""

import io
import json
import subprocess
import tarfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from lab.errors import LabError
from lab.stream import Tick
from lab.tools import path_of

META = "meta.json"


def write(
    path: Path, ticks: tuple[Tick, ...], *, meta: Mapping[str, object], started_s: float
) -> None:
    """Writes the recording; members carry the time of the day at which they were read."""
    unfinished = path.with_name(path.name + ".new")
    command = [path_of("zstd"), "-q", "-f", "-12", "--long=24", "-", "-o", str(unfinished)]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as zstd:
        assert zstd.stdin is not None
        with tarfile.open(fileobj=zstd.stdin, mode="w|", format=tarfile.PAX_FORMAT) as tar:
            _add(tar, META, json.dumps(meta, indent=1).encode() + b"\n", started_s)
            for tick in ticks:
                at_s = started_s + tick.time_s
                for name, data in tick.files.items():
                    _add(tar, f"{tick.time_s:.6f}{name}", data, at_s)
        zstd.stdin.close()
        if zstd.wait():
            raise LabError(f"{path}: zstd ended with {zstd.returncode}")
    unfinished.replace(path)


def _add(tar: tarfile.TarFile, name: str, data: bytes, at_s: float) -> None:
    info = tarfile.TarInfo(name)
    info.size, info.mtime = len(data), int(at_s)
    tar.addfile(info, io.BytesIO(data))


def read(path: Path) -> tuple[Tick, ...]:
    """The ticks of a recording, for a truth that is told anew."""
    plain = subprocess.run(
        [path_of("zstd"), "-qdc", "--long=24", str(path)], capture_output=True, check=False
    )
    if plain.returncode:
        raise LabError(f"{path}: {plain.stderr.decode(errors='replace').strip()}")
    ticks: dict[float, dict[str, bytes]] = {}
    for seconds, name, data in _members(plain.stdout):
        ticks.setdefault(seconds, {})[name] = data
    return tuple(Tick(time_s=time_s, files=files) for time_s, files in ticks.items())


def _members(data: bytes) -> Iterator[tuple[float, str, bytes]]:
    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        for info in tar:
            seconds, _, name = info.name.partition("/")
            file = tar.extractfile(info)
            if name and file is not None:
                yield float(seconds), f"/{name}", file.read()


def write_text(path: Path, text: bytes) -> None:
    """A log beside the recording, compressed by zstd."""
    command = [path_of("zstd"), "-q", "-f", "-12", "-", "-o", str(path)]
    subprocess.run(command, input=text, check=True)
