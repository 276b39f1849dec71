"""Nothing is written before lock, state and watchdog stand; nothing is left in force when one of them fails."""

import json
import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from vmadvisor.apply import trial_state
from vmadvisor.apply.setting_file import ApplyError, SettingFile
from vmadvisor.apply.targets import Target, target_of
from vmadvisor.apply.trying import Trying, undo_left
from vmadvisor.apply.watchdog import Watchdog
from vmadvisor.collect import Request, open_root, take
from vmadvisor.errors import StateError

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"


@pytest.fixture
def target(host):
    file = SettingFile(path="/proc/sys/vm/swappiness", prefix=str(host.prefix))
    return Target(key="sysctl:vm.swappiness", file=file, value="10")


@pytest.fixture
def trying(host, target):
    one = Trying(target, Watchdog(), undo=["true"], prefix=str(host.prefix))
    yield one
    one.take_back()


def test_it_is_written_read_back_kept_and_taken_back(host, trying):
    assert trying.put("60", 60) == "10"
    kept = json.loads(host.state.read_text())
    back = trying.take_back()

    assert (kept["previous"], kept["written"], kept["pid"]) == ("60", "10", os.getpid())
    assert (back.came, back.now, host.value()) == ("restored", "60", "60")
    assert not host.state.exists()
    assert trying.take_back() is None


def test_a_value_that_changed_since_it_was_planned_is_not_written_over(host, trying):
    host.swappiness.write_text("35\n")

    with pytest.raises(ApplyError, match="was 60 and is 35: somebody else"):
        trying.put("60", 60)

    assert (host.value(), host.state.exists()) == ("35", False)


def test_a_group_that_grew_beyond_the_limit_since_it_was_planned_is_not_killed_from(host):
    """Minutes lie between the plan and the write: the question, and the watch before it."""
    group = host.prefix / "sys/fs/cgroup/batch"
    group.mkdir(parents=True)
    limit, current = group / "memory.max", group / "memory.current"
    limit.write_text("max\n")
    current.write_text("8192000\n")
    snapshot = take(open_root(str(FIXTURES / "6.1-healthy")), Request(interval_s=0))[1]
    prefix = str(host.prefix)
    planned = target_of("cgroup:/batch:memory.max", "12288000", snapshot, prefix)
    trying = Trying(planned, Watchdog(), undo=["true"], prefix=prefix)
    current.write_text("12292096\n")

    with pytest.raises(ApplyError, match="holds 12292096 bytes, and the OOM killer"):
        trying.put("max", 60)

    assert (limit.read_text(), host.state.exists()) == ("max\n", False)


def test_a_second_trial_is_refused_while_one_runs(host, trying, target):
    trying.put("60", 60)
    second = Trying(target, Watchdog(), undo=["true"], prefix=str(host.prefix))

    with pytest.raises(ApplyError, match="another trial runs"):
        second.put("10", 60)

    assert host.value() == "10"


def test_a_lost_watchdog_means_nothing_is_written(host, trying):
    trying._watchdog.dismiss()

    with pytest.raises(ApplyError, match="watchdog"):
        trying.put("60", 60)

    assert (host.value(), host.state.exists()) == ("60", False)


def test_a_full_disk_under_the_state_means_nothing_is_written(host):
    """A file size limit of 0 gives what a full disk gives: a write that fails."""
    program = f"""\
import resource, signal
from vmadvisor.apply.watchdog import Watchdog
watchdog = Watchdog()
from vmadvisor.apply.setting_file import SettingFile, ApplyError
from vmadvisor.apply.targets import Target, target_of
from vmadvisor.apply.trying import Trying
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
file = SettingFile(path="/proc/sys/vm/swappiness", prefix={str(host.prefix)!r})
try:
    Trying(Target(key="k", file=file, value="10"), watchdog, undo=["true"], prefix={str(host.prefix)!r}).put("60", 60)
except ApplyError as error:
    print(error)
"""
    before = host.swappiness.stat().st_mtime_ns
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60
    )

    assert "cannot write" in done.stdout
    assert "file too large" in done.stdout
    assert host.swappiness.stat().st_mtime_ns == before
    assert list(host.state.parent.iterdir()) == []
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] != 0


def test_what_a_crash_of_everything_left_is_undone_by_hand(host, trying, target):
    trying.put("60", 60)
    left = host.state.read_text()
    trying.take_back()
    host.swappiness.write_text("10\n")
    host.state.write_text(left)

    with pytest.raises(ApplyError, match="run vmadvisor trial --undo first"):
        Trying(target, Watchdog(), undo=["true"], prefix=str(host.prefix)).put("10", 60)
    state, back = undo_left(str(host.prefix))

    assert (state.key, back.came, host.value()) == ("sysctl:vm.swappiness", "restored", "60")
    assert undo_left(str(host.prefix)) == (None, None)


def test_what_another_boot_left_is_only_removed(host, trying):
    trying.put("60", 60)
    left = json.loads(host.state.read_text()) | {"boot_id": "another"}
    trying.take_back()
    host.swappiness.write_text("10\n")
    host.state.write_text(json.dumps(left))

    state, back = undo_left(str(host.prefix))

    assert (state.previous, back, host.value()) == ("60", None, "10")
    assert not host.state.exists()


def test_somebody_elses_value_is_not_undone(host, trying):
    trying.put("60", 60)
    host.swappiness.write_text("35\n")

    _, back = undo_left(str(host.prefix))

    assert (back.came, back.is_previous, host.value()) == ("foreign", False, "35")


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", '{"schema": "another"}', "\xff", "x" * 20_000,
     '{"schema": "vmadvisor-trial-1", "start_ticks": "7", "pid": 7}'],
)  # fmt: skip
def test_a_state_file_of_anything_is_refused_not_believed(host, text):
    host.state.parent.mkdir(parents=True)
    host.state.write_text(text)

    with pytest.raises(StateError, match=r"trial\.json"):
        trial_state.kept(str(host.prefix))


@pytest.fixture
def systemd(host, tmp_path, monkeypatch):
    """Programs of its names that note what they are called with."""
    (host.prefix / "run/systemd/system").mkdir(parents=True)
    programs = tmp_path / "programs"
    programs.mkdir()
    for name in ("systemd-run", "systemctl"):
        program = programs / name
        program.write_text(f'#!/bin/sh\necho "{name} $*" >> {tmp_path}/calls\n')
        program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}:{os.environ['PATH']}")
    return tmp_path / "calls"


def test_a_timer_stands_behind_the_watchdog_where_systemd_runs(systemd, trying):
    trying.put("60", 600)
    before = systemd.read_text().splitlines()
    trying.take_back()

    assert trying.no_timer is None
    assert before[-1] == (
        "systemd-run --on-active=635s --timer-property=AccuracySec=1s --unit=vmadvisor-trial-undo "
        "--quiet -- true"
    )
    assert systemd.read_text().splitlines()[-1] == "systemctl stop vmadvisor-trial-undo.timer"


def test_without_systemd_that_is_said(trying):
    trying.put("60", 60)

    assert trying.no_timer == "systemd is not the init here"


@pytest.mark.usefixtures("systemd")
def test_a_timer_that_cannot_be_had_is_said_and_the_trial_goes_on(trying):
    failing = Path(os.environ["PATH"].partition(":")[0]) / "systemd-run"
    failing.write_text("#!/bin/sh\necho 'Unit exists' >&2; exit 1\n")

    assert trying.put("60", 60) == "10"
    assert trying.no_timer == "systemd-run: Unit exists"
