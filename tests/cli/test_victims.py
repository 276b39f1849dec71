"""``victims`` answers the question that was asked, or says which part of it nobody can answer."""

import json
from pathlib import Path

import pytest

from vmadvisor.__main__ import run

ROOT = str(Path(__file__).resolve().parents[2] / "fixtures" / "6.1-victims")


def host_order(capsys, *arguments):
    assert run(["victims", "--root", ROOT, "--top", "999", "--format", "json", *arguments]) == 0
    printed = capsys.readouterr()
    victims = [one for one in json.loads(printed.out)["victims"] if one["scope"] == "host"]
    return victims, printed.err


def test_adjusting_the_first_by_pid_or_by_name_takes_it_out(capsys):
    order, _ = host_order(capsys)
    first = order[0]
    for who in (first["pid"], first["comm"]):
        changed, said = host_order(capsys, "--adjust", f"{who}=-1000")

        assert said == ""
        assert changed[0]["pid"] == order[1]["pid"]
        assert (changed[-1]["killable"], changed[-1]["points_pages"]) == (False, 0)


@pytest.mark.parametrize("who", ["no such name", "99999999", "a\x1b=b"])
def test_adjusting_nobody_is_said(capsys, who):
    order, _ = host_order(capsys)
    same, said = host_order(capsys, "--adjust", f"{who}=-1000")

    assert same == order
    assert "no process has this pid or name" in said
    assert "\x1b" not in said


def test_without_an_order_the_reason_is_given(tmp_path, capsys):
    (tmp_path / "proc").mkdir()

    assert run(["victims", "--root", str(tmp_path)]) == 3
    assert "the order cannot be told: no processes" in capsys.readouterr().err
