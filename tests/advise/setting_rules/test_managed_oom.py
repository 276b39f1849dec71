"""systemd-oomd kills by group: a critical service below a slice that it may kill from is named."""

from dataclasses import replace

import pytest

from vmadvisor.advise.rules import _examples as host
from vmadvisor.advise.setting_rules.managed_oom import RULE
from vmadvisor.model.kinship import Kinship
from vmadvisor.sources import ini_file

DB = replace(
    host.KIN, pid_id=70, comm="postgres", cgroup_path="/system.slice/db.service", unit="db.service"
)
OOMD = replace(host.KIN, pid_id=80, comm="systemd-oomd")
SLICE = {"etc/systemd/system/system.slice.d/10.conf": "[Slice]\nManagedOOMMemoryPressure=kill\n"}


@pytest.fixture
def said(case, titles):
    def build(texts, *kins):
        files = case.files(unit_files={path: ini_file.parse(text) for path, text in texts.items()})
        return titles(RULE, case.facts(files, Kinship(by_pid={kin.pid_id: kin for kin in kins})))

    return build


def test_a_critical_service_below_such_a_slice_is_said(said):
    assert said(SLICE, DB, OOMD) == [
        ("INFO", "systemd-oomd may kill db.service: system.slice has ManagedOOMMemoryPressure=kill")
    ]


def test_the_root_slice_counts_for_all(said):
    root = {"usr/lib/systemd/system/-.slice.d/10.conf": "[Slice]\nManagedOOMSwap=kill\n"}

    assert "-.slice has ManagedOOMSwap=kill" in said(root, DB, OOMD)[0][1]


@pytest.mark.parametrize("preference", ["omit", "avoid"])
def test_a_unit_that_is_spared_is_quiet(said, preference):
    spared = {"etc/systemd/system/db.service": f"[Service]\nManagedOOMPreference={preference}\n"}

    assert said(SLICE | spared, DB, OOMD) == []


def test_without_systemd_oomd_or_anything_critical_it_is_quiet(said):
    assert said(SLICE, DB) == []
    assert said(SLICE, replace(DB, comm="job"), OOMD) == []
    assert (
        said({"etc/systemd/system/system.slice": "[Slice]\nManagedOOMSwap=auto\n"}, DB, OOMD) == []
    )
