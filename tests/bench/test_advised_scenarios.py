"""The advised value, and nothing else, is what the next guest differs in."""

import json
import tomllib
from pathlib import Path

from advised_scenarios import main, wanted
from lab.pairs import write_pairs

KEY = "vm.min_free_kbytes"


def line(path, *advised):
    told = [{"key": f"sysctl:{key}", "recommended": value} for key, value in advised]
    return json.dumps({"path": str(path), "recommendations": told})


def test_a_groups_value_is_wanted_once_and_swap_never():
    lines = [
        line("a/w-mfk96M-r1.tar.zst", (KEY, 10_520), ("swap", "41M")),
        line("a/w-mfk96M-r2.tar.zst", (KEY, 10_522)),
        line("a/w-mfk64M-r1.tar.zst", (KEY, 15_092)),
        line("a/v-mfk64M-r1.tar.zst", (KEY, 10_520), ("vm.swappiness", 120)),
    ]

    assert list(wanted(lines, [KEY])) == [
        (Path("a/w-mfk96M-r1.tar.zst"), KEY, 10_520),
        (Path("a/w-mfk64M-r1.tar.zst"), KEY, 15_092),
        (Path("a/v-mfk64M-r1.tar.zst"), KEY, 10_520),
    ]


def test_the_same_workload_is_written_under_the_advised_value(tmp_path, capsys):
    scenarios, out = tmp_path / "wrong", tmp_path / "advised"
    written = write_pairs(scenarios, kinds=["reserve-walk"], seeds=[3], repeats_count=1)
    wrong = next(path for path in written if "mfk" in path.name)
    lines = tmp_path / "advice.jsonl"
    lines.write_text(line(f"rec/{wrong.stem}.tar.zst", (KEY, 15_092)) + "\n")

    assert (
        main(["--lines", str(lines), "--scenarios", str(scenarios), "--repeats", "2", str(out)])
        == 0
    )

    assert [Path(told).name for told in capsys.readouterr().out.split()] == [
        "pairs-reserve-walk-003-min_free_kbytes15092-r1.toml",
        "pairs-reserve-walk-003-min_free_kbytes15092-r2.toml",
    ]
    before = tomllib.loads(wrong.read_text())
    after = tomllib.loads((out / "pairs-reserve-walk-003-min_free_kbytes15092-r2.toml").read_text())
    assert before["sysctl"][KEY] > 15_092
    assert after == before | {"sysctl": {KEY: 15_092}}
