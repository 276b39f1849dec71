"""A first look needs nothing but three files, and says what the rules would say of them."""

import time

import pytest

from vmadvisor import urgent
from vmadvisor.advise.rules import _stalls
from vmadvisor.urgent import Look, is_hopeless, judged, number_after, stalled_ratio

PRESSURE = (
    b"some avg10=91.40 avg60=75.02 avg300=31.99 total=99325817\n"
    b"full avg10=74.95 avg60=60.70 avg300=25.04 total=80283341\n"
)
MEMINFO = (
    b"MemTotal:         342968 kB\nMemFree:            2604 kB\nMemAvailable:      10868 kB\n"
    b"SwapTotal:       1572860 kB\nSwapFree:        1101236 kB\n"
)


@pytest.fixture
def host(monkeypatch):
    """A host of three files, which a test may change or take away."""
    files = {
        urgent.MEMORY: PRESSURE,
        "/proc/meminfo": MEMINFO,
        "/proc/sys/vm/min_free_kbytes": b"2326\n",
        "/proc/vmstat": b"allocstall_dma 0\nallocstall_normal 31\noom_kill 4\nnuma_hit 8\n",
    }
    monkeypatch.setattr(urgent, "read", lambda path: files.get(path, b""))
    return files


def later(look, *, seconds, stalled_us):
    found = Look()
    found.time_s = look.time_s + seconds
    found.full_us_total = look.full_us_total + stalled_us
    return found


@pytest.mark.usefixtures("host")
def test_a_look_holds_what_the_files_say():
    look = Look()

    assert (look.avg10_ratio, look.full_us_total, look.min_free_kib) == (0.7495, 80283341, 2326)
    assert [look.kib(name) for name in ("MemTotal", "MemAvailable", "SwapFree", "Zswap")] == [
        342968, 10868, 1101236, None,
    ]  # fmt: skip


def test_what_cannot_be_read_is_none_and_the_verdict_unknown(host):
    host.clear()
    look = Look()

    assert (look.avg10_ratio, look.full_us_total, look.min_free_kib) == (None, None, None)
    assert look.kib("MemTotal") is None
    assert judged(look, look)[0] == "UNKNOWN"


def test_files_that_are_not_there_are_nothing(tmp_path):
    assert urgent.read(str(tmp_path / "none")) == b""
    assert urgent.read(str(tmp_path)) == b""


@pytest.mark.parametrize("text", [b"", b"avg10=", b"avg10=x", b"avg60=3.5"])
def test_no_number_is_none(text):
    assert number_after(text, b"avg10=") is None


@pytest.mark.usefixtures("host")
def test_the_time_between_two_looks_decides_where_it_is_long_enough():
    first = Look()

    assert stalled_ratio(first, later(first, seconds=4.0, stalled_us=3_000_000)) == 0.75
    assert stalled_ratio(first, later(first, seconds=4.0, stalled_us=9_000_000)) == 1.0
    assert stalled_ratio(first, later(first, seconds=0.5, stalled_us=9_000)) == 0.7495


@pytest.mark.usefixtures("host")
@pytest.mark.parametrize(
    ("stalled_us", "expected"),
    [
        (2_000_000, ("CRITICAL", "VMA-RECLAIM-001")),
        (300_000, ("WARNING", "VMA-RECLAIM-001")),
        (100_000, ("UNKNOWN", "VMA-READ-001")),
    ],
)
def test_stalls_are_judged_as_the_rule_does(stalled_us, expected):
    first = Look()

    assert judged(first, later(first, seconds=4.0, stalled_us=stalled_us))[:2] == expected


@pytest.mark.parametrize(
    ("vmstat", "expected"),
    [
        (b"\nallocstall_normal 57\noom_kill 5\n", ("CRITICAL", "VMA-OOM-001")),
        (b"\nallocstall_normal 31\noom_kill 6\n", ("WARNING", "VMA-OOM-001")),
        (b"\nallocstall_normal 57\noom_kill 4\n", ("UNKNOWN", "VMA-READ-001")),
        (b"\nallocstall_normal 57\n", ("UNKNOWN", "VMA-READ-001")),
    ],
)
def test_a_kill_meanwhile_is_told_first(host, vmstat, expected):
    """The host's own only where tasks reclaimed: a cgroup at its limit kills without."""
    host[urgent.MEMORY] = b""
    first = Look()
    host["/proc/vmstat"] = vmstat

    assert judged(first, Look())[:2] == expected


def test_counters_are_read_by_their_whole_name(host):
    assert Look().counter("oom_kill") == 4
    assert Look().counter("kill") is None
    host.clear()
    assert Look().counter("oom_kill") is None


def test_without_stalls_little_memory_and_no_swap_is_a_warning(host):
    host[urgent.MEMORY] = b"full avg10=0.11 avg60=0.00 avg300=0.00 total=7\n"
    host["/proc/meminfo"] = b"MemAvailable:       3100 kB\nSwapFree:           17 kB\n"
    look = Look()

    assert judged(look, look)[:2] == ("WARNING", "VMA-AVAIL-001")


def test_the_thresholds_are_those_of_the_rule():
    assert urgent.STALL_MIN_RATIO == _stalls.STALL_MIN_RATIO
    assert urgent.STALL_CRITICAL_RATIO == _stalls.STALL_CRITICAL_RATIO


@pytest.mark.usefixtures("host")
def test_only_a_host_that_stalls_is_given_up_before_the_whole_is_tried():
    look = Look()

    assert is_hopeless(look, 0.2, 5.0)
    assert not is_hopeless(look, 0.02, 5.0)
    assert not is_hopeless(look, 0.2, 60.0)
    look.avg10_ratio = 0.03
    assert not is_hopeless(look, 0.2, 5.0)
    look.avg10_ratio = None
    assert not is_hopeless(look, 0.2, 5.0)


@pytest.mark.usefixtures("host")
def test_looks_are_timed_by_the_monotonic_clock():
    before = time.monotonic()

    assert before <= Look().time_s <= time.monotonic()
