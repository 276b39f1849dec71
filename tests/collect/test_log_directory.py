"""Unreadable logs of a directory are gaps, the others are read."""

from vmadvisor.collect import log_directory
from vmadvisor.collect.log_directory import directory_logs


def test_logs_come_in_the_order_of_their_names(tmp_path):
    for name in ("var/log/messages", "a/dmesg", "proc/kmsg", "etc/hosts"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(f"{name}\n")
    found = [(name, b"".join(blocks)) for name, blocks in directory_logs(str(tmp_path), [])]

    assert found == [("a/dmesg", b"a/dmesg\n"), ("var/log/messages", b"var/log/messages\n")]


def test_a_file_that_became_a_link_is_a_gap(tmp_path, monkeypatch):
    (tmp_path / "dmesg").symlink_to("/etc/hostname")
    monkeypatch.setattr(log_directory, "_files", lambda _top: iter(["dmesg"]))
    gaps = []

    assert [list(blocks) for _, blocks in directory_logs(str(tmp_path), gaps)] == [[]]
    assert gaps[0].path == "dmesg"
