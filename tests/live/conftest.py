"""A replay with a past: a fixture stretched to half a minute, and a terminal that can be looked at."""

import os
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from stretched import stretch

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
LOOKS_COUNT, LOOK_S = 600, 0.1


@pytest.fixture(scope="session")
def leak(tmp_path_factory) -> Path:
    """A leak of 4 MiB a second, from 27.07 s to 57.07 s: 0.4 s before the OOM killer."""
    directory = tmp_path_factory.mktemp("leak")
    stretch(FIXTURES / "7.2-leak-before-kill", directory, seconds=30)
    return directory


class Tmux:
    """A terminal of its own, with one program in it."""

    def __init__(
        self, socket: Path, command: list[str], columns: int, rows: int, **environment: str
    ) -> None:
        self._socket = str(socket)
        pairs = {"TERM": "tmux-256color", "LC_ALL": "C.UTF-8", "TZ": "UTC", **environment}
        # A caller's COLUMNS and LINES would go before the size of this terminal.
        words = [
            "env",
            "-u",
            "COLUMNS",
            "-u",
            "LINES",
            *(f"{key}={value}" for key, value in pairs.items()),
            *command,
        ]
        # The shell behind it holds the terminal open, so that what is left on it can be looked at.
        line = f"{shlex.join(words)}; echo exit status $?; exec sleep 600"
        self._tmux(
            "-f", "/dev/null", "new-session", "-d", "-x", str(columns), "-y", str(rows), line
        )

    def _tmux(self, *arguments: str) -> str:
        command = ["tmux", "-S", self._socket, *arguments]
        return subprocess.run(
            command, check=True, capture_output=True, text=True, timeout=60
        ).stdout

    def screen(self, *, escapes: bool = False) -> str:
        """What stands on it; with the sequences that coloured it where asked for."""
        return self._tmux("capture-pane", "-p", *(["-e"] if escapes else []))

    def wait_for(self, text: str) -> str:
        """The screen once the text stands on it."""
        for _ in range(LOOKS_COUNT):
            screen = self.screen()
            if text in screen:
                return screen
            time.sleep(LOOK_S)
        raise AssertionError(f"{text!r} never came:\n{screen}")

    def press(self, *keys: str) -> None:
        self._tmux("send-keys", *keys)

    def close(self) -> None:
        self._tmux("kill-server")


@pytest.fixture
def in_tmux(tmp_path) -> Iterator:
    """``in_tmux(["--root", ...], 80, 24)``: ``vmadvisor watch`` in a terminal."""
    if shutil.which("tmux") is None:
        pytest.skip("no tmux on this machine")
    pytest.importorskip("textual")
    opened: list[Tmux] = []

    def open_one(arguments: list[str], columns: int, rows: int, **environment: str) -> Tmux:
        command = [sys.executable, "-m", "vmadvisor", "watch", *arguments]
        socket = tmp_path / f"tmux{len(opened)}"
        opened.append(Tmux(socket, command, columns, rows, **environment))
        return opened[-1]

    here = Path.cwd()
    os.chdir(FIXTURES.parent)
    try:
        yield open_one
    finally:
        os.chdir(here)
        for one in opened:
            one.close()
