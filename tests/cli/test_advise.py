"""advise: nothing is applied, files are ours or left alone, the play is YAML, names do nothing."""

import json
import stat
from dataclasses import replace
from pathlib import Path

import click
import pytest
import yaml
from click.testing import CliRunner

from vmadvisor.cli._write_plan import write_plan
from vmadvisor.cli.advise import command, report_of
from vmadvisor.render import ansible
from vmadvisor.render.plan_files import CONF, PLAN, UNDO, plan_files
from vmadvisor.render.style import Style

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
LEAK, WELL = str(FIXTURES / "7.2-leak-before-kill"), str(FIXTURES / "6.1-healthy")
NUMA = str(FIXTURES / "6.1-zone-reclaim")


@pytest.fixture
def advised(advice):
    """A report with one setting and one drop-in."""
    report = report_of(WELL, seconds_s=1, last_s=30, target_s_per_h=1)
    unit = replace(
        advice,
        key="unit:web.service:OOMScoreAdjust",
        current=0,
        recommended=-500,
        command="systemctl daemon-reload",
        undo="systemctl revert -- web.service",
        persist="/etc/systemd/system/web.service.d/50-vmadvisor.conf: OOMScoreAdjust=-500",
    )
    return replace(report, judgement=replace(report.judgement, recommendations=(advice, unit)))


def test_relief_comes_first_and_names_the_grower():
    text = CliRunner().invoke(command, ["--root", LEAK]).output
    order = ["CRITICAL", "NOW", "leaky (pid 123)", "1. stop it", "kill -TERM 123", "VMA-AVAIL-001"]

    places = [text.index(words) for words in order]
    assert places == sorted(places)


def test_a_healthy_host_is_told_so():
    result = CliRunner().invoke(command, ["--root", WELL])

    assert result.exit_code == 0
    assert "No change needed." in result.output


def test_json_holds_recommendations_with_the_foretold_effect():
    found = json.loads(CliRunner().invoke(command, ["--root", LEAK, "--format", "json"]).output)

    assert found["relief"]["grower"]["name"] == "leaky"
    assert {one["key"] for one in found["recommendations"]} == {"swap", "zram"}
    for one in found["recommendations"]:
        assert one["predicted"][0]["after"] > one["predicted"][0]["before"]


def test_a_plan_is_settings_drop_ins_an_undo_and_itself(advised, tmp_path):
    paths = write_plan(advised, tmp_path / "plan")
    plan = json.loads((tmp_path / "plan" / PLAN).read_text())
    undo = tmp_path / "plan" / UNDO

    assert {str(path.relative_to(tmp_path / "plan")) for path in paths} == {
        CONF, "web.service.d/50-vmadvisor.conf", UNDO, PLAN,
    }  # fmt: skip
    assert "\nvm.watermark_scale_factor = 65\n" in (tmp_path / "plan" / CONF).read_text()
    drop_in = (tmp_path / "plan" / "web.service.d/50-vmadvisor.conf").read_text()
    assert drop_in.endswith("[Service]\nOOMScoreAdjust=-500\n")
    assert "sysctl -w vm.watermark_scale_factor=10" in undo.read_text()
    assert undo.stat().st_mode & stat.S_IXUSR
    assert len(plan["recommendations"]) == 2


def test_a_plan_is_written_again_over_its_own_files(advised, tmp_path):
    write_plan(advised, tmp_path)

    assert write_plan(advised, tmp_path)


@pytest.mark.parametrize("name", [CONF, UNDO, PLAN])
def test_a_foreign_file_stays_and_nothing_else_is_written(advised, tmp_path, name):
    (tmp_path / name).write_text("vm.swappiness = 1\n")

    with pytest.raises(click.ClickException, match="left as it is"):
        write_plan(advised, tmp_path)

    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert (tmp_path / name).read_text() == "vm.swappiness = 1\n"


def test_a_link_is_not_written_through(advised, tmp_path):
    (tmp_path / "elsewhere").write_text("# Written by vmadvisor advise\n")
    (tmp_path / "plan").mkdir()
    (tmp_path / "plan" / CONF).symlink_to(tmp_path / "elsewhere")

    with pytest.raises(click.ClickException):
        write_plan(advised, tmp_path / "plan")


def test_the_play_is_yaml_and_no_name_is_a_template(advised):
    first = advised.recommendations[0]
    named = replace(first, key="sysctl:vm.x\U0001f600{{ lookup('pipe','id') }}\x1b\x85")
    hostile = replace(advised, judgement=replace(advised.judgement, recommendations=(named, first)))

    (play,) = yaml.safe_load(ansible.render(hostile, Style()))

    assert "{{" not in ansible.render(hostile, Style())
    assert "\U0001f600" in play["tasks"][0]["name"]
    assert play["tasks"][1]["ansible.posix.sysctl"] == {
        "name": "vm.watermark_scale_factor", "value": "65", "state": "present",
        "sysctl_file": "/etc/sysctl.d/99-vmadvisor.conf",
    }  # fmt: skip


def test_a_unit_whose_name_could_leave_its_directory_gets_no_file(advised):
    evil = replace(
        advised.recommendations[1],
        persist="/etc/systemd/system/..\nx.service.d/50-vmadvisor.conf: OOMScoreAdjust=-500",
    )
    report = replace(advised, judgement=replace(advised.judgement, recommendations=(evil,)))

    assert set(plan_files(report)) == {UNDO, PLAN}


def test_zone_reclaim_mode_goes_back_to_0_where_the_watch_shows_a_gain(monkeypatch):
    from vmadvisor.advise.tuning import _zone_reclaim

    monkeypatch.setattr(_zone_reclaim, "is_enough", lambda *_: True)
    found = report_of(NUMA, seconds_s=1, last_s=30, target_s_per_h=1).recommendations

    assert [(one.key, one.current, one.recommended) for one in found] == [
        ("sysctl:vm.zone_reclaim_mode", 1, 0)
    ]
