"""``whatif`` gives the fixed fields, the present settings first, and refuses what cannot be set."""

import json
import shutil
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace

import pytest

from vmadvisor.__main__ import run
from vmadvisor.model.simulate.settings import SettingError
from vmadvisor.model.simulate.whatif import require_all_nodes

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
ROOT = str(FIXTURES / "4.18-rhel8-direct-reclaim")
FIGURES = {
    "stalls_per_s", "full_stall_ratio", "node_reclaim_scan_pages_per_s", "refaults_anon_per_s",
    "refaults_file_per_s", "swapin_pages_per_s", "kept_free_bytes",
}  # fmt: skip


def test_json_has_the_fixed_fields_and_a_column_for_every_set_and_swept_value(capsys):
    asked = ["--set", "swap=1G,vm.swappiness=80", "--sweep", "vm.watermark_scale_factor=20,200"]

    assert run(["whatif", "--root", ROOT, *asked, "--format", "json"]) == 0

    settings = json.loads(capsys.readouterr().out)["settings"]
    assert [one["set"] for one in settings] == [
        {},
        {"swap": "1G", "vm.swappiness": "80"},
        {"vm.watermark_scale_factor": "20"},
        {"vm.watermark_scale_factor": "200"},
    ]
    for one in settings:
        assert set(one) == {"set", "forecasts"} | FIGURES
        for name in FIGURES:
            figure = one[name]
            assert figure is None or figure["low"] <= figure["value"] <= figure["high"]
            assert figure is None or set(figure) == {"value", "low", "high"}
    assert settings[0]["forecasts"]
    assert set(settings[0]["forecasts"][0]) == {
        "event", "scope", "horizon_s", "probability", "low", "high", "reason", "drivers",
    }  # fmt: skip


def test_forecasts_reach_as_far_as_recordings_back_them_or_as_far_as_asked(capsys):
    assert (
        run(["whatif", "--root", ROOT, "--set", "vm.min_free_kbytes=200000", "--format", "json"])
        == 0
    )
    told = json.loads(capsys.readouterr().out)["settings"]
    assert [sorted({f["horizon_s"] for f in one["forecasts"]}) for one in told] == [
        [10, 20, 30, 60, 600, 3600]
    ] * 2
    assert all(one["forecasts"][0]["probability"] is not None for one in told)

    assert run(["whatif", "--root", ROOT, "--horizon", "15,30s", "--format", "json"]) == 0
    [one] = json.loads(capsys.readouterr().out)["settings"]
    assert sorted({f["horizon_s"] for f in one["forecasts"]}) == [15, 30]


def test_no_forecast_is_made_up_for_what_only_the_simulation_knows(capsys):
    arguments = ["whatif", "--root", ROOT, "--set", "swap=1G", "--horizon", "10s"]
    assert run([*arguments, "--format", "json"]) == 0
    now, swap = json.loads(capsys.readouterr().out)["settings"]

    assert now["forecasts"][0]["probability"] is not None
    assert {one["probability"] for one in swap["forecasts"]} == {None}
    assert "what swap would have changed" in swap["forecasts"][0]["reason"]

    assert run(arguments) == 0
    assert "swap=1G, no forecast: what swap would" in capsys.readouterr().out


def test_text_says_forecasts_and_what_drives_them_in_80_columns(capsys):
    sweep = "vm.watermark_scale_factor=20,200,300,400"
    assert run(["whatif", "--root", ROOT, "--sweep", sweep]) == 0

    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= 80
    start = next(
        i for i, line in enumerate(lines) if line.startswith("any direct reclaim, % within")
    )
    assert "10 s" in lines[start]
    assert "1 min" in lines[start]
    names = [line.split()[0] for line in lines[start + 2 : start + 7]]
    assert names == ["now", *(f"vm.watermark_scale_factor={n}" for n in (20, 200, 300, 400))]
    assert any(line.startswith("now, because: ") for line in lines)


def test_text_names_every_setting_and_what_was_estimated(capsys):
    assert run(["whatif", "--root", ROOT, "--set", "vm.min_free_kbytes=200000"]) == 0

    text = capsys.readouterr().out
    assert "vm.min_free_kbytes=200000" in text
    assert "kswapd comes after" in text


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--set", "vm.swappines=1"], "is none of"),
        (["--sweep", "vm.swappiness=1,x"], "expected a number"),
        (["--set", "vm.swappiness=150"], "takes 0 to 100"),
        (["--set", "limit:²=1G"], "no process '²'"),
        (["--set", "swap=1G,zram=1G"], "one kind of swap"),
        (["--sweep", "memory.max:/a=b=1G,2G"], "no cgroup '/a=b'"),
        (["--plot", "picture.gif", "--set", "vm.swappiness=1"], ".svg or .png"),
    ],
)
def test_what_cannot_be_asked_is_said_with_exit_code_3(capsys, arguments, said):
    assert run(["whatif", "--root", ROOT, *arguments]) == 3
    assert said in capsys.readouterr().err


@pytest.mark.parametrize("command", ["whatif", "simulate", "advise"])
def test_a_tick_without_counters_of_its_own_is_no_moment(tmp_path, capsys, command):
    """As where vmstat was lost to damage: all else of the tick is there."""
    shutil.copytree(ROOT, tmp_path / "host")
    last = max(
        (p for p in (tmp_path / "host").iterdir() if p.is_dir()), key=lambda p: float(p.name)
    )
    later = last.with_name(f"{float(last.name) + 0.5:.6f}")
    (later / "proc").mkdir(parents=True)
    shutil.copy(last / "proc/meminfo", later / "proc/meminfo")
    scenario = tmp_path / "job.toml"
    scenario.write_text('seconds = 2\n[[workload]]\nanon = "8M"\n')
    asked = {"whatif": ["--set", "vm.swappiness=9"], "simulate": [str(scenario)], "advise": []}

    code = run([command, "--root", str(tmp_path / "host"), *asked[command]])

    printed = capsys.readouterr()
    assert (code, printed.err) == (0, "")


def test_a_node_whose_lists_are_lost_is_refused_in_words():
    node, other = SimpleNamespace(node_id=3), SimpleNamespace(node_id=5)
    machine, moment = SimpleNamespace(nodes=(node, other)), SimpleNamespace(nodes=(node,))

    require_all_nodes(machine, [machine])
    with pytest.raises(SettingError, match="does not tell every node's lists"):
        require_all_nodes(machine, [machine, moment])


def test_a_host_that_says_too_little_cannot_be_simulated(capsys):
    assert run(["whatif", "--root", str(FIXTURES / "6.12-lxcfs-container")]) == 3
    assert "nothing can be simulated" in capsys.readouterr().err


@pytest.mark.skipif(find_spec("matplotlib") is None, reason="matplotlib is not installed")
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::PendingDeprecationWarning")
def test_a_picture_is_drawn(tmp_path, capsys):
    path = tmp_path / "sweep.svg"

    assert run(["whatif", "--root", ROOT, "--set", "vm.swappiness=1", "--plot", str(path)]) == 0

    capsys.readouterr()
    assert "free memory, simulated" in path.read_text()
