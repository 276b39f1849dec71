from pathlib import Path

from before_kills import alarms, instants_s, verdict_before
from victims_named import Kill

from vmadvisor.advise.finding import Severity

LEAK = Path(__file__).parents[2] / "fixtures" / "7.2-leak-before-kill"
WELL = Path(__file__).parents[2] / "fixtures" / "tracks" / "well" / "recording.tar.zst"


def kill(time_s):
    return Kill(time_s=time_s, pid=123, comm="leaky", is_group=False)


def test_the_verdict_is_that_of_the_two_readings_before():
    assert verdict_before(LEAK, kill(57.47), 0.3) is Severity.CRITICAL
    assert verdict_before(LEAK, kill(57.47), 0.3, is_pair=False) is Severity.CRITICAL


def test_a_moment_before_the_first_reading_is_not_judged(tmp_path):
    assert verdict_before(LEAK, kill(57.47), 40.0) is None
    assert verdict_before(tmp_path / "none.tar.zst", kill(9.0), 3.0) is None


def test_where_nothing_comes_every_instant_is_counted_and_warned_of_none():
    assert len(instants_s(WELL)) == 3
    for is_pair in (False, True):
        assert alarms(WELL, is_pair=is_pair) == {"instants": 3, "warned": 0, "kill foreseen": 0}
