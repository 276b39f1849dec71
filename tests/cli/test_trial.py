"""``trial`` from end to end, on a tree that stands for the host's settings: this host's own stay as they are."""

import json
import os
import pty
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from vmadvisor.apply.setting_file import ApplyError
from vmadvisor.cli import trial as module
from vmadvisor.cli._trial_choice import chosen
from vmadvisor.cli.advise import report_of
from vmadvisor.collect import Request, open_root, take
from vmadvisor.records import replace

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
TICK = FIXTURES / "6.1-healthy" / "41.353645"
COMMAND = [sys.executable, "-m", "vmadvisor", "trial"]
QUICK = ["--set", "vm.swappiness=10", "--seconds", "1", "--baseline", "1", "--yes"]
LONG, SHORT = ["--minutes", "5"], ["--minutes", "0.02"]


@pytest.fixture
def host(tmp_path):
    setting = tmp_path / "proc/sys/vm/swappiness"
    setting.parent.mkdir(parents=True)
    setting.write_text("60\n")
    return tmp_path


def value(host):
    return (host / "proc/sys/vm/swappiness").read_text().strip()


def waits_for(wanted, seconds=60):
    end = time.monotonic() + seconds
    while time.monotonic() < end and not wanted():
        time.sleep(0.02)
    return wanted()


def started(host, *more):
    return subprocess.Popen(
        [*COMMAND, *QUICK, "--prefix", str(host), *more],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        text=True,
    )


def test_it_says_what_it_will_do_does_it_and_takes_it_back(host):
    one = started(host, *SHORT)
    was_in_force = waits_for(lambda: value(host) == "10")
    out, told = one.communicate(timeout=120)

    assert (was_in_force, one.returncode, value(host)) == (True, 0, "60")
    assert "write:   10 to /proc/sys/vm/swappiness (now 60)" in told
    assert "echo 60 > /proc/sys/vm/swappiness" in told
    assert "no systemd timer stood behind the watchdog" in told
    assert "taken back: /proc/sys/vm/swappiness is 60 again" in out
    assert "comparable" in out.lower()
    assert not (host / "run/vmadvisor/trial.json").exists()


def test_json_tells_all_of_it(host):
    out, _ = started(host, *SHORT, "--format", "json").communicate(timeout=120)
    told = json.loads(out)

    assert told["schema"] == "vmadvisor-trial-1"
    assert (told["previous"], told["value"], told["written"]) == ("60", "10", "10")
    assert (told["ended"], told["taken_back"], told["is_whole"]) == ("over", "restored", True)
    assert {"before", "predicted", "after", "is_inside"} <= set(told["figures"][0])


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_takes_it_back_and_reports_what_was_measured(host, number):
    one = started(host, *LONG)
    assert waits_for(lambda: value(host) == "10")
    time.sleep(1.2)

    one.send_signal(number)
    one.send_signal(number)  # a second one does not interrupt the undo
    out, _ = one.communicate(timeout=60)

    assert (value(host), one.returncode) == ("60", 3)
    assert f"ended: {signal.Signals(number).name}" in out


def test_kill_9_is_made_good_by_the_watchdog(host):
    one = started(host, *LONG)
    assert waits_for(lambda: value(host) == "10")

    one.kill()

    assert waits_for(lambda: value(host) == "60", 10)
    assert "is 60 again (by the watchdog)" in one.communicate(timeout=60)[1]


def test_a_killed_watchdog_ends_the_trial(host):
    one = started(host, *LONG)
    assert waits_for(lambda: value(host) == "10")
    children = Path(f"/proc/{one.pid}/task/{one.pid}/children").read_text().split()

    os.kill(int(children[0]), signal.SIGKILL)
    out, _ = one.communicate(timeout=60)

    assert (value(host), one.returncode) == ("60", 3)
    assert "its watchdog was gone" in out


def test_a_value_that_somebody_else_sets_ends_the_trial_and_is_left(host):
    one = started(host, *LONG)
    assert waits_for(lambda: value(host) == "10")

    (host / "proc/sys/vm/swappiness").write_text("35\n")
    out, _ = one.communicate(timeout=60)

    assert (value(host), one.returncode) == ("35", 3)
    assert "left alone: somebody else set /proc/sys/vm/swappiness to 35" in out


