"""provenance says who set what, from any root that holds the files."""

import json

import pytest

from vmadvisor.__main__ import run

FILES = {
    "proc/meminfo": "MemTotal: 1000 kB\nMemFree: 500 kB\n",
    "proc/sys/vm/swappiness": "60\n",
    "proc/sys/vm/zone_reclaim_mode": "1\n",
    "etc/sysctl.d/60-db.conf": "# the database\nvm.swappiness = 10\n",
    "usr/lib/sysctl.d/50-default.conf": "vm.swappiness = 30\n",
    "etc/crontab": "0 3 * * * root sysctl -w vm.swappiness=40\n",
}


@pytest.fixture
def root(tmp_path):
    for path, text in FILES.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    return str(tmp_path)


def test_as_text_what_is_set_or_differs(root, capsys):
    assert run(["provenance", "--root", root]) == 0
    assert capsys.readouterr().out == (
        "tuned: no active profile\n"
        "\n"
        "vm.swappiness = 60  DIFFERS\n"
        "  at boot: 10  /etc/sysctl.d/60-db.conf:2 (sysctl.d)\n"
        "  overruled: 30  /usr/lib/sysctl.d/50-default.conf:1 (sysctl.d)\n"
        "  later: 40  /etc/crontab:1 (job)\n"
        "\n"
        "vm.zone_reclaim_mode = 1  DIFFERS\n"
        "  at boot: 0  the kernel's default; no file that was read sets it\n"
    )


def test_as_json_one_key(root, capsys):
    assert run(["provenance", "vm.swappiness", "--root", root, "--format", "json"]) == 0
    (one,) = json.loads(capsys.readouterr().out)["settings"]

    assert (one["key"], one["running"], one["default"]) == ("vm.swappiness", 60, 60)
    assert one["boot"] == {
        "by": "sysctl.d", "path": "/etc/sysctl.d/60-db.conf", "line": 2, "value": "10",
    }  # fmt: skip


def test_an_unknown_key_and_a_root_without_files_are_errors(root, capsys, tmp_path):
    assert run(["provenance", "vm.nope", "--root", root]) == 3
    (tmp_path / "bare" / "proc").mkdir(parents=True)
    (tmp_path / "bare" / "proc" / "meminfo").write_text(FILES["proc/meminfo"])
    assert run(["provenance", "--root", str(tmp_path / "bare")]) == 3
    assert "no file of settings is there" in capsys.readouterr().err


def test_check_says_it_as_a_finding(root, capsys):
    run(["check", "--root", root, "--format", "json"])
    found = json.loads(capsys.readouterr().out)["findings"]

    assert [one["title"] for one in found if one["id"] == "VMA-SYSCTL-001"] == [
        "vm.swappiness runs with another value than the next boot will set",
        "vm.zone_reclaim_mode was set by hand: no file keeps it, the next boot sets the kernel's default",
    ]  # fmt: skip
