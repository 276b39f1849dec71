import resource
import subprocess
import sys

import pytest

SCRIPT = """
import os, resource
from vmadvisor.recording.memory_lock import lock_memory, unlock_memory
{before}
reason = lock_memory()
locked = [line.split()[1] for line in open("/proc/self/status") if line.startswith("VmLck")][0]
more = bytearray(b"x") * 2**20
unlock_memory()
after = [line.split()[1] for line in open("/proc/self/status") if line.startswith("VmLck")][0]
print(reason, locked, after)
"""
DROP = "resource.setrlimit(resource.RLIMIT_MEMLOCK, ({0}, {0}))\nif os.geteuid() == 0: os.setuid(65534)"


def outcome(before=""):
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT.format(before=before)],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    reason, locked, after = done.stdout.rsplit(None, 2)
    return reason, int(locked), int(after)


@pytest.mark.live
def test_it_is_locked_or_it_is_said_why_not():
    reason, locked, after = outcome()

    assert (reason == "None") == (locked > 1000)
    assert after == 0


@pytest.mark.live
def test_a_limit_is_a_reason_and_no_error():
    reason, locked, after = outcome(DROP.format(4096))

    assert reason in {"cannot allocate memory", "operation not permitted"}
    assert (locked, after) == (0, 0)


@pytest.mark.live
def test_under_a_limit_that_suffices_later_memory_is_not_locked_too():
    """Else the first ``mmap`` beyond the limit would end the recorder."""
    limit_bytes = 2**31
    hard_bytes = resource.getrlimit(resource.RLIMIT_MEMLOCK)[1]
    if hard_bytes != resource.RLIM_INFINITY and hard_bytes < limit_bytes:
        pytest.skip("this process may not have such a limit")
    reason, locked, _ = outcome(DROP.format(limit_bytes))

    assert reason == "None"
    assert locked > 1000
