"""The README says what the program does: commands, rules and links are held against it."""

import re
from pathlib import Path

import pytest

from vmadvisor.advise.report_rules import REPORT_RULES
from vmadvisor.advise.rules import RULES
from vmadvisor.advise.setting_rules import SETTING_RULES
from vmadvisor.advise.tuning import TUNING_RULES
from vmadvisor.cli import COMMANDS

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(("name", "venv"), [("install", ".venv"), ("test", ".venv-test")])
def test_each_set_up_is_one_line_from_a_bare_python(name, venv):
    block = re.search(rf"<!-- command: {name} -->\n```sh\n(.*?)```", README, re.DOTALL)

    assert block is not None
    assert block[1].count("\n") == 1
    assert block[1].startswith(f"python3 -m venv {venv} && ")


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_shown(name):
    if name == "rules":
        assert "`rules`" in README
    else:
        assert f"vmadvisor {name}" in README


def test_every_command_shown_exists():
    shown = set(re.findall(r"vmadvisor ([a-z][a-z-]+)", README))

    assert shown <= set(COMMANDS), shown - set(COMMANDS)


def test_the_rule_table_is_the_registry():
    rows = re.findall(r"^\| `(VMA-[A-Z]+-\d+)` \| (.+?) \|$", README, re.MULTILINE)

    registry = (*RULES, *TUNING_RULES, *SETTING_RULES, *REPORT_RULES)

    assert rows == [(rule.id, rule.title) for rule in registry]


def test_no_place_is_left_to_fill_in():
    assert not re.search(r"<!-- (example|exactness|cost|mutation|rules) -->\s*(\n\n|$)", README)


def test_files_it_names_exist():
    for name in re.findall(r"`(?:python )?((?:tests|fixtures|vmadvisor)/[\w./]+)`", README):
        assert (ROOT / name).exists(), name