def test_an_oom_kill_is_harm_and_takes_it_back_at_once(host):
    shutil.copytree(TICK / "proc", host / "proc", dirs_exist_ok=True)
    shutil.copytree(TICK / "sys", host / "sys", dirs_exist_ok=True)
    (host / "proc/sys/vm/swappiness").write_text("60\n")
    vmstat = host / "proc/vmstat"
    one = started(host, *LONG)
    assert waits_for(lambda: value(host) == "10")
    time.sleep(1.2)

    struck = re.sub(r"(?m)^oom_kill \d+$", "oom_kill 7", vmstat.read_text())
    (host / "vmstat.new").write_text(struck)
    (host / "vmstat.new").rename(vmstat)
    out, _ = one.communicate(timeout=60)

    assert (value(host), one.returncode) == ("60", 3)
    assert "ended: it did harm: the OOM killer struck, 7 count" in out


def test_what_an_old_kernel_does_not_show_is_said_before_the_write_and_is_no_zero(host):
    shutil.copytree(TICK / "proc", host / "proc", dirs_exist_ok=True)
    shutil.copytree(TICK / "sys", host / "sys", dirs_exist_ok=True)
    shutil.rmtree(host / "proc/pressure")
    (host / "proc/sys/vm/swappiness").write_text("60\n")
    vmstat = host / "proc/vmstat"
    vmstat.write_text(re.sub(r"(?m)^oom_kill \d+\n", "", vmstat.read_text()))

    out, told = started(host, *SHORT, "--format", "json").communicate(timeout=120)

    assert "cannot be seen here: OOM kills: this kernel does not count them" in told
    assert "cannot be seen here: stalls: this kernel gives no PSI" in told
    assert "oom_kills" not in {one["name"] for one in json.loads(out)["figures"]}


def test_where_nothing_would_tell_harm_nothing_is_tried(host):
    shutil.copytree(TICK / "proc", host / "proc", dirs_exist_ok=True)
    (host / "proc/zoneinfo").unlink()
    (host / "proc/sys/vm/swappiness").write_text("60\n")

    one = started(host, *SHORT)
    _, told = one.communicate(timeout=120)

    assert (one.returncode, value(host)) == (3, "60")
    assert "nothing would tell harm: not tried; nothing was written" in told


def _calls(log):
    """(name, the rest) of every call that strace saw return without an error."""
    found = re.findall(r"(?m)^\d+ +(\w+)\((.*)\) += (-?\d+)", log)
    return [(name, rest) for name, rest, result in found if int(result) >= 0]


@pytest.mark.live
@pytest.mark.skipif(shutil.which("strace") is None, reason="needs strace")
@pytest.mark.parametrize("more", [["--set", "vm.swappiness=11"], []])
def test_strace_sees_a_dry_run_write_nothing(tmp_path, more):
    """But to its own output and pipes, and to /dev/null, which keeps nothing."""
    command = [*COMMAND, "--seconds", "1", "--dry-run", *more]
    subprocess.run(command, capture_output=True, check=True, timeout=120)  # Python's own cache
    traced = ["strace", "-f", "-qq", "-e", "trace=%file,%desc,kill,tkill,tgkill,socket,connect"]
    done = subprocess.run(
        [*traced, "-o", str(tmp_path / "log"), *command],
        capture_output=True, check=False, timeout=300,
    )  # fmt: skip
    if b"ptrace" in done.stderr.lower():
        pytest.skip(f"strace cannot trace here: {done.stderr[-200:]!r}")
    calls = _calls((tmp_path / "log").read_text(errors="replace"))
    opened = [rest for name, rest in calls if name in {"open", "openat", "openat2", "creat"}]
    written = [rest for rest in opened if re.search(r"O_(WRONLY|RDWR|CREAT|TRUNC|APPEND)", rest)]

    assert len(opened) > 100
    assert [rest for rest in written if '"/dev/null"' not in rest] == []
    forbidden = {
        "creat", "unlink", "unlinkat", "rename", "renameat", "renameat2", "mkdir", "mkdirat", "rmdir",
        "link", "linkat", "symlink", "symlinkat", "truncate", "ftruncate", "chmod", "fchmod", "fchmodat",
        "chown", "fchown", "fchownat", "utimensat", "mknod", "mknodat", "mount", "umount2", "setxattr",
        "swapon", "swapoff", "connect", "tkill", "tgkill",
    }  # fmt: skip
    assert [call for call in calls if call[0] in forbidden] == []


def test_a_dry_run_says_what_would_be_written(host):
    done = subprocess.run(
        [*COMMAND, *QUICK, "--dry-run", "--prefix", str(host)],
        capture_output=True, text=True, check=True, timeout=120,
    )  # fmt: skip

    assert "write:   10 to /proc/sys/vm/swappiness (now 60)" in done.stderr
    assert "dry run: nothing was written" in done.stderr
    assert [path.name for path in host.rglob("*") if path.is_file()] == ["swappiness"]


