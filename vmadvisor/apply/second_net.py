"""The net below the watchdog: a transient systemd timer that runs ``trial --undo`` once the time is over.

    systemd-run --on-active=630s --timer-property=AccuracySec=1s --unit=vmadvisor-trial-undo -- vmadvisor trial --undo

It survives the kill of trial and watchdog both. Where systemd is not the init there is none, and that is said.
"""

# ruff: noqa: S603 - the command is ours word by word; systemd's programs are where PATH has them

import os
import subprocess
import sys
from collections.abc import Sequence

UNIT = "vmadvisor-trial-undo"
RUNS_SYSTEMD = "/run/systemd/system"
"""sd_booted(3): this directory is there where systemd is the init."""

GRACE_S = 30
_WAIT_S = 10.0


def undo_command() -> list[str]:
    """How this program is called again, whatever it was started from."""
    script = os.path.abspath(sys.argv[0])  # noqa: PTH100 - as it was typed
    if os.path.isfile(script) and not script.endswith("__main__.py"):  # noqa: PTH113
        return [sys.executable, script, "trial", "--undo"]
    return [sys.executable, "-m", "vmadvisor", "trial", "--undo"]


def spread(seconds_s: float, command: Sequence[str], prefix: str = "") -> str | None:
    """Starts the timer; why there is none, or ``None`` where there is one."""
    if not os.path.isdir(prefix + RUNS_SYSTEMD):  # noqa: PTH112
        return "systemd is not the init here"
    _quietly(["systemctl", "reset-failed", f"{UNIT}.timer", f"{UNIT}.service"])
    return _quietly(
        [
            "systemd-run",
            f"--on-active={seconds_s + GRACE_S:.0f}s",
            "--timer-property=AccuracySec=1s",
            f"--unit={UNIT}",
            "--quiet",
            "--",
            *command,
        ]
    )


def take_in() -> str | None:
    """Stops the timer; why that failed, or ``None``."""
    return _quietly(["systemctl", "stop", f"{UNIT}.timer"])


def _quietly(command: Sequence[str]) -> str | None:
    """Runs it to its end, deaf to the terminal's signals; the reason where it failed."""
    try:
        done = subprocess.run(
            command,
            check=False,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_WAIT_S,
            start_new_session=True,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"{command[0]}: {error}"
    if done.returncode == 0:
        return None
    lines = done.stderr.strip().splitlines()
    return f"{command[0]}: {lines[-1] if lines else f'exit {done.returncode}'}"
