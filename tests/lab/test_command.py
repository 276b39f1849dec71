import json

import pytest

from lab import command
from lab.run import Result

SCENARIO = """
family = "x"
kernel = "6.1"
seconds = 7
process = []
"""

TRUTH = {
    "ticks_count": 31, "allocstall_total": 12, "full_stall_s": 1.5, "full_avg10_max_pct": 9.25,
    "oom_kills": [{"pid": 115}], "took_s": 17.5, "failed_boots": [], "differs": [], "complaints": [],
}  # fmt: skip


@pytest.fixture
def files(tmp_path):
    """Two scenario files."""
    for name in ("one", "two"):
        (tmp_path / f"{name}.toml").write_text(SCENARIO)
    return [str(tmp_path / "one.toml"), str(tmp_path / "two.toml")]


@pytest.fixture
def fake_run(monkeypatch):
    """The lab without a guest: what is to be told is the test's; records what was asked for."""
    asked = []

    def use(*outcomes):
        left = list(outcomes)

        def run(scenario, name, out, _cache, *, force):
            asked.append((scenario.kernel, name, force))
            outcome = left.pop(0)
            if isinstance(outcome, Exception):
                raise outcome
            return Result(recording=out / f"{name}.tar.zst", truth=outcome, was_there=False)

        monkeypatch.setattr("lab.run.run", run)
        return asked

    return use


def test_what_came_of_each_scenario_is_one_line(files, fake_run, tmp_path, capsys):
    asked = fake_run(TRUTH, TRUTH)

    assert command.main(["run", "--force", "--kernel", "5.10", *files, str(tmp_path)]) == 0

    assert asked == [("5.10", "one", True), ("5.10", "two", True)]
    assert capsys.readouterr().out.splitlines()[0] == (
        "one.tar.zst: 31 ticks, 12 allocstalls, full 1.5 s (avg10 up to 9.25 %), 1 OOM kills, 17.5 s"
    )


def test_a_story_that_differs_is_said_and_exits_1(files, fake_run, tmp_path, capsys):
    fake_run({**TRUTH, "differs": ["no kill"], "failed_boots": ["panic"]}, TRUTH)

    assert command.main(["run", *files, str(tmp_path)]) == 1

    told = capsys.readouterr().out
    assert "  differs: no kill" in told
    assert "  failed boots: panic" in told


def test_a_guest_that_fails_does_not_keep_the_next_from_running(files, fake_run, tmp_path, capsys):
    asked = fake_run(command.LabError("it never booted"), TRUTH)

    assert command.main(["run", *files, str(tmp_path)]) == 1
    assert "one: it never booted" in capsys.readouterr().out
    assert [name for _, name, _ in asked] == ["one", "two"]


def test_a_scenario_that_cannot_be_read_exits_3_in_words(tmp_path, capsys):
    assert command.main(["run", str(tmp_path / "none.toml"), str(tmp_path)]) == 3
    assert "none.toml" in capsys.readouterr().err


def test_drawn_files_are_named(tmp_path, capsys):
    arguments = ["draw", str(tmp_path), "--seed", "7", "--family", "leak", "--family", "twins"]

    assert command.main(arguments) == 0

    names = [line.rpartition("/")[2] for line in capsys.readouterr().out.splitlines()]
    assert names == [
        "leak-007.toml",
        "twin-growth-007-well.toml",
        "twin-growth-007-sick.toml",
    ]


def test_the_truth_of_a_recording_can_be_told_anew(tmp_path):
    from lab import recording
    from lab.scenario import load
    from lab.stream import Tick
    from lab.tools import missing

    if missing(("zstd",)):
        pytest.skip("no zstd on this machine")
    (tmp_path / "s.toml").write_text(SCENARIO)
    ticks = tuple(
        Tick(time_s=time_s, files={"/proc/vmstat": b"allocstall_normal %d\noom_kill 0\n" % stalls})
        for time_s, stalls in ((3.0, 5), (4.0, 9))
    )
    recording.write(tmp_path / "r.tar.zst", ticks, meta={}, started_s=5.0)
    recording.write_text(tmp_path / "r.console.zst", b"lab: ready\n")
    before = {
        "scenario": load(tmp_path / "s.toml").as_json(),
        "took_s": 2.5,
        "allocstall_total": 99,
    }
    (tmp_path / "r.truth.json").write_text(json.dumps(before))

    assert command.main(["truth", str(tmp_path / "r.tar.zst")]) == 0

    told = json.loads((tmp_path / "r.truth.json").read_text())
    assert (told["allocstall_total"], told["took_s"]) == (4, 2.5)


def test_how_vmadvisor_fared_is_told_from_what_a_run_left(tmp_path, capsys):
    (tmp_path / "fire.output").write_text("warm-up ended with 0\n")
    (tmp_path / "fire.truth.json").write_text('{"kernel_release": "6.1.0", "oom_kills": []}')

    assert command.main(["fire", str(tmp_path / "fire.output")]) == 0
    assert "fire: Linux 6.1.0" in capsys.readouterr().out
    assert command.main(["fire", str(tmp_path / "none.output")]) == 3
