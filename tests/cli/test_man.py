"""Every command has a manual page made of its own help, and a formatter has nothing to say against it."""

import re
import shutil
import subprocess

import click
import pytest

from vmadvisor.__main__ import run
from vmadvisor.cli import COMMANDS
from vmadvisor.cli.group import cli
from vmadvisor.cli.man import page_of
from vmadvisor.render.man_page import render

PAGES = (None, *COMMANDS)
NO_DATE = 'missing date, using "": TH'
"""Deliberate: a page made at any time is the same."""


def help_of(name):
    top = click.Context(cli, info_name="vmadvisor", **cli.context_settings)
    command = cli.get_command(top, name)
    return command, click.Context(command, info_name=name, parent=top)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_the_sections_that_every_page_has(name):
    titles = [section.title for section in page_of(name).sections]

    assert titles[:2] == ["SYNOPSIS", "DESCRIPTION"]
    assert titles[-4:] == ["EXIT STATUS", "FILES", "ENVIRONMENT", "SEE ALSO"]
    assert {"OPTIONS", "EXAMPLES"} <= set(titles)


@pytest.mark.parametrize("name", PAGES)
def test_mandoc_has_nothing_to_say_against_it(name):
    if shutil.which("mandoc") is None:
        pytest.skip("no mandoc on this machine")
    done = subprocess.run(
        ["mandoc", "-T", "lint", "-W", "warning"],
        input=render(page_of(name)), capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip

    said = [line for line in (done.stdout + done.stderr).splitlines() if NO_DATE not in line]
    assert said == []


@pytest.mark.parametrize("name", PAGES)
def test_groff_has_nothing_to_say_against_it(name):
    if shutil.which("groff") is None:
        pytest.skip("no groff on this machine")
    done = subprocess.run(
        ["groff", "-ww", "-man", "-Tascii"],
        input=render(page_of(name)), capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip

    assert (done.returncode, done.stderr) == (0, "")
    assert "EXIT STATUS" in re.sub(r"\x1b\[[0-9;]*m|.\x08", "", done.stdout)


@pytest.mark.parametrize("name", COMMANDS)
def test_options_are_those_of_help_word_for_word(name):
    command, context = help_of(name)
    options = next(one.items for one in page_of(name).sections if one.title == "OPTIONS")
    shown = "".join(command.get_help(context).split())  # help breaks lines within a path, too

    for term, meaning in options:
        assert "".join(term.split()) in shown
        assert "".join(meaning.split()) in shown


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_shows_examples_and_every_option_its_meaning_within_80_columns(name):
    command, context = help_of(name)
    lines = command.get_help(context).splitlines()

    assert any(line.strip() in {"Example:", "Examples:"} for line in lines)
    assert [line for line in lines if len(line) > 80] == []
    assert [p.name for p in command.params if isinstance(p, click.Option) and not p.help] == []
    assert not any("None]" in line for line in lines)


def test_exit_statuses_of_check_are_its_own_words():
    (status,) = [one for one in page_of("check").sections if one.title == "EXIT STATUS"]

    assert status.paragraphs == ("0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN (or an error).",)


def test_the_page_is_printed_and_an_unknown_command_is_refused(capsys):
    assert run(["man", "check"]) == 0
    assert capsys.readouterr().out.startswith('.TH "VMADVISOR\\-CHECK" "1" ')
    assert run(["man"]) == 0
    assert "vmadvisor watch" in capsys.readouterr().out
    assert run(["man", "no-such"]) == 3
