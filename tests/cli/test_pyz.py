"""The one-file build runs on a bare Python: no site-packages."""

import ast
import subprocess
import sys
import zipfile

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


def test_every_module_is_there_compiled_and_as_source(tmp_path):
    target = tmp_path / "vmadvisor.pyz"
    run(["pyz", str(target)])
    names = set(zipfile.ZipFile(target).namelist())

    sources = {name for name in names if name.endswith(".py") and name != "__main__.py"}
    assert "vmadvisor/urgent.py" in sources
    assert {f"{name}c" for name in sources} <= names


def test_it_starts_from_what_is_compiled(tmp_path):
    """A start that compiles takes seconds where every page is waited for."""
    target = tmp_path / "vmadvisor.pyz"
    run(["pyz", str(target)])
    code = (
        f"import sys; sys.path.insert(0, {str(target)!r}); import click, vmadvisor.urgent\n"
        "print(click.__file__[-12:], vmadvisor.urgent.__file__[-10:])"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code],
        capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip

    assert done.stdout == "__init__.pyc urgent.pyc\n"


def test_another_pythons_compiled_modules_are_passed_over(tmp_path, monkeypatch):
    target = tmp_path / "vmadvisor.pyz"
    monkeypatch.setattr("importlib.util.MAGIC_NUMBER", b"\x01\x02\r\n")
    run(["pyz", str(target)])
    monkeypatch.undo()
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(target), "rules"],
        capture_output=True, timeout=60, check=False,
    )  # fmt: skip

    assert done.returncode == 0
    assert b"VMA-RECLAIM-001" in done.stdout


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
