"""sadf is run in its own words, in UTC, within bounds, and never waited for in vain."""

import time

import pytest

from vmadvisor.collect import sadf_program
from vmadvisor.collect.damage import DamageError
from vmadvisor.collect.sar_files import sar_text
from vmadvisor.errors import RootError

BINARY = b"\x96\xd5 not JSON"


@pytest.fixture
def binary(tmp_path):
    path = tmp_path / "sa01"
    path.write_bytes(BINARY)
    return str(path)


def asked(tmp_path):
    return (tmp_path / "asked").read_text().splitlines()


def test_a_binary_file_is_given_to_sadf_in_utc_and_its_own_words(tmp_path, sadf, binary):
    sadf(f"cat {tmp_path}/sa01 >/dev/null; cmp $file {tmp_path}/sa01 && echo '{{\"same\": 1}}'")

    assert "".join(sar_text(binary)) == '{"same": 1}\n'
    (words,) = asked(tmp_path)
    assert words.startswith("-j /proc/self/fd/")
    assert words.endswith(" -- -B -W -r ALL -S -q MEM,IO")
    environment = dict(
        line.split("=", 1) for line in (tmp_path / "env").read_text().splitlines() if "=" in line
    )
    assert (environment["LC_ALL"], environment["TZ"]) == ("C", "UTC")
    assert not {"HOME", "S_TIME_DEF_TIME", "LD_PRELOAD"} & set(environment)


def test_an_older_sadf_that_refuses_a_word_is_asked_with_fewer(tmp_path, sadf, binary):
    sadf('case "$*" in *MEM*|*ALL*) echo usage >&2; exit 1;; esac; echo "{}"')

    assert "".join(sar_text(binary)) == "{}\n"
    assert [one.partition(" -- ")[2] for one in asked(tmp_path)] == [
        "-B -W -r ALL -S -q MEM,IO", "-B -W -r ALL -S", "-B -W -r -S",
    ]  # fmt: skip


def test_what_sadf_refuses_is_refused_in_its_words(sadf, binary):
    sadf("echo Invalid system activity file: $file >&2; exit 3")

    with pytest.raises(RootError, match="sadf: Invalid system activity file: the file"):
        list(sar_text(binary))


def test_without_sadf_it_says_which_package_has_it(monkeypatch, binary):
    monkeypatch.setenv("PATH", "/nonexistent")

    with pytest.raises(RootError, match=r"no such file.*package sysstat"):
        list(sar_text(binary))


def test_output_before_a_failure_stands(sadf, binary):
    sadf("echo '{\"half\"'; echo End of system activity file unexpected >&2; exit 2")
    text = sar_text(binary)

    assert next(text) == '{"half"\n'
    with pytest.raises(DamageError, match="unexpected"):
        next(text)


@pytest.mark.parametrize("script", ["sleep 60", "exec 1>&-; sleep 60", "echo x; sleep 60"])
def test_a_sadf_that_hangs_is_ended(sadf, binary, monkeypatch, script):
    monkeypatch.setattr(sadf_program, "WITHIN_S", 0.6)
    sadf(f"exec 2>/dev/null; {script.replace('sleep', 'exec sleep')}")
    started = time.monotonic()

    with pytest.raises(DamageError, match="did not end within"):
        list(sar_text(binary))
    assert time.monotonic() - started < 30


def test_what_sadf_may_take_is_limited(sadf, binary):
    sadf("ulimit -v; ulimit -c; ulimit -t")

    assert "".join(sar_text(binary)) == "524288\n0\n60\n"
