"""A tree that stands for the host's settings, and programs that try one in it: this host's own stay as they are."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

TRY = """\
import sys, time
from vmadvisor.apply.watchdog import Watchdog
watchdog = Watchdog()
from vmadvisor.apply.setting_file import SettingFile
from vmadvisor.apply.targets import Target
from vmadvisor.apply.trying import Trying
prefix, seconds = sys.argv[1], float(sys.argv[2])
file = SettingFile(path="/proc/sys/vm/swappiness", prefix=prefix)
trying = Trying(Target(key="sysctl:vm.swappiness", file=file, value="10"), watchdog, undo=["true"], prefix=prefix)
print(watchdog.pid_id, flush=True)
sys.stdin.readline()
trying.put("60", seconds)
print("written", flush=True)
sys.stdin.readline()
trying.take_back()
"""


class Host:
    """``prefix`` is the tree; ``swappiness`` its only setting."""

    def __init__(self, prefix: Path) -> None:
        self.prefix = prefix
        self.swappiness = prefix / "proc/sys/vm/swappiness"
        self.swappiness.parent.mkdir(parents=True)
        self.swappiness.write_text("60\n")
        self.state = prefix / "run/vmadvisor/trial.json"

    def value(self) -> str:
        return self.swappiness.read_text().strip()

    def waits_for(self, wanted: Callable[[], bool], seconds: float = 10) -> bool:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if wanted():
                return True
            time.sleep(0.01)
        return wanted()


class Trial:
    """A process with a watchdog; armed and in force once ``put`` returns."""

    def __init__(self, host: Host, seconds: float = 60) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", TRY, str(host.prefix), str(seconds)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.watchdog = int(self._line())

    def _line(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def go(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()

    def put(self) -> "Trial":
        self.go()
        assert self._line() == "written", self.process.communicate()[1]
        return self

    def kill(self, number: int = signal.SIGKILL) -> None:
        os.kill(self.process.pid, number)
        self.process.wait()

    def end(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate()


@pytest.fixture
def host(tmp_path) -> Host:
    return Host(tmp_path)


@pytest.fixture
def trial(host) -> Iterator[Callable[..., Trial]]:
    started = []

    def start(seconds: float = 60) -> Trial:
        started.append(Trial(host, seconds))
        return started[-1]

    yield start
    for one in started:
        one.end()
