"""Exit codes: only check carries verdicts; everything that goes wrong is 3."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from vmadvisor.__main__ import run
from vmadvisor.cli import COMMANDS
from vmadvisor.cli.group import cli


def launch(*arguments, **options):
    return subprocess.run(
        [sys.executable, "-m", "vmadvisor", *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        **options,
    )


@pytest.mark.parametrize(
    "arguments",
    [
        ["nonsense"],
        ["check", "--no-such-option"],
        ["check", "--format", "xml"],
        ["check", "--interval", "-1"],
        ["check", "--interval", "nan"],
        ["check", "--at", "nan"],
        ["check", "--deadline", "nan"],
        ["check", "--deadline", "inf"],
        ["check", "--root", "/no/such/place"],
        ["watermarks", "--set", "vm.swappiness=10"],
        ["watermarks", "--set", "vm.min_free_kbytes=lots"],
        ["watermarks", "--set", "vm.watermark_scale_factor=0"],
        ["watermarks", "--set", "vm.min_free_kbytes=2147483648"],
        ["victims", "--adjust", "mysqld"],
        ["victims", "--adjust", "mysqld=1001"],
        ["explain", "VMA-NONE-999"],
        ["completion", "tcsh"],
        [],
    ],
    ids=" ".join,
)
def test_a_usage_error_exits_3_and_says_why(arguments, capsys):
    """2 would read as CRITICAL in cron."""
    code = run(arguments)

    assert code == 3
    assert capsys.readouterr().err.strip()


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_with_an_example(name, capsys):
    code = run([name, "--help"])

    out = capsys.readouterr().out
    assert code == 0
    assert "Example" in out
    assert f"vmadvisor {name}" in out
    assert max(map(len, out.splitlines())) <= 80


def test_the_list_of_commands_matches_the_modules():
    for name, summary in COMMANDS.items():
        command = cli.get_command(None, name)

        assert command is not None
        assert summary.endswith(".")


def test_a_crash_exits_3_and_names_the_place(monkeypatch, capsys):
    """Python's own 1 would read as WARNING."""
    from vmadvisor.cli import rules

    def broken(**_ignored):
        raise ZeroDivisionError("planted")

    monkeypatch.setattr(rules.command, "callback", broken)

    assert run(["rules"]) == 3
    assert "internal error: ZeroDivisionError" in capsys.readouterr().err


def test_a_full_output_device_exits_3():
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "vmadvisor", "rules"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=60,
            check=False,
        )

    assert done.returncode == 3
    assert "cannot write" in done.stderr


@pytest.mark.parametrize(
    "redirection", [">&-", ">/dev/full 2>&1", ">&- 2>&-", "<&- >&- 2>&-", "2>&- --nonsense"]
)
@pytest.mark.parametrize("command", ["rules", "watermarks --root /none"])
def test_without_anybody_to_tell_it_still_exits_3(command, redirection):
    """Python's own 1 would read as WARNING, its 120 as nothing known."""
    line = f"{sys.executable} -m vmadvisor {command} {redirection}"
    done = subprocess.run(["sh", "-c", line], capture_output=True, timeout=60, check=False)

    assert done.returncode == 3
    assert b"internal error" not in done.stderr


def test_a_reader_that_leaves_is_no_traceback():
    read_end, write_end = os.pipe()
    os.close(read_end)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "vmadvisor", "schema"],
            stdout=write_end,
            stderr=subprocess.PIPE,
            text=True,
            timeout=60,
            check=False,
        )
    finally:
        os.close(write_end)

    assert done.returncode == 3
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_scripts_name_the_program(shell, capsys):
    assert run(["completion", shell]) == 0
    assert "_VMADVISOR_COMPLETE" in capsys.readouterr().out


def test_version_is_printed(capsys):
    assert run(["--version"]) == 0
    assert "vmadvisor" in capsys.readouterr().out
