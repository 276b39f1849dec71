"""The README's accuracy table is that of the present model, or says that it is not."""

import importlib.util
import json
import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def accuracy():
    """The script beside this file, as a module."""
    spec = importlib.util.spec_from_file_location(
        "accuracy", Path(__file__).with_name("accuracy.py")
    )
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def copy(tmp_path):
    """A tree that holds the model alone."""
    ignore = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "vmadvisor" / "model", tmp_path / "vmadvisor" / "model", ignore=ignore)
    return tmp_path


@pytest.fixture
def readme(accuracy):
    block = accuracy.block("| oom | 0.97 |\n", [])
    return f"before\n{block}\nafter\n"


def test_the_table_was_made_of_this_model_and_nobody_edited_it(accuracy):
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    if "<!-- accuracy" not in readme:
        pytest.skip("the README has no accuracy table yet")

    assert accuracy.stale(readme) is None


def test_a_table_just_made_is_not_stale(accuracy, readme):
    assert accuracy.stale(readme) is None


def test_a_figure_edited_by_hand_is_seen(accuracy, readme):
    assert accuracy.stale(readme.replace("0.97", "0.98")) == "the table was edited by hand"


@pytest.mark.parametrize("name", ["outlook.py", "events.py", "track.py", "backtest/timing.py"])
def test_a_changed_model_is_seen(accuracy, readme, copy, name):
    assert accuracy.stale(readme, copy) is None
    path = copy / "vmadvisor" / "model" / name
    path.write_text(path.read_text() + "\nEPSILON = 1e-9\n")

    assert "another" in accuracy.stale(readme, copy)


def test_a_changed_or_new_data_file_is_seen(accuracy, readme, copy):
    data = copy / "vmadvisor" / "model" / "map.json"
    data.write_text("[0.5]")
    first = accuracy.stale(readme, copy)
    before = accuracy.model_digest(copy)
    data.write_text("[0.6]")

    assert first is not None
    assert accuracy.model_digest(copy) != before


def test_words_about_the_code_change_no_figure(accuracy, copy):
    before = accuracy.model_digest(copy)
    path = copy / "vmadvisor" / "model" / "outlook.py"
    text = path.read_text().replace('"""', '"""In other words: ', 1)
    assert text != path.read_text()
    path.write_text(f"{text}\n# why it is so\n")

    assert accuracy.model_digest(copy) == before


def test_what_the_forecast_does_not_use_may_change(accuracy, copy):
    before = accuracy.model_digest(copy)
    path = copy / "vmadvisor" / "model" / "memory_use.py"
    assert path not in accuracy.model_files(copy)
    path.write_text("EPSILON = 1e-9\n")

    assert accuracy.model_digest(copy) == before


def test_without_a_table_there_is_nothing_to_trust(accuracy):
    for readme in ("", "<!-- accuracy -->\n<!-- /accuracy -->"):
        with pytest.raises(KeyError):
            accuracy.stale(readme)


def test_code_lines_keep_all_that_runs(accuracy):
    text = '"""What."""\n\nA = """kept"""\n# why\nB = 1  # kept too\n"""About B,\nat length."""\n'

    assert accuracy.code_lines(text) == 'A = """kept"""\nB = 1  # kept too'


@pytest.mark.parametrize("place", ["<!-- accuracy -->\n<!-- /accuracy -->", "made before"])
def test_the_command_writes_the_table_between_its_marks(
    accuracy, written_recording, tmp_path, monkeypatch, place
):
    recordings = [
        str(written_recording("one", ticks_count=60, event_s=45)),
        str(written_recording("two", ticks_count=70, event_s=90)),
    ]
    if place == "made before":
        place = accuracy.block("old\n", [])
    target = tmp_path / "README.md"
    target.write_text(f"above\n{place}\nbelow\n")
    said = tmp_path / "said.jsonl"
    line = {"recording": "one", "time_s": 135.25, "event": "oom", "scope": "host", "horizon_s": 10}
    said.write_text(json.dumps(line | {"probability": 0.75, "low": 0.5, "high": 1}) + "\n")
    monkeypatch.setattr(accuracy, "README", target)
    monkeypatch.setattr("sys.argv", ["accuracy.py", "--forecasts", str(said), *recordings])
    accuracy.main()
    text = target.read_text()

    assert accuracy.stale(text) is None
    assert text.startswith("above\n<!-- accuracy model=")
    assert text.endswith("<!-- /accuracy -->\nbelow\n")
    # The one forecast given stands 10 s before the only event: an alarm, and right.
    assert "| oom | 10 s | 1 | 1.00 (1.00..1.00) | 10 (10..10) s | 1.00 (1.00..1.00) |" in text


def test_a_readme_without_a_place_for_it_is_said(accuracy, tmp_path, monkeypatch):
    target = tmp_path / "README.md"
    target.write_text("nothing\n")
    monkeypatch.setattr(accuracy, "README", target)
    monkeypatch.setattr("sys.argv", ["accuracy.py"])

    with pytest.raises(SystemExit, match="no <!-- accuracy -->"):
        accuracy.main()
