import gzip
import io
import os
import re
import shutil
import subprocess
import tarfile
import time
from pathlib import Path

import pytest

from vmadvisor.collect import Request, open_root, take
from vmadvisor.collect.capture_script import SCRIPT
from vmadvisor.collect.wanted import Wanted
from vmadvisor.sources import SOURCES, FileSource
from vmadvisor.sources.cgroup import V1_NAMES, V2_NAMES
from vmadvisor.sources.meminfo import Meminfo
from vmadvisor.sources.vmstat import Vmstat

SHELLS = {
    "sh": ["sh"],
    "dash": ["dash"],
    "bash": ["bash", "--posix"],
    "busybox": ["busybox", "sh"],
}
each_shell = pytest.mark.parametrize("shell", SHELLS.values(), ids=SHELLS)


def capture(shell, *, interval="0.3"):
    """The script's output, fed through standard input as ``ssh HOST sh -s`` does."""
    if shutil.which(shell[0]) is None:
        pytest.skip(f"no {shell[0]} here")
    done = subprocess.run(
        [*shell, "-s", interval], input=SCRIPT.encode(), capture_output=True, check=True, timeout=60
    )
    assert done.stderr == b""
    return done.stdout


@pytest.mark.live
@each_shell
def test_the_archive_is_a_recording_of_two_ticks(shell):
    started_s = time.monotonic()
    data = capture(shell)
    assert time.monotonic() - started_s < 10

    before, after = take(open_root("-", stdin=io.BytesIO(data)), Request(interval_s=0.3))

    assert 0.25 < after.time_s - before.time_s < 3
    assert before.time_of_s(Vmstat) < after.time_of_s(Vmstat)
    assert after.get(Meminfo).mem_total_kib > 1000
    own = after.processes.details[os.getpid()]
    assert own.statm.resident_pages > 500
    assert own.oom_score_adj == int(Path("/proc/self/oom_score_adj").read_text())
    assert after.processes.seen_count > 1
    assert os.getpid() in before.processes.rss_pages
    assert [gap for gap in after.gaps if gap.path == "/"] == []


@pytest.mark.live
def test_any_tar_reads_the_archive():
    with tarfile.open(fileobj=io.BytesIO(capture(["sh"]))) as archive:
        names = archive.getnames()
        version = next(name for name in names if name.endswith("/proc/version"))
        text = archive.extractfile(version).read()

    assert text == Path("/proc/version").read_bytes()
    assert len(names) == len(set(names)) + 1  # uptime closes the processes
    assert all(re.fullmatch(r"\d+\.\d\d/(proc|sys)/[^/].*", name) for name in names)


@pytest.mark.live
def test_nothing_is_taken_that_the_snapshot_does_not_read():
    with tarfile.open(fileobj=io.BytesIO(capture(["sh"]))) as archive:
        names = archive.getnames()
    wanted = Wanted(SOURCES)

    assert [name for name in names if wanted.place(name) is None] == []


@pytest.mark.live
def test_of_the_files_here_none_that_the_snapshot_reads_is_left_out():
    with tarfile.open(fileobj=io.BytesIO(capture(["sh"]))) as archive:
        taken = {name.partition("/")[2] for name in archive.getnames()}
    paths = [source.path for source in SOURCES if isinstance(source, FileSource)]
    for source in SOURCES:
        if not isinstance(source, FileSource) and "*" not in source.path:
            paths += [f"{source.path}/{name}" for name in source.names]

    assert {path for path in paths if _has_text(f"/{path}")} <= taken


def _has_text(path):
    try:
        return bool(Path(path).read_bytes())
    except OSError:
        return False


def test_every_name_of_the_registry_stands_in_the_script():
    words = set(re.split(r"[\s'\"/$={};]+", SCRIPT))
    for source in SOURCES:
        names = source.names if not isinstance(source, FileSource) else (source.path,)
        for name in names:
            assert set(name.removeprefix("proc/").split("/")) <= words, name
    assert set(V1_NAMES + V2_NAMES) <= words


def test_the_script_leaves_alone_what_waits_for_an_address_space():
    code = "\n".join(line for line in SCRIPT.splitlines() if not line.lstrip().startswith("#"))

    for name in ("environ", "smaps", "maps", "pagetypeinfo", "/cmdline"):
        assert name not in code
    assert "mktemp" not in code


@pytest.mark.live
def test_a_reader_that_goes_away_ends_the_script():
    process = subprocess.Popen(
        ["sh", "-s", "0.1"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    process.stdin.write(SCRIPT.encode())
    process.stdin.close()
    process.stdout.read(1000)
    process.stdout.close()

    assert process.wait(timeout=20) is not None
    process.stderr.close()


@pytest.mark.live
def test_a_compressed_capture_is_read_alike():
    data = gzip.compress(capture(["sh"]))

    assert take(open_root("-", stdin=io.BytesIO(data)), Request())[1].get(Meminfo) is not None
