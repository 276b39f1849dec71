import pytest

from vmadvisor.recording.sampler import Tick
from vmadvisor.recording.watch import KINDS, OOM, PRESSURE, STALL, Watch


def tick(time_s, *, stalls=500, kills=3, full_us=2402):
    return Tick(time_s, [
        ("proc/vmstat", f"allocstall_normal {stalls}\nallocstall_movable 11\noom_kill {kills}\n".encode()),
        ("proc/pressure/memory",
         f"some avg10=1.00 avg60=2.00 avg300=3.00 total=7\nfull avg10=1.00 avg60=2.00 avg300=3.00 total={full_us}\n".encode()),
    ])  # fmt: skip


def looks(watch, ticks):
    return [watch.look(one) for one in ticks]


@pytest.fixture
def watch():
    return Watch(KINDS, stall_per_s=100.0, pressure_pct=10.0)


def test_the_first_tick_is_nothing_to_compare_with(watch):
    assert watch.look(tick(10.0, stalls=10**6, kills=99, full_us=10**9)) is None


def test_nothing_that_stands_still_is_an_event(watch):
    assert looks(watch, [tick(10.0 + i / 5) for i in range(20)]) == [None] * 20


def test_one_kill_is_an_event_once(watch):
    assert looks(watch, [tick(10.0), tick(10.2, kills=4), tick(10.4, kills=4)]) == [None, OOM, None]


def test_stalls_count_within_a_second(watch):
    """20 in 0.2 s are 100 a second only if they go on."""
    slow = looks(watch, [tick(10.0 + i / 5, stalls=500 + 19 * i) for i in range(12)])
    assert slow == [None] * 12

    fast = looks(watch, [tick(20.0 + i / 5, stalls=1000 + 20 * i) for i in range(7)])
    assert fast[:5] == [None] * 5
    assert fast[5] == STALL


def test_stalls_in_one_leap_count_at_once(watch):
    assert looks(watch, [tick(10.0), tick(10.2, stalls=600)]) == [None, STALL]


def test_a_tenth_of_two_seconds_without_progress_is_pressure(watch):
    assert looks(watch, [tick(10.0), tick(11.0, full_us=100_000), tick(12.0, full_us=202_401)]) == [
        None, None, None,
    ]  # fmt: skip
    assert watch.look(tick(12.2, full_us=302_402)) == PRESSURE


def test_the_gravest_is_named(watch):
    watch.look(tick(10.0))

    assert watch.look(tick(10.2, kills=4, stalls=9000, full_us=10**9)) == OOM
    assert watch.look(tick(10.4, kills=4, stalls=19000, full_us=2 * 10**9)) == STALL


@pytest.mark.parametrize("kind", KINDS)
def test_only_what_is_asked_for_is_an_event(kind):
    watch = Watch((kind,), stall_per_s=100.0, pressure_pct=10.0)
    watch.look(tick(10.0))

    assert watch.look(tick(10.2, kills=4, stalls=9000, full_us=10**9)) == kind


def test_counters_that_went_back_are_another_boots(watch):
    assert looks(watch, [tick(10.0, stalls=10**6), tick(10.2, stalls=7), tick(10.4, stalls=9)]) == [
        None, None, None,
    ]  # fmt: skip


@pytest.mark.parametrize("text", [b"", b"garbage", b"\xff\xfe", b"oom_kill x\n"])
def test_what_cannot_be_read_is_no_event_and_no_error(watch, text):
    watch.look(tick(10.0))

    broken = Tick(10.2, [("proc/vmstat", text), ("proc/pressure/memory", text)])
    assert watch.look(broken) is None
    assert watch.look(Tick(10.4, [])) is None
    assert watch.look(tick(10.6, kills=4)) == OOM
