from lab import truth
from lab.oom_log import Kill, Log
from lab.scenario import Expect
from lab.stream import Tick

VMSTAT = (
    "nr_free_pages 5\nallocstall_dma32 {}\nallocstall_normal {}\npgscan_direct 9\noom_kill {}\n"
)
PRESSURE = (
    "some avg10={} avg60=0.11 avg300=0.12 total={}\nfull avg10={} avg60=0.21 avg300=0.22 total={}\n"
)
EVENTS = "low 0\nmax {}\noom 1\noom_kill {}\n"

KILL = Kill(
    time_s=12.9, pid=115, comm="leaky", oom_score_adj=0, scope="global", constraint="none",
    oom_memcg=None, invoker="reader", gfp_mask="0x1", order=0, table_pids=(111, 115),
)  # fmt: skip


def tick(
    time_s, *, stalls=(3, 40), kills=2, some=(1.5, 1_000_000), full=(0.5, 500_000), events=None
):
    files = {"/proc/vmstat": VMSTAT.format(*stalls, kills).encode()}
    if full:
        files["/proc/pressure/memory"] = PRESSURE.format(*some, *full).encode()
    if events:
        files["/sys/fs/cgroup/batch/ctr/memory.events"] = EVENTS.format(*events).encode()
    return Tick(time_s=time_s, files=files)


TICKS = (
    tick(10.0, events=(4, 0)),
    tick(10.2, stalls=(5, 47)),
    tick(10.4, stalls=(5, 47), some=(9.5, 1_400_000), full=(51.5, 690_000)),
    tick(13.0, stalls=(5, 48), kills=3, full=(61.25, 2_500_000), events=(15, 1)),
    tick(13.2, stalls=(5, 48), kills=3, full=(49.0, 2_500_000)),
)


def log(*kills, panic=None):
    return Log(kills=kills, panic=panic, panic_s=None, complaints=(), clock_marks_count=1)


def tell(ticks=TICKS, *kills, expect=None, panic=None):
    return truth.tell(ticks, log(*kills, panic=panic), interval_s=0.2, expect=expect or Expect())


def test_every_rise_of_a_counter_is_told_with_its_two_ticks():
    told = tell(TICKS, KILL)

    assert told["allocstall_total"] == 10
    assert told["allocstalls"] == [
        {"from_s": 10.0, "to_s": 10.2, "rise": 9},
        {"from_s": 10.4, "to_s": 13.0, "rise": 1},
    ]
    assert told["full_stall_s"] == 2.0
    assert [rise["rise"] for rise in told["full_stalls"]] == [0.19, 1.81]
    assert told["oom_kill_rises"] == [{"from_s": 10.4, "to_s": 13.0, "rise": 1}]
    assert told["oom_kills"][0]["comm"] == "leaky"
    assert (told["start_s"], told["end_s"], told["ticks_count"]) == (10.0, 13.2, 5)


def test_a_freeze_is_the_time_in_which_full_stood_above_half_and_a_late_tick_is_told():
    told = tell(TICKS, KILL)

    assert told["full_avg10_max_pct"] == 61.25
    assert told["frozen_s"] == 2.8
    assert told["late_ticks"] == [{"from_s": 10.4, "to_s": 13.0, "rise": 2.6}]


def test_a_groups_events_are_those_of_the_recording_not_those_since_its_birth():
    assert tell()["memcg_events"] == {"/batch/ctr": {"max": 11, "oom_kill": 1}}


def test_counters_and_log_that_disagree_are_said_to():
    assert tell(TICKS, KILL)["differs"] == []
    assert tell(TICKS)["differs"] == ["vmstat counts 1 OOM kills, the log 0"]
    assert tell(TICKS, panic="deadlocked")["differs"] == []


def test_a_story_that_did_not_come_true_is_said_to():
    expect = Expect(kills_max=0, allocstalls_min=11, full_avg10_max_pct=60.5)

    assert tell(TICKS, KILL, expect=expect)["differs"] == [
        "OOM kills: 1, expected at most 0",
        "allocstalls: 10, expected at least 11",
        "full avg10 at its highest: 61.25, expected at most 60.5",
    ]


def test_a_kernel_without_pressure_is_not_a_kernel_without_stalls():
    told = tell((tick(1.0, full=None), tick(2.0, full=None)), expect=Expect(full_avg10_min_pct=50))

    assert told["full_avg10_max_pct"] is None
    assert told["differs"] == ["full avg10 at its highest: this kernel does not tell"]


def test_a_recording_of_nothing_differs():
    assert tell(())["differs"] == ["nothing was recorded"]
