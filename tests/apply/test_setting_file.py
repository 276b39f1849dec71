"""One file, never created, never followed; a process is told from a later one with its pid."""

import pytest

from vmadvisor.apply.setting_file import SettingFile, restore


@pytest.fixture
def file(host):
    return SettingFile(path="/proc/sys/vm/swappiness", prefix=str(host.prefix))


@pytest.mark.parametrize(
    ("stands", "ours", "came", "left"),
    [
        ("10", "10", "restored", "60"),
        ("60", "10", "untouched", "60"),
        ("35", "10", "foreign", "35"),
        ("11", None, "restored", "60"),
    ],
)
def test_only_our_own_value_is_written_over(host, file, stands, ours, came, left):
    host.swappiness.write_text(f"{stands}\n")

    assert restore(file, "60", ours) == (came, left)
    assert host.value() == left


def test_a_file_that_is_gone_has_nothing_to_restore_and_is_not_made(host, file):
    host.swappiness.unlink()

    assert restore(file, "60", "10") == ("vanished", "")
    assert not host.swappiness.exists()


def test_a_link_is_neither_read_nor_written_through(host, file):
    other = host.prefix / "other"
    other.write_text("10\n")
    host.swappiness.unlink()
    host.swappiness.symlink_to(other)

    assert restore(file, "60", "10")[0] == "failed"
    assert other.read_text() == "10\n"


def _process(host, start):
    directory = host.prefix / "proc/4711"
    directory.mkdir(exist_ok=True)
    fields = " ".join(str(number) for number in range(4, 22))
    (directory / "stat").write_text(f"4711 (a ) S) S {fields} {start} 23\n")
    (directory / "oom_score_adj").write_text("-500\n")
    return directory / "oom_score_adj"


def test_a_pid_that_was_given_anew_is_not_written_to(host):
    adj = _process(host, 99)
    same = SettingFile(path="/proc/4711/oom_score_adj", prefix=str(host.prefix), start_ticks=99)
    _process(host, 99)
    assert same.read() == "-500"

    _process(host, 100)

    assert restore(same, "0", "-500") == ("vanished", "")
    assert adj.read_text() == "-500\n"
