"""The one-file build runs on a bare Python: no site-packages."""

import subprocess
import sys

from vmadvisor.__main__ import run


def test_the_file_runs_without_any_installed_package(tmp_path):
    target = tmp_path / "vmadvisor.pyz"

    assert run(["pyz", str(target)]) == 0
    for arguments in (["--version"], ["rules"], ["check", "--root", str(tmp_path), "--help"]):
        done = subprocess.run(
            [sys.executable, "-I", "-S", str(target), *arguments],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        assert done.stdout


def test_the_same_installation_gives_the_same_bytes(tmp_path):
    first, second = tmp_path / "a.pyz", tmp_path / "b.pyz"
    run(["pyz", str(first)])
    run(["pyz", str(second)])

    assert first.read_bytes() == second.read_bytes()


def test_a_place_that_cannot_be_written_exits_3(tmp_path, capsys):
    assert run(["pyz", str(tmp_path / "none" / "x.pyz")]) == 3
    assert "cannot write" in capsys.readouterr().err
