"""Every real tree beside the repository parses, or says in a ParseError why not."""

import io
import tarfile
from collections import Counter

import pytest

from vmadvisor.errors import ParseError
from vmadvisor.sources import (
    DEEP_SOURCES,
    SOURCES,
    FileSource,
    _lines,
    cgroup,
    pid_cgroup,
    pid_stat,
    pid_statm,
    pid_status,
)

pytestmark = pytest.mark.shared

PID_PARSERS = {
    "stat": pid_stat.parse,
    "statm": pid_statm.parse,
    "status": pid_status.parse,
    "cgroup": pid_cgroup.parse,
    "oom_score": _lines.single,
    "oom_score_adj": _lines.single,
}
TREES_MIN_COUNT = 30


@pytest.fixture(scope="module")
def trees(shared, tmp_path_factory):
    """Where each archive of ../shared/proc was unpacked, by name."""
    zstandard = pytest.importorskip("zstandard")
    unpacked = {}
    for archive in sorted((shared / "proc").glob("*.tar.zst")):
        target = tmp_path_factory.mktemp(archive.name.removesuffix(".tar.zst"))
        with archive.open("rb") as compressed:
            data = zstandard.ZstdDecompressor().stream_reader(compressed).read()
        with tarfile.open(fileobj=io.BytesIO(data)) as tar:
            tar.extractall(target, filter="data")
        unpacked[archive.name] = target
    return unpacked


def _text(path):
    return path.read_text(errors="replace")


def _texts(directory, names):
    return {name: _text(directory / name) for name in names if (directory / name).is_file()}


def _host_files(tree):
    """(label, parse, argument) of every host-wide source, wherever in the tree a root stands."""
    for source in (*SOURCES, *DEEP_SOURCES):
        if isinstance(source, FileSource):
            for path in tree.glob(f"**/{source.path}"):
                if path.is_file():
                    yield source.path, source.parse, _text(path)
        else:
            for directory in tree.glob(f"**/{source.path}"):
                if texts := _texts(directory, source.names):
                    yield source.path, source.parse, texts


def _scanned_files(tree):
    """(label, parse, argument) of every process and every memory control group."""
    for name, parse in PID_PARSERS.items():
        for path in tree.glob(f"**/proc/[0-9]*/{name}"):
            yield f"proc/PID/{name}", parse, _text(path)
    for name in ("memory.current", "memory.usage_in_bytes"):
        for path in tree.glob(f"**/sys/fs/cgroup/**/{name}"):
            yield "cgroup", cgroup.parse, _texts(path.parent, {*cgroup.V2_NAMES, *cgroup.V1_NAMES})


def test_every_file_of_every_tree_gives_a_record_or_a_parse_error(trees):
    parsed, refused = Counter(), []
    for name, tree in trees.items():
        for label, parse, argument in (*_host_files(tree), *_scanned_files(tree)):
            try:
                assert parse(argument) is not None
            except ParseError as error:
                refused.append((name, label, str(error)))
            else:
                parsed[label] += 1

    assert len(trees) >= TREES_MIN_COUNT
    assert refused == []
    assert min(parsed[label] for label in ("proc/zoneinfo", "proc/meminfo", "proc/vmstat")) >= 9
    assert min(parsed[f"proc/PID/{name}"] for name in ("stat", "statm", "status", "cgroup")) >= 200
    assert parsed["cgroup"] >= 40
    assert parsed["sys/devices/system/node/node*"] >= 100
