"""The command line over every fixture: what check finds, explain finds again, and advise says the same twice.

And on this live host: the reader is counted among the processes, but no rule, no order names it.
"""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from vmadvisor.__main__ import run

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures"
PACKED = "recording.tar.zst"
NAMES = sorted(str(path.parent.relative_to(FIXTURES)) for path in FIXTURES.rglob("origin.toml"))
ADVISES = [name for name in NAMES if name.startswith("lab/advice-") and name.endswith("-sick")]
READ_ID = "VMA-READ-001"
"""What could not be read is no rule's; ``explain`` has none for it."""


def _root(name):
    packed = FIXTURES / name / PACKED
    return str(packed if packed.exists() else FIXTURES / name)


@pytest.fixture
def said(capsys):
    """What a command prints as JSON."""

    def ask(*arguments):
        run([*arguments, "--format", "json"])
        return json.loads(capsys.readouterr().out)

    return ask


def _of_rule(told, rule):
    return json.dumps([one for one in told["findings"] if one["id"] == rule])


@pytest.mark.parametrize("name", NAMES)
def test_every_number_of_a_finding_is_the_same_when_it_is_explained(name, said):
    root = _root(name)
    told = said("check", "--root", root)
    rules = {one["id"] for one in told["findings"]} - {READ_ID}

    for rule in rules:
        assert _of_rule(said("explain", rule, "--root", root), rule) == _of_rule(told, rule)


@pytest.mark.parametrize("name", ADVISES)
def test_what_rests_on_a_simulation_is_the_same_when_it_is_asked_again(name, said):
    first, again = (said("advise", "--root", _root(name), "--last", "3600") for _ in range(2))

    assert first["recommendations"]
    assert json.dumps(first["recommendations"]) == json.dumps(again["recommendations"])


HELD_BYTES = 64 << 20
NAME = "vmadv-own"
FIRST = """
import sys
for name, text in (("comm", "{name}"), ("oom_score_adj", "1000")):
    with open("/proc/self/" + name, "w") as stream:
        stream.write(text)
held = bytearray({size})
held[::4096] = b"x" * len(held[::4096])
"""
READS = """
from vmadvisor.__main__ import main
sys.argv = ["vmadvisor", *sys.argv[1:]]
main()
"""
WAITS = """
print("ready", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def critical(tmp_path):
    """A configuration in which that name is a critical service's."""
    path = tmp_path / "vmadvisor.toml"
    path.write_text(f'[critical]\nservices = ["{NAME}"]\n')
    return ["--config", str(path), "--interval", "0", "--format", "json"]


def _named(told, pid):
    """Whether a finding or a recommendation is about the process."""
    text = json.dumps([*told["findings"], *told["recommendations"], told["relief"]])
    return f"(pid {pid})" in text or f"/proc/{pid}/" in text


def test_a_reader_that_stands_first_in_the_oom_killers_order_is_counted_and_not_named(critical):
    code = FIRST.format(name=NAME, size=HELD_BYTES) + READS
    reader = subprocess.Popen(
        [sys.executable, "-c", code, "check", *critical], stdout=subprocess.PIPE, text=True
    )
    told = json.loads(reader.communicate(timeout=240)[0])

    assert reader.pid in {one["pid"] for one in told["victims"]["host"]}
    assert not _named(told, reader.pid)


def test_another_process_that_stands_there_is_named(critical):
    """The same name, memory and value in a process that does not read: the rule does speak."""
    code = FIRST.format(name=NAME, size=HELD_BYTES) + WAITS
    other = subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        assert other.stdout.readline() == "ready\n"
        done = subprocess.run(
            [sys.executable, "-m", "vmadvisor", "check", *critical],
            stdout=subprocess.PIPE, text=True, timeout=240, check=False,
        )  # fmt: skip
        told = json.loads(done.stdout)
    finally:
        other.communicate()

    assert _named(told, other.pid)
