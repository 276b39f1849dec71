"""However a trial ends, what it wrote is taken back; what somebody else wrote is not."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

SEED = 20261127


def _is_running(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_kill_9_while_it_is_in_force_restores_and_removes_the_state(host, trial):
    one = trial().put()
    assert (host.value(), host.state.exists()) == ("10", True)

    one.kill()

    assert host.waits_for(lambda: not _is_running(one.watchdog))
    assert (host.value(), host.state.exists()) == ("60", False)


@pytest.mark.parametrize("moment", range(10))
def test_kill_9_at_any_moment_around_the_write_leaves_the_value_as_it_was(host, trial, moment):
    one = trial()
    one.go()
    time.sleep(random.Random(f"{SEED}/{moment}").uniform(0, 0.02))
    one.kill()

    assert host.waits_for(lambda: not _is_running(one.watchdog))
    assert host.value() == "60"


@pytest.mark.parametrize(
    "number", [signal.SIGINT, signal.SIGHUP, signal.SIGQUIT, signal.SIGPIPE, signal.SIGUSR1]
)
def test_the_watchdog_is_deaf_to_what_a_terminal_sends(host, trial, number):
    one = trial().put()

    os.kill(one.watchdog, number)
    time.sleep(0.05)

    assert _is_running(one.watchdog)
    assert host.value() == "10"
    assert os.getsid(one.watchdog) == one.watchdog


def test_sigterm_of_the_watchdog_restores(host, trial):
    one = trial().put()

    os.kill(one.watchdog, signal.SIGTERM)

    assert host.waits_for(lambda: host.value() == "60")
    assert host.waits_for(lambda: not _is_running(one.watchdog))


def test_a_trial_that_hangs_is_taken_back_when_its_time_is_over(host, trial):
    one = trial(seconds=-4.8).put()  # the watchdog gives 5 s more than the trial takes
    one.process.send_signal(signal.SIGSTOP)

    assert host.waits_for(lambda: host.value() == "60")


def test_what_somebody_else_set_meanwhile_is_left_alone_and_said(host, trial):
    one = trial().put()
    host.swappiness.write_text("35\n")

    one.kill()

    assert host.waits_for(lambda: not _is_running(one.watchdog))
    assert host.value() == "35"
    assert "set to '35' by somebody else" in one.process.stderr.read()


def test_the_end_of_a_trial_ends_its_watchdog(host, trial):
    one = trial().put()

    one.go()

    assert one.process.wait(10) == 0
    assert (host.value(), host.state.exists()) == ("60", False)
    assert not _is_running(one.watchdog)


def test_a_stopped_watchdog_does_not_keep_a_trial_from_ending(host, trial):
    one = trial().put()
    os.kill(one.watchdog, signal.SIGSTOP)

    one.go()

    assert one.process.wait(20) == 0
    assert host.value() == "60"
    assert not _is_running(one.watchdog)


def test_an_unarmed_watchdog_ends_with_its_parent_and_writes_nothing(host, trial):
    one = trial()
    before = host.swappiness.stat().st_mtime_ns

    one.kill()

    assert host.waits_for(lambda: not _is_running(one.watchdog))
    assert host.swappiness.stat().st_mtime_ns == before


def test_it_is_small_and_its_pages_stay_in_memory(trial):
    one = trial().put()

    status = dict(
        line.split(":", 1) for line in Path(f"/proc/{one.watchdog}/status").read_text().splitlines()
    )

    assert int(status["VmRSS"].split()[0]) < 24 * 1024
    if os.geteuid() == 0:
        assert int(status["VmLck"].split()[0]) > 0
    lowers = ["sh", "-c", "echo -1000 > /proc/self/oom_score_adj"]
    if subprocess.run(lowers, stderr=subprocess.DEVNULL, check=False).returncode == 0:
        assert Path(f"/proc/{one.watchdog}/oom_score_adj").read_text() == "-1000\n"


def test_the_child_imports_nothing_after_the_fork(tmp_path):
    """An import would read a disk, under memory pressure, while a setting is in force."""
    program = """\
import builtins, os, sys, tempfile
from vmadvisor.apply.setting_file import SettingFile
from vmadvisor.apply import watchdog
real = builtins.__import__
def refuse(name, *rest, **more):
    if os.getpid() != parent:
        open(sys.argv[1] + '/imported', 'a').write(name + chr(10))
    return real(name, *rest, **more)
parent = os.getpid()
builtins.__import__ = refuse
one = watchdog.Watchdog()
lock = os.open(sys.argv[1], os.O_RDONLY)
one.arm(SettingFile(path='/value', prefix=sys.argv[1]), '1', seconds_s=60, lock=lock, state='/nowhere/state')
one.dismiss()
"""
    (tmp_path / "value").write_text("2\n")

    subprocess.run([sys.executable, "-c", program, str(tmp_path)], check=True, timeout=60)

    assert (tmp_path / "value").read_text() == "1\n"
    assert not (tmp_path / "imported").exists(), (tmp_path / "imported").read_text()
