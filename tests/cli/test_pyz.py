"""The one-file build runs on a bare Python: no site-packages."""

import ast
import subprocess
import sys

import pytest

from vmadvisor.__main__ import run
from vmadvisor.collect.pyz import MAIN


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


def test_a_python_too_old_for_us_is_told_so_and_exits_3(monkeypatch, capsys):
    """1 would read as WARNING; the stub is all that such a Python understands of us."""
    ast.parse(MAIN, feature_version=(3, 4))
    monkeypatch.setattr(sys, "version_info", (3, 9, 18))
    with pytest.raises(SystemExit) as stopped:
        exec(MAIN, {})

    assert stopped.value.code == 3
    assert "needs Python 3.11 or later, this is 3.9" in capsys.readouterr().err
