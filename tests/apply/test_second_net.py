"""What the timer would run is this program, however it was started."""

import sys

from vmadvisor.apply.second_net import undo_command


def test_a_script_is_called_again_by_its_whole_path(monkeypatch, tmp_path):
    script = tmp_path / "vmadvisor"
    script.write_text("")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["vmadvisor", "trial"])

    assert undo_command() == [sys.executable, str(script), "trial", "--undo"]


def test_a_module_is_called_as_one(monkeypatch):
    monkeypatch.setattr(sys, "argv", ["/somewhere/vmadvisor/__main__.py", "trial"])

    assert undo_command() == [sys.executable, "-m", "vmadvisor", "trial", "--undo"]
