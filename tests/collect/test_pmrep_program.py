"""pmrep is run in its own words, in UTC, without anybody's configuration, within bounds."""

import time

import pytest

from vmadvisor.collect import pmrep_program
from vmadvisor.collect.damage import DamageError
from vmadvisor.collect.pmrep_program import by_pmrep
from vmadvisor.errors import RootError
from vmadvisor.sources.pcp_metrics import METRICS


@pytest.fixture
def pmrep(fake_program):
    return lambda script: fake_program("pmrep", script)


def test_an_archive_is_asked_for_raw_in_utc_and_for_what_is_wanted(tmp_path, pmrep, monkeypatch):
    pmrep("wc -c < $2; echo Host")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PCP_CONF", "/nonexistent")

    assert b"".join(by_pmrep("20261127.00.10")) == b"0\nHost\n"
    (asked,) = (tmp_path / "asked").read_text().splitlines()
    words = asked.split(" ")
    assert words[0] == "--config"
    assert words[1].startswith("/proc/self/fd/")
    assert words[2:4] == ["--archive", f"{tmp_path}/20261127.00.10"]
    assert " --no-interpol --raw --ignore-unknown --timezone UTC " in asked
    assert words[-len(METRICS) :] == list(METRICS)
    environment = dict(
        line.split("=", 1) for line in (tmp_path / "env").read_text().splitlines() if "=" in line
    )
    assert (environment["LC_ALL"], environment["TZ"]) == ("C", "UTC")
    assert not {"HOME", "PCP_CONF", "LD_PRELOAD"} & set(environment)


def test_what_pmrep_refuses_is_refused_in_its_words(pmrep):
    pmrep("echo >&2; echo 'pmrep: No such file or directory' >&2; exit 1")

    with pytest.raises(RootError, match=r"^pmrep: No such file or directory$"):
        list(by_pmrep("/a"))


def test_an_archive_that_lacks_instances_is_asked_for_what_has_none(tmp_path, pmrep):
    pmrep('case "$*" in *mem.zoneinfo*) echo "Invalid metric" >&2; exit 1;; esac; echo Host')

    assert b"".join(by_pmrep("/a")) == b"Host\n"
    first, second = (tmp_path / "asked").read_text().splitlines()
    assert "mem.zoneinfo.free" in first
    assert "kernel.all.pressure.memory.full.avg" in first
    assert " mem.vmstat.oom_kill " in second
    assert "memory.full.total" in second
    assert "memory.full.avg" not in second


def test_a_pmrep_that_says_nothing_is_said(pmrep):
    pmrep("exit 0")

    with pytest.raises(RootError, match="pmrep printed nothing"):
        list(by_pmrep("/a"))


def test_without_pmrep_it_says_which_packages_have_it(monkeypatch):
    monkeypatch.setenv("PATH", "/nonexistent")

    with pytest.raises(RootError, match=r"no such file.*package pcp, or pcp-system-tools"):
        list(by_pmrep("/a"))


def test_a_comma_would_be_a_list(pmrep):
    pmrep("echo x")

    with pytest.raises(RootError, match="comma"):
        list(by_pmrep("/a,b"))


def test_output_before_a_failure_stands(pmrep):
    pmrep("echo Host; echo 'pmrep: Corrupted record in a PCP archive log' >&2; exit 1")
    text = by_pmrep("/a")

    assert next(text) == b"Host\n"
    with pytest.raises(DamageError, match=r"^pmrep: Corrupted record"):
        next(text)


def test_a_pmrep_that_hangs_is_ended(pmrep, monkeypatch):
    monkeypatch.setattr(pmrep_program, "WITHIN_S", 0.6)
    pmrep("exec 2>/dev/null; exec sleep 60")
    started = time.monotonic()

    with pytest.raises(DamageError, match="did not end within"):
        list(by_pmrep("/a"))
    assert time.monotonic() - started < 30


def test_what_pmrep_may_take_is_limited(pmrep):
    pmrep("ulimit -v; ulimit -c; ulimit -t")

    assert b"".join(by_pmrep("/a")) == b"1048576\n0\n1800\n"


def test_of_what_pmrep_says_beside_its_output_little_is_kept_however_much_it_is(pmrep):
    pmrep("echo a warning >&2; head -c 3000000 /dev/zero >&2; stat -Lc %F /proc/self/fd/2; echo 7")

    assert b"".join(by_pmrep("/a")) == b"fifo\n7\n"


def test_first_words_are_kept_of_many(pmrep):
    pmrep("echo no such archive >&2; yes 2>&1 | head -c 3000000 >&2; exit 4")

    with pytest.raises(RootError, match=r"^pmrep: no such archive$"):
        list(by_pmrep("/a"))
