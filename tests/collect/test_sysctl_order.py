"""Which file of sysctl.d wins, held against systemd's own reading of the same tree."""

import random
import shutil
import subprocess
from pathlib import Path

import pytest

from vmadvisor.collect import Request, open_root, take
from vmadvisor.model.provenance import provenance
from vmadvisor.sources.configuration import Configuration

ANALYZE = shutil.which("systemd-analyze")
DIRECTORIES = ("etc", "run", "usr/local/lib", "usr/lib")
"""Without /lib, which newer systemd reads no more and merged hosts have twice."""

KEYS = ("vm.swappiness", "vm.dirty_ratio", "vm.overcommit_memory")
NAMES = (
    "10-a.conf", "10-A.conf", "50-x.conf", "9-late.conf", "90-z.conf", "99-sysctl.conf", "_u.conf", "x.disabled",
)  # fmt: skip
SEEDS = range(40)

needs_systemd = pytest.mark.skipif(ANALYZE is None, reason="no systemd-analyze here")


def tree(root: Path, seed: int) -> None:
    """Files of a few names in four directories, some hidden by links to /dev/null, and what is not read."""
    chance = random.Random(seed)
    for directory in DIRECTORIES:
        place = root / directory / "sysctl.d"
        place.mkdir(parents=True)
        for name in chance.sample(NAMES, chance.randint(1, len(NAMES))):
            if chance.random() < 0.15:
                (place / name).symlink_to("/dev/null")
                continue
            keys = chance.sample(KEYS, chance.randint(1, len(KEYS)))
            lines = [f"{key} = {chance.randint(1, 99_999)}\n" for key in keys]
            (place / name).write_text("# drawn\n" + "".join(lines))
    (root / "etc/sysctl.conf").write_text("vm.swappiness = 77\n")
    (root / "proc/sys/vm").mkdir(parents=True)
    (root / "proc/sys/vm/swappiness").write_text("60\n")
    (root / "proc/meminfo").write_text("MemTotal:  1000 kB\nMemFree:  10 kB\n")
    (root / "usr/lib/systemd/system").mkdir(parents=True)
    (root / "usr/lib/systemd/system/basic.target").write_text("[Unit]\n")


def by_systemd(root: Path) -> tuple[list[str], dict[str, tuple[str, str]]]:
    """(files in the order in which they are applied, key -> (value, file) of the last that sets it)."""
    done = subprocess.run(
        [ANALYZE or "", f"--root={root}", "cat-config", "sysctl.d", "--no-pager"],
        capture_output=True, text=True, check=False, timeout=20, env={"SYSTEMD_COLORS": "0", "LC_ALL": "C"},
    )  # fmt: skip
    if done.returncode:
        pytest.skip(f"systemd-analyze cannot read a root here: {done.stderr[:80]}")
    paths: list[str] = []
    last: dict[str, tuple[str, str]] = {}
    for line in done.stdout.splitlines():
        if line.startswith(f"# {root}/"):
            paths.append(line.removeprefix(f"# {root}"))
        elif "=" in line and not line.startswith("#"):
            key, value = (part.strip() for part in line.split("=", 1))
            last[key] = (value, paths[-1])
    return paths, last


@needs_systemd
@pytest.mark.parametrize("seed", SEEDS)
def test_files_and_winners_are_those_that_systemd_reads(seed, tmp_path):
    tree(tmp_path, seed)
    paths, winners = by_systemd(tmp_path)
    _, after = take(open_root(str(tmp_path)), Request(processes="none", configuration=True))
    found = provenance(after)
    ours = {
        key: (one.boot.value, one.boot.path)
        for key, one in found.by_key.items()
        if one.boot is not None
    }

    assert paths  # something was read at all
    assert ours == winners
    read = {f"/{path}" for path, conf in after.get(Configuration).sysctl_files.items() if conf}
    assert set(paths) - read == {path for path in paths if (tmp_path / path[1:]).is_symlink()}


@needs_systemd
def test_the_drawn_trees_have_hidden_files_and_names_in_several_directories(tmp_path):
    for seed in SEEDS:
        tree(tmp_path / str(seed), seed)
    files = list(tmp_path.rglob("sysctl.d/*.conf"))

    assert sum(path.is_symlink() for path in files) > 20
    assert len({path.name for path in files}) == len(NAMES) - 1
