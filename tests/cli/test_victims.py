"""``victims`` answers the question that was asked, or says which part of it nobody can answer."""

import json
from pathlib import Path

import pytest

from vmadvisor.__main__ import run

ROOT = str(Path(__file__).resolve().parents[2] / "fixtures" / "6.1-victims")


GROUPS = str(Path(ROOT).parent / "6.12-memcg-oom-kill")


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


def test_both_spellings_of_another_adj_are_one_option(capsys):
    first = host_order(capsys)[0][0]["pid"]
    one, _ = host_order(capsys, "--adjust", f"{first}=-1000")

    assert host_order(capsys, "--if", f"{first}=-1000") == (one, "")
    both, _ = host_order(capsys, "--if", f"{first}=-1000", "--adjust", f"{one[0]['pid']}=-1000")
    assert both[0]["pid"] == one[1]["pid"]


def test_whoever_grows_enough_comes_first_and_counts_his_page_tables(capsys):
    order, _ = host_order(capsys)
    last = [one for one in order if one["killable"]][-1]
    for who in (last["pid"], last["comm"]):
        grown, said = host_order(capsys, "--if-grows", f"{who}=2GiB")
        assert said == ""
        assert grown[0]["comm"] == last["comm"]
        first = next(one for one in grown if one["pid"] == last["pid"])
        assert first["rss_pages"] - last["rss_pages"] == 524_288
        assert first["page_table_pages"] - last["page_table_pages"] == 1_024
        assert first["points_pages"] - last["points_pages"] == 525_312


@pytest.mark.parametrize(
    "arguments",
    [("--if-grows", "7"), ("--if-grows", "=2G"), ("--if-grows", "7=much"), ("--if", "7=9999"),
     ("--if", "7=x"), ("--cgroup", "no/slash")],
)  # fmt: skip
def test_what_makes_no_question_is_refused(arguments, capsys):
    assert run(["victims", "--root", ROOT, *arguments]) == 3
    assert "Error: Invalid value" in capsys.readouterr().err


def test_growing_nobody_is_said(capsys):
    _, said = host_order(capsys, "--if-grows", "no such name=1G")

    assert "--if-grows no such name: no process has this pid or name" in said


def test_one_cgroups_order_alone(capsys):
    assert run(["victims", "--root", GROUPS, "--format", "json"]) == 0
    scopes = {one["scope"] for one in json.loads(capsys.readouterr().out)["victims"]}
    path = min(scopes - {"host"})

    assert run(["victims", "--root", GROUPS, "--format", "json", "--cgroup", path + "/"]) == 0
    printed = capsys.readouterr()
    assert {one["scope"] for one in json.loads(printed.out)["victims"]} == {path}
    assert printed.err == ""


def test_a_group_without_a_limit_is_judged_by_what_is_above_it(capsys):
    assert run(["victims", "--root", GROUPS, "--format", "json", "--cgroup", "/no/such\x1b"]) == 0
    printed = capsys.readouterr()

    assert {one["scope"] for one in json.loads(printed.out)["victims"]} == {"host"}
    assert "this is the order of host" in printed.err
    assert "\x1b" not in printed.err


@pytest.mark.parametrize("arguments", [("--root", ROOT), ("--at", "3")])
def test_only_this_host_can_be_watched(arguments, capsys):
    assert run(["victims", "--watch", "1", *arguments]) == 3
    assert "--watch looks at this host" in capsys.readouterr().err


def test_watching_answers_again_and_again_until_ctrl_c(capsys, monkeypatch):
    answers = iter(["first\n", "second\n"])

    def answer(_):
        try:
            return next(answers)
        except StopIteration:
            raise KeyboardInterrupt from None

    monkeypatch.setattr("vmadvisor.cli.victims._answer", answer)

    assert run(["victims", "--watch", "0.1"]) == 0
    assert capsys.readouterr().out == "first\n\nsecond\n\n"


def test_without_an_order_the_reason_is_given(tmp_path, capsys):
    (tmp_path / "proc").mkdir()

    assert run(["victims", "--root", str(tmp_path)]) == 3
    assert "the order cannot be told: no processes" in capsys.readouterr().err
