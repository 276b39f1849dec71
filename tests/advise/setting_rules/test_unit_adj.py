"""A unit edited since its service started protects nobody yet."""

from dataclasses import replace

import pytest

from vmadvisor.advise.rules import _examples as host
from vmadvisor.advise.setting_rules.unit_adj import RULE
from vmadvisor.model.kinship import Kinship

PATH = "etc/systemd/system/worker.service"


@pytest.fixture
def said(case, titles):
    def build(unit_value, **changes):
        kin = replace(host.KIN, **changes)
        text = f"[Service]\nOOMScoreAdjust={unit_value}\n"
        return titles(RULE, case.facts(case.unit(PATH, text), Kinship(by_pid={kin.pid_id: kin})))

    return build


def test_a_main_process_with_another_value_is_said(said):
    ((severity, title),) = said("-600")

    assert severity == "INFO"
    assert title == (
        "worker (pid 100) does not run with the OOMScoreAdjust= of its unit worker.service"
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"oom_score_adj": -600},
        {"oom_score_adj": None},
        {"is_init_child": False},  # a child may have its own
        {"comm": "sshd"},
        {"cgroup_path": "/user.slice/a/worker.service"},
        {"unit": None, "cgroup_path": "/docker/ab"},
        {"unit": "other.service", "cgroup_path": "/system.slice/other.service"},
    ],
)
def test_what_is_as_it_should_be_or_not_the_units_is_quiet(said, changes):
    assert said("-600", **changes) == []