def test_without_a_terminal_or_yes_nothing_is_written(host):
    done = subprocess.run(
        [*COMMAND, *QUICK[:-1], *SHORT, "--prefix", str(host)],
        capture_output=True, text=True, check=False, timeout=120, stdin=subprocess.DEVNULL,
    )  # fmt: skip

    assert done.returncode == 3
    assert "nobody can be asked" in done.stderr
    assert not (host / "run").exists()


@pytest.mark.parametrize(("answer", "code", "is_tried"), [("yes", 0, True), ("y", 3, False)])
def test_a_terminal_is_asked_and_only_a_whole_yes_counts(host, answer, code, is_tried):
    ours, theirs = pty.openpty()
    one = subprocess.Popen(
        [*COMMAND, *QUICK[:-1], *SHORT, "--prefix", str(host)],
        stdin=theirs, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    os.write(ours, f"{answer}\n".encode())
    _, told = one.communicate(timeout=120)
    os.close(ours)
    os.close(theirs)

    assert one.returncode == code
    assert "Type yes to go on" in told
    assert ("was 60 and is 10" in told) is is_tried
    assert value(host) == "60"


def test_only_root_may(monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 1000)

    result = CliRunner().invoke(module.command, ["--set", "vm.swappiness=10"])

    assert isinstance(result.exception, ApplyError)
    assert "run it as root" in str(result.exception)


def test_what_needs_more_than_one_write_is_passed_over_with_the_command():
    root = str(FIXTURES / "7.2-leak-before-kill")
    report = report_of(root, seconds_s=1, last_s=30)
    choice, refused = chosen(report, take(open_root(root), Request(interval_s=0))[1], None, "")

    assert choice is None
    assert {one.key: one.reason for one in refused} == {
        "swap": "swap: not tried: more than one write",
        "zram": "zram: not tried: more than one write",
    }
    assert "mkswap" in refused[0].command
    assert "swapoff" in refused[0].undo


def _advised(host, advice):
    root = str(FIXTURES / "6.1-healthy")
    report = report_of(root, seconds_s=1, last_s=30)
    named = replace(advice, key="sysctl:vm.swappiness", current=60, recommended=10)
    report = replace(report, judgement=replace(report.judgement, recommendations=(named,)))
    return chosen(report, take(open_root(root), Request(interval_s=0))[1], None, str(host))[0]


def test_advice_that_was_made_of_another_value_is_not_followed(host, advice):
    choice = _advised(host, advice)
    assert (choice.target.value, choice.expected, module._previous(choice)) == ("10", "60", "60")

    (host / "proc/sys/vm/swappiness").write_text("35\n")

    with pytest.raises(ApplyError, match="was 60 when the advice was made and is 35"):
        module._previous(choice)


def test_what_stands_there_already_is_nothing_to_try(host, advice):
    choice = replace(_advised(host, advice), expected=None)
    (host / "proc/sys/vm/swappiness").write_text("10\n")

    with pytest.raises(ApplyError, match="is 10 already"):
        module._previous(choice)


def test_undo_takes_back_what_a_crash_of_everything_left(host):
    one = started(host, *LONG)
    assert waits_for(lambda: value(host) == "10")
    state = host / "run/vmadvisor/trial.json"
    left = state.read_text()
    one.terminate()
    one.communicate(timeout=60)
    (host / "proc/sys/vm/swappiness").write_text("10\n")
    state.write_text(left)

    first = CliRunner().invoke(module.command, ["--undo", "--prefix", str(host)])
    second = CliRunner().invoke(module.command, ["--undo", "--prefix", str(host)])

    assert "swappiness is 60 again" in first.output
    assert "no trial is in force" in second.output
    assert value(host) == "60"


def test_two_trials_at_once_are_one_too_many(host):
    first = started(host, *LONG)
    assert waits_for(lambda: value(host) == "10")
    (host / "proc/sys/vm/vfs_cache_pressure").write_text("100\n")

    second = subprocess.run(
        [*COMMAND, "--set", "vm.vfs_cache_pressure=50", *QUICK[2:], *SHORT, "--prefix", str(host)],
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    first.terminate()
    first.communicate(timeout=60)

    assert second.returncode == 3
    assert "another trial runs" in second.stderr
    assert (host / "proc/sys/vm/vfs_cache_pressure").read_text() == "100\n"


def test_a_reader_that_leaves_does_not_keep_it_in_force(host):
    one = started(host, *LONG)
    assert waits_for(lambda: value(host) == "10")
    threading.Thread(target=one.stderr.close).start()
    one.stdout.close()

    one.send_signal(signal.SIGTERM)

    assert waits_for(lambda: value(host) == "60")
    one.wait(60)
